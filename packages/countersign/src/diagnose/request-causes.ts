import type { CauseTable } from './signing.ts'

export type RequestCode =
  | 'wrong-clock'
  | 'nonce-reused'
  | 'authorization-header-missing'
  | 'two-authorization-headers'
  | 'other-authorization-scheme'
  | 'malformed-request'
  | 'temporary-credential-as-token'
  | 'token-as-temporary-credential'
  | 'token-of-another-client'
  | 'unknown-token'
  | 'unknown-client'
  | 'another-key-pair'
  | 'verifier-with-white-space'
  | 'wrong-verifier'

export const requestCauses: CauseTable<RequestCode> = {
  'wrong-clock': {
    summary: 'The signature is right, but the timestamp is too far from the server’s clock.',
    fix: 'Set the client’s clock with NTP, or correct it with the Date header of the server’s responses.',
    symptom: 'Every request of one machine fails, often after sleep or without network time.',
  },
  'nonce-reused': {
    summary: 'The signature is right, but the same nonce was sent before with this timestamp.',
    fix: 'Sign each retry again, with a new nonce; do not cache signed headers.',
    symptom: 'Retries and repeated requests fail, and the first one succeeds.',
  },
  'authorization-header-missing': {
    summary: 'No OAuth parameters arrived.',
    fix: 'Check that the client signs this request, and that no web server or proxy on the way strips the Authorization header.',
    symptom: 'Every request fails. Common with Apache and CGI, FastCGI, and redirects to another host.',
    clients: {
      'Apache with CGI or FPM': 'Set CGIPassAuth On.',
      'curl -L, fetch, requests': 'They drop the header when a redirect leads to another host.',
    },
  },
  'two-authorization-headers': {
    summary: 'Two Authorization headers arrived.',
    fix: 'Send one. Check for a default header (Basic, Bearer) in the HTTP client or a proxy that adds one.',
    symptom: 'Every request fails.',
  },
  'other-authorization-scheme': {
    summary: 'The Authorization header that arrived does not use the OAuth scheme.',
    fix: 'Send Authorization: OAuth …, and check for default headers in the HTTP client.',
    symptom: 'Every request fails.',
  },
  'malformed-request': {
    summary: 'The request breaks the protocol.',
    fix: 'Read the description of the error, which says what is malformed.',
    symptom: 'The server returns 400.',
  },
  'temporary-credential-as-token': {
    summary: 'The client used the temporary credential where a token is expected.',
    fix: 'Exchange it at the token endpoint, and use the oauth_token and oauth_token_secret that it returns.',
    symptom: 'Protected requests fail after the user has approved.',
  },
  'token-as-temporary-credential': {
    summary: 'The client used a token at the token endpoint, where a temporary credential is expected.',
    fix: 'Start again at the first step for a new temporary credential, or use the token as it is.',
    symptom: 'The token request fails, often when it is repeated.',
  },
  'token-of-another-client': {
    summary: 'The token was issued to another client.',
    fix: 'Use the consumer key that the token was issued to, or let the user authorise this one.',
    symptom: 'Fails after the consumer key was changed, or where two environments share tokens.',
  },
  'unknown-token': {
    summary: 'No such token exists: it was never issued, has expired, or was spent or revoked.',
    fix: 'Let the user authorise the client again.',
    symptom: 'Requests with one token fail, and those with others succeed.',
  },
  'unknown-client': {
    summary: 'No client has this consumer key.',
    fix: 'Check the consumer key, and that it was registered with this server.',
    symptom: 'Every request fails.',
  },
  'another-key-pair': {
    summary: 'The signature was made with a private key that does not belong to the registered public key.',
    fix: 'Register the public half of the key that the client signs with.',
    symptom: 'Every request fails, typically after a change of keys.',
  },
  'verifier-with-white-space': {
    summary: 'The oauth_verifier is right except for white space around or in it.',
    fix: 'Trim the verifier that was pasted or typed.',
    symptom: 'The token request fails where a user types the code.',
  },
  'wrong-verifier': {
    summary:
      'The signature is right, but the oauth_verifier is not the one issued for this temporary credential.',
    fix: 'Use the verifier of the redirect or page that belongs to this oauth_token.',
    symptom: 'The token request fails where two flows run at once, or a code was mistyped.',
  },
}
