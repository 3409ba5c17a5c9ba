import { bodyParameters } from './bodies.ts'
import type { RequestReading } from './request-reading.ts'
import { addedParameter, type CauseTable, type Deviation, type SignedParameter } from './signing.ts'

export type MembershipCode =
  | 'query-left-out'
  | 'query-left-out-beside-form'
  | 'form-left-out'
  | 'body-signed'
  | 'realm-signed'
  | 'header-parameters-signed-once'
  | 'empty-token-left-out'
  | 'empty-token-signed'
  | 'token-left-out'
  | 'version-left-out'
  | 'version-not-sent'
  | 'callback-left-out'
  | 'callback-not-sent'
  | 'verifier-left-out'
  | 'body-hash-left-out'
  | 'protocol-parameter-left-out'
  | 'signature-signed'
  | 'parameter-left-out'
  | 'only-protocol-parameters-signed'

export const membershipCauses: CauseTable<MembershipCode> = {
  'query-left-out': {
    summary: 'The client left the parameters of the query out of the signature.',
    fix: 'Sign the parameters of the query with the others (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails only for addresses with a query.',
  },
  'query-left-out-beside-form': {
    summary:
      'The client left the parameters of the query out of the signature because the request has a form.',
    fix: 'Sign the parameters of both the query and the form (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails only for requests with a query and a form.',
    clients: {
      'mrjones/oauth (Go)': 'Send all parameters in the form.',
      'LWP::Authen::OAuth (Perl)': 'Send all parameters in the form.',
    },
  },
  'form-left-out': {
    summary: 'The client left the form body out of the signature.',
    fix: 'Sign the fields of an application/x-www-form-urlencoded body among the parameters (RFC 5849 §3.4.1.3.1), or send JSON.',
    symptom: 'Fails only for requests with a form body.',
    clients: {
      'axios-oauth-1.0a (npm)': 'Set the header content-type in lower case, or send JSON.',
      'Authlib with httpx (Python)': 'Send JSON or query parameters.',
      'httr (R)': 'Send JSON or query parameters.',
    },
  },
  'body-signed': {
    summary: 'The client signed a body that is not a form, such as JSON.',
    fix: 'Leave any body that is not application/x-www-form-urlencoded out of the signature (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails only for requests with a JSON, XML, text or multipart body.',
    clients: { 'oauth-1.0a (npm)': 'Pass no data to authorize() for a JSON body.' },
  },
  'realm-signed': {
    summary: 'The client signed the realm of the Authorization header.',
    fix: 'Leave realm out of the signature (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails only for requests with a realm.',
  },
  'header-parameters-signed-once': {
    summary:
      'The client repeats application parameters in the Authorization header but signed them only once.',
    fix: 'Put only oauth_ parameters into the Authorization header (RFC 5849 §3.5.1).',
    symptom: 'Fails only for requests with parameters of their own.',
    clients: {
      'Signet (Ruby)': 'Send the parameters in a JSON body.',
      'QOAuth (Qt)': 'Send the parameters only in the query.',
    },
  },
  'empty-token-left-out': {
    summary: 'The request has an empty oauth_token that the client did not sign.',
    fix: 'Leave oauth_token out of the request where there is no token, or sign it as sent.',
    symptom: 'Fails for requests without a token, so at the first step.',
  },
  'empty-token-signed': {
    summary: 'The client signed an empty oauth_token that it did not send.',
    fix: 'Leave oauth_token out of the signature where there is no token.',
    symptom: 'Fails for requests without a token, so at the first step.',
    clients: { Postman: 'Switch off “Add empty parameters to signature”.' },
  },
  'token-left-out': {
    summary: 'The client did not sign the oauth_token that it sent.',
    fix: 'Sign oauth_token among the parameters (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails for every request with a token.',
  },
  'version-left-out': {
    summary: 'The client did not sign the oauth_version that it sent.',
    fix: 'Sign oauth_version, or leave it out of the request.',
    symptom: 'Every request fails.',
  },
  'version-not-sent': {
    summary: 'The client signed an oauth_version that it did not send.',
    fix: 'Send oauth_version, or leave it out of the signature.',
    symptom: 'Every request fails.',
  },
  'callback-left-out': {
    summary: 'The client did not sign the oauth_callback that it sent.',
    fix: 'Sign oauth_callback among the parameters (RFC 5849 §2.1).',
    symptom: 'Fails at the first step of the flow.',
  },
  'callback-not-sent': {
    summary: 'The client signed an oauth_callback that it did not send.',
    fix: 'Send oauth_callback=oob if there is no callback, and sign it as sent.',
    symptom: 'Fails where the client has no callback.',
  },
  'verifier-left-out': {
    summary: 'The client did not sign the oauth_verifier that it sent.',
    fix: 'Sign oauth_verifier among the parameters (RFC 5849 §2.3).',
    symptom: 'Fails at the last step of the flow.',
  },
  'body-hash-left-out': {
    summary: 'The client did not sign the oauth_body_hash that it sent.',
    fix: 'Compute oauth_body_hash before signing, and sign it among the parameters.',
    symptom: 'Fails for requests with a body hash.',
  },
  'protocol-parameter-left-out': {
    summary: 'The client did not sign one of the oauth_ parameters that it sent.',
    fix: 'Sign every oauth_ parameter except oauth_signature (RFC 5849 §3.4.1.3.1).',
    symptom: 'Every request fails.',
  },
  'signature-signed': {
    summary: 'The client signed an empty oauth_signature among the parameters.',
    fix: 'Leave oauth_signature out of the base string (RFC 5849 §3.4.1.3.1).',
    symptom: 'Every request fails.',
  },
  'parameter-left-out': {
    summary: 'One parameter of the request was not signed.',
    fix: 'Add every parameter before signing. If the client did not send it, something on the way added it.',
    symptom: 'Fails where a parameter is added after signing: by a wrapper, a cache or a proxy.',
  },
  'only-protocol-parameters-signed': {
    summary: 'The client signed only the oauth_ parameters.',
    fix: 'Sign the parameters of the query and the form with them (RFC 5849 §3.4.1.3.1).',
    symptom: 'Fails for every request with parameters of its own.',
  },
}

type Parameters = readonly SignedParameter[]

/** Parameters that a client may have left out, added or merged; the most common mistakes first. */
export function membershipDeviations(request: RequestReading): Deviation[] {
  const { parameters } = request.right
  const deviations: Deviation[] = []
  const add = (
    code: MembershipCode,
    change: (parameters: Parameters) => Parameters,
    detail?: string,
  ): void => {
    deviations.push({
      code,
      detail,
      change: (signing) => ({ ...signing, parameters: change(signing.parameters) }),
    })
  }
  const without = (
    code: MembershipCode,
    isOut: (parameter: SignedParameter) => boolean,
    detail?: string,
  ): void => {
    if (parameters.some(isOut)) add(code, (all) => all.filter((parameter) => !isOut(parameter)), detail)
  }
  const inHeader = ({ place, isProtocol }: SignedParameter) => place === 'header' && !isProtocol
  without('header-parameters-signed-once', inHeader)
  const hasForm = parameters.some(({ place, isProtocol }) => place === 'body' && !isProtocol)
  without(
    hasForm ? 'query-left-out-beside-form' : 'query-left-out',
    ({ place, isProtocol }) => place === 'query' && !isProtocol,
  )
  without('form-left-out', ({ place, isProtocol }) => place === 'body' && !isProtocol)
  if (hasForm) without('only-protocol-parameters-signed', ({ isProtocol }) => !isProtocol)
  for (const body of bodyParameters(request)) add('body-signed', (all) => [...all, ...body])
  const { realm } = request
  if (realm !== undefined) add('realm-signed', (all) => [...all, addedParameter('realm', realm)])
  for (const { code, name } of leftOut) {
    const value = request.parameter(name)
    if (value === undefined) continue
    const isEmptyToken = name === 'oauth_token' && value === ''
    without(isEmptyToken ? 'empty-token-left-out' : code, (parameter) => parameter.name === name, name)
  }
  for (const { code, name, value } of notSent)
    if (request.parameter(name) === undefined)
      add(code, (all) => [...all, addedParameter(name, value)], `${name}=${value}`)
  add('signature-signed', (all) => [...all, addedParameter('oauth_signature', '')])
  return deviations
}

const leftOut = [
  { code: 'version-left-out', name: 'oauth_version' },
  { code: 'token-left-out', name: 'oauth_token' },
  { code: 'callback-left-out', name: 'oauth_callback' },
  { code: 'verifier-left-out', name: 'oauth_verifier' },
  { code: 'body-hash-left-out', name: 'oauth_body_hash' },
  { code: 'protocol-parameter-left-out', name: 'oauth_signature_method' },
  { code: 'protocol-parameter-left-out', name: 'oauth_timestamp' },
  { code: 'protocol-parameter-left-out', name: 'oauth_nonce' },
  { code: 'protocol-parameter-left-out', name: 'oauth_consumer_key' },
] as const

const notSent = [
  { code: 'version-not-sent', name: 'oauth_version', value: '1.0' },
  { code: 'empty-token-signed', name: 'oauth_token', value: '' },
  { code: 'callback-not-sent', name: 'oauth_callback', value: 'oob' },
  { code: 'callback-not-sent', name: 'oauth_callback', value: '' },
] as const

/** Each parameter in turn, as far as a person would look, for one added to the request after signing. */
export function unsignedDeviations(parameters: Parameters): Deviation[] {
  return parameters
    .filter(({ isProtocol }) => !isProtocol)
    .slice(0, 30)
    .map((one) => ({
      code: 'parameter-left-out',
      detail: one.name,
      change: (signing) => {
        const at = signing.parameters.findIndex(
          ({ place, rawName, rawValue }) =>
            place === one.place && rawName === one.rawName && rawValue === one.rawValue,
        )
        return { ...signing, parameters: signing.parameters.filter((_, index) => index !== at) }
      },
    }))
}
