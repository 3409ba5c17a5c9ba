import type { RequestReading } from './request-reading.ts'
import type { CauseTable, Deviation } from './signing.ts'

export type VerbCode = 'method-in-lower-case' | 'method-overridden' | 'another-method'

export const verbCauses: CauseTable<VerbCode> = {
  'method-in-lower-case': {
    summary: 'The client signed the HTTP method in lower case.',
    fix: 'Write the method in capitals: GET, POST (RFC 5849 §3.4.1.1).',
    symptom: 'Every request fails.',
  },
  'method-overridden': {
    summary: 'The client signed the method that it names in an override, not the one that it sent.',
    fix: 'Sign the method of the request line, whatever X-HTTP-Method-Override or _method says.',
    symptom: 'Fails only for requests with an override, typically PUT, PATCH and DELETE.',
  },
  'another-method': {
    summary: 'The client signed a different HTTP method from the one that it sent.',
    fix: 'Sign the method that is sent. If a redirect changed it, call the final address directly.',
    symptom:
      'Fails for one kind of request only: after a redirect, for HEAD, or where the method is fixed in the code.',
  },
}

export function verbDeviations({ right, header, parameter }: RequestReading): Deviation[] {
  const { verb } = right
  const signedAs = (code: VerbCode, other: string): Deviation => ({
    code,
    detail: `${other} for ${verb}`,
    change: (signing) => ({ ...signing, verb: other }),
  })
  const named = [
    header('x-http-method-override'),
    header('x-http-method'),
    header('x-method-override'),
    parameter('_method'),
  ].filter((value) => value !== undefined && /^[a-z]{1,20}$/i.test(value)) as string[]
  const overridden = new Set(named.flatMap((value) => [value.toUpperCase(), value]))
  const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
  return [
    signedAs('method-in-lower-case', verb.toLowerCase()),
    ...Array.from(overridden, (other) => signedAs('method-overridden', other)),
    ...others.filter((other) => !overridden.has(other)).map((other) => signedAs('another-method', other)),
  ].filter(({ detail }) => detail !== `${verb} for ${verb}`)
}
