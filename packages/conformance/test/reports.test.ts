import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { junitReport, type Report, runConformance, TargetError, TextReport } from '../src/index.ts'
import { type FaultyServer, openFaultyServer } from './faulty-server.ts'

describe('the reports of a run', () => {
  let server: FaultyServer
  let report: Report
  beforeAll(async () => {
    server = await openFaultyServer({
      page: 'framed',
      // The tokens and secrets of the flow, and markup.
      response: (response, http) => ({
        ...response,
        status: http.method === 'PUT' ? 500 : response.status,
        headers: { ...response.headers, 'x-echo': `<b>first-secret&\u0085</b>` },
        body: response.body.replace('confirmed=true', 'confirmed=True'),
      }),
    })
    report = await runConformance(server.target)
  })
  afterAll(() => server.close())

  const textOf = (given: Report) => {
    const text = new TextReport({ colour: false })
    return [...given.results.flatMap((result) => text.linesOf(result)), ...text.summary(given.counts)].join(
      '\n',
    )
  }

  it('tell what was expected, what came, the section, the remedy, and the request with its response', () => {
    const found = report.results.find(({ id }) => id === 'flow-callback-confirmed')
    expect(found).toMatchObject({
      outcome: 'failed',
      level: 'must',
      section: '§2.1',
      expected: 'oauth_callback_confirmed=true',
      received: 'True',
      remedy: expect.stringContaining('oauth_callback_confirmed=true'),
      request: expect.stringMatching(
        /^POST \/initiate HTTP\/1\.1\nHost: localhost:\d+\nAuthorization: OAuth /,
      ),
      response: expect.stringMatching(/^HTTP\/1\.1 200 OK\n/),
    })
    const text = textOf(report)
    expect(text).toMatch(
      / {2}✗ flow-callback-confirmed {2}.* \(§2\.1\)\n {6}Expected {2}oauth_callback_confirmed=true\n/,
    )
    expect(text).toMatch(/ {2}! consent-not-framed /)
    expect(text).toMatch(/ {2}✓ flow-complete /)
    expect(text).toMatch(/ {2}– encodings-default-port {2}skipped: /)
  })

  it('count what passed, failed, was advised and skipped', () => {
    const { passed, failed, advised, skipped } = report.counts
    expect(advised).toBe(1)
    expect(passed + failed + advised + skipped).toBe(report.results.length)
    expect(textOf(report)).toMatch(
      new RegExp(`\\n${passed} passed, ${failed} failed, 1 advised, ${skipped} skipped$`),
    )
  })

  it('hold no secret of client, token or user', () => {
    const texts = [JSON.stringify(report), textOf(report), junitReport(report)]
    for (const text of texts) {
      expect(text).toContain('***')
      expect(text).not.toMatch(/first-secret|second-secret|correct.horse.battery|PRIVATE KEY/)
      expect(text).not.toMatch(/oauth_token_secret=(?!\*\*\*)|sid=(?!\*\*\*)/)
    }
  })

  it('write control characters so that no terminal obeys them', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be absent
    expect(textOf(report)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('are JUnit XML whose numbers agree, with markup escaped', () => {
    const xml = junitReport(report)
    const { failed, advised, skipped } = report.counts
    const count = (pattern: RegExp) => [...xml.matchAll(pattern)].length
    expect(count(/<testcase /g)).toBe(report.results.length)
    expect(count(/<failure /g)).toBe(failed)
    expect(count(/<skipped /g)).toBe(skipped + advised)
    expect(xml).toContain(`tests="${report.results.length}" failures="${failed}"`)
    expect(xml).not.toContain('<b>')
    const open = [...xml.matchAll(/<(\w+)[^<>]*[^/?]>/g)].map(([, name]) => name)
    const closed = [...xml.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    expect(open.sort()).toEqual(closed.sort())
  })

  it('count advice as failed in JUnit XML where that is strict', () => {
    const { failed, advised } = report.counts
    expect([...junitReport(report, { strict: true }).matchAll(/<failure /g)]).toHaveLength(failed + advised)
  })
})

it('a provider that is not there is no failure of a case', async () => {
  const server = await openFaultyServer()
  await server.close()
  await expect(runConformance(server.target)).rejects.toThrow(TargetError)
  await expect(runConformance(server.target)).rejects.toThrow(
    /No provider can be reached at http:\/\/localhost:/,
  )
})
