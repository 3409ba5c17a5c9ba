import { describe, expect, it } from 'vitest'
import { CookieJar } from '../src/browser/cookie-jar.ts'
import { codeOf, formsOf } from '../src/browser/forms.ts'

describe('formsOf', () => {
  const fields = (html: string) =>
    formsOf(html)[0]?.fields.map(({ name, value, isButton }) => [name, value, isButton])

  it.each([
    ['a hidden field', '<input type=hidden name=a value="1&amp;2">', [['a', '1&2', false]]],
    ['a field without a type', '<input name="a">', [['a', '', false]]],
    ['a field without a name', '<input value="1">', []],
    ['a disabled field', '<input name="a" disabled>', []],
    ['a checked box', '<input type="checkbox" name="a" checked>', [['a', 'on', false]]],
    ['a box that is not checked', '<input type="checkbox" name="a" value="1">', []],
    ['a text area', '<textarea name="a">x\ny</textarea>', [['a', 'x\ny', false]]],
    [
      'the selected option',
      '<select name=a><option>x<option selected value=2>y</select>',
      [['a', '2', false]],
    ],
    ['the first option', '<select name=a><option> x </option><option>y</select>', [['a', 'x', false]]],
    ['a button', '<button name="a" value="1">Go</button>', [['a', '1', true]]],
    ['a submit field', '<input type="SUBMIT" name="a" value="Go">', [['a', 'Go', true]]],
    ['a button for scripts', '<button type="button" name="a">Go</button>', []],
    [
      'fields in tables and lists',
      '<table><tr><td><ul><li><input name=a value=1></table>',
      [['a', '1', false]],
    ],
  ])('reads %s', (_, html, expected) => {
    expect(fields(`<!doctype html><body><form>${html}</form>`)).toEqual(expected)
  })

  it('reads action and method of every form', () => {
    const html = '<form action="/a?b=1&amp;c" method=POST></form><form></form>'
    expect(formsOf(html)).toEqual([
      { action: '/a?b=1&c', method: 'POST', fields: [] },
      { action: '', method: 'GET', fields: [] },
    ])
  })

  it('reads a page that is nested very deep', () => {
    expect(fields(`${'<div>'.repeat(20_000)}<form><input name=a value=1></form>`)).toEqual([
      ['a', '1', false],
    ])
  })
})

it.each([
  ['<p>Your code: <code class="x">AB<b>12</b>-C </code></p><code>other</code>', 'AB12-C'],
  ['<p>No code</p>', undefined],
  ['<code> </code>', undefined],
])('finds the code in %s', (html, expected) => {
  expect(codeOf(html)).toBe(expected)
})

describe('CookieJar', () => {
  const jarWith = (...lines: string[]) => {
    const jar = new CookieJar()
    for (const line of lines)
      jar.keep({ status: 200, reason: 'OK', headers: [['Set-Cookie', line]], body: '' })
    return jar
  }

  it.each([
    ['nothing', [], undefined],
    ['each by its name, as it was written', ['a=1%20; Path=/; HttpOnly', 'b="2"'], 'a=1%20; b="2"'],
    ['the last of one name', ['a=1', 'a=2'], 'a=2'],
    [
      'none that is over',
      ['a=1', 'b=2', 'a=; Max-Age=0', 'b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
      undefined,
    ],
  ])('sends %s', (_, lines, expected) => {
    expect(jarWith(...lines).header()).toBe(expected)
  })

  it('sends from another site only what browsers send from there', () => {
    const jar = jarWith('a=1; SameSite=Lax', 'b=2; SameSite=Strict', 'c=3; SameSite=None; Secure', 'd=4')
    expect(jar.header({ fromOtherSite: true })).toBe('c=3; d=4')
  })
})
