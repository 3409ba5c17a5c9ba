import { isVerifierOf, OAuth1Error } from 'countersign'
import { type Cause, type CauseCode, causes, type Diagnosis, diagnoseSignature } from 'countersign/diagnose'
import { type HttpRequest, OAuth1Request } from 'countersign/protocol'
import type { ProviderClient, ProviderHooks } from '../database/schema.ts'
import { type NamedCredential, namedCredential } from '../tokens/named-credential.ts'

/** Facts about a request that are not part of it. */
export interface RequestCircumstances {
  /** A body other than a form, as text. */
  readonly content?: string | undefined
  /** Other URLs that the client may have signed. */
  readonly otherUrls?: readonly string[]
}

/**
 * Tells the owner of a client what is wrong with one of its requests: with its signature, and with the client and token
 * that it names. The secrets come from the store, and are in no part of the result.
 */
export async function explainRequest(
  hooks: ProviderHooks,
  client: ProviderClient,
  request: HttpRequest,
  circumstances: RequestCircumstances = {},
): Promise<Diagnosis> {
  const read = parsed(request)
  const credential = await namedCredential(hooks, client.clientId, read?.oauthToken)
  const secrets = {
    clientSecret: client.clientSecret ?? undefined,
    otherClientSecrets: client.otherClientSecrets ?? undefined,
    tokenSecret: credential?.secret,
    publicKey: client.rsaPublicKey ?? undefined,
  }
  const diagnosis = diagnoseSignature(request, secrets, { ...circumstances, baseStrings: true })
  if (read === undefined) return diagnosis
  const named = namingCauses(read, client, credential, new URL(request.url).pathname)
  const ofVerifier = diagnosis.outcome === 'valid' ? verifierCauses(read, credential) : []
  return { ...diagnosis, causes: [...[...named, ...ofVerifier].map(causeOf), ...diagnosis.causes] }
}

/** Undefined for a request that breaks the protocol, which the diagnosis explains. */
function parsed(request: HttpRequest): OAuth1Request | undefined {
  try {
    return OAuth1Request.parse(request)
  } catch (error) {
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

/** Wrong credentials in the request, for which it is refused whatever its signature. */
function namingCauses(
  { clientId, oauthToken }: OAuth1Request,
  client: ProviderClient,
  credential: NamedCredential | undefined,
  path: string,
): CauseCode[] {
  if (clientId !== undefined && clientId !== client.clientId) return ['unknown-client']
  if (oauthToken === undefined) return []
  if (credential === undefined) return ['unknown-token']
  const wanted = path === '/oauth/token' ? 'temporary' : 'token'
  if (credential.kind === wanted || path === '/oauth/initiate') return []
  return [wanted === 'token' ? 'temporary-credential-as-token' : 'token-as-temporary-credential']
}

/** A verifier other than the temporary credential's own, if it has one (§2.3). */
function verifierCauses(
  { verifier: sent }: OAuth1Request,
  credential: NamedCredential | undefined,
): CauseCode[] {
  const verifier = credential?.verifier
  const callback = credential?.callback
  if (verifier === undefined || callback === undefined || sent === undefined) return []
  if (isVerifierOf({ oauthVerifier: verifier, oauthCallback: callback }, sent)) return []
  return [sent.replace(/\s/g, '') === verifier ? 'verifier-with-white-space' : 'wrong-verifier']
}

function causeOf(code: CauseCode): Cause {
  const { summary, fix } = causes[code]
  return { code, summary, fix }
}
