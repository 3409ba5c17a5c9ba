import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type ImportFault, type ImportRecord, loadProvider } from '../provider.ts'
import { Refusal } from '../refusal.ts'

type ImportedToken = Extract<ImportRecord, { readonly kind: 'token' }>

/** An OAuth 1.0 token to move. */
export interface OldToken {
  /** The SHA-256 of the token in hexadecimal: it stands for the token in the files that are written. */
  readonly id: string
  readonly token: string
  readonly secret: string
  readonly client: string | undefined
  readonly user: string | undefined
}

/** The tokens of a file, one by one. */
export type TokenSource = () => AsyncGenerator<OldToken>

/** The contents of a file of tokens. */
export interface TokenFile {
  readonly tokens: TokenSource
  /** The tokens in it; a repeated one counts once. */
  readonly ids: ReadonlySet<string>
  readonly faults: readonly ImportFault[]
}

/**
 * Reads a file of tokens once from beginning to end, and says what is wrong with it.
 *
 * @param client - The only client whose tokens the file may contain; undefined for any client.
 * @throws InputError when the file cannot be read as a whole; Refusal for anything other than a file.
 */
export async function checkedTokens(file: string, client: string | undefined): Promise<TokenFile> {
  await requireFile(file)
  const faults: ImportFault[] = []
  const proofs = new Map<string, string>()
  for await (const record of recordsOf(file)) {
    if (record.kind === 'fault') {
      faults.push(record)
      continue
    }
    const { id, secret } = oldTokenOf(record)
    const [earlier, proof] = [proofs.get(id), sha256(secret)]
    const message =
      faultOf(record, client) ?? (earlier === undefined || earlier === proof ? undefined : twice)
    if (message === undefined) proofs.set(id, proof)
    else faults.push({ kind: 'fault', at: record.at, message })
  }
  return { tokens: () => tokensOf(file, proofs), ids: new Set(proofs.keys()), faults }
}

const twice = 'the same token stands further up with another secret: remove the one that is outdated'

function faultOf(record: ImportedToken, client: string | undefined): string | undefined {
  if (record.token === '') return 'the token is missing'
  if (record.secret === '') return 'the secret of the token is missing'
  if (/\p{Surrogate}/u.test(record.token + record.secret))
    return 'the token or its secret is not valid Unicode'
  if (client === undefined || record.client === '' || record.client === client) return undefined
  return `it is a token of the client ${record.client.slice(0, 100)}, and --key names another: one run is for one client`
}

/** Reads the tokens again. @throws Refusal if the file has changed, because its contents were not checked. */
async function* tokensOf(file: string, proofs: ReadonlyMap<string, string>): AsyncGenerator<OldToken> {
  const seen = new Set<string>()
  for await (const record of recordsOf(file)) {
    if (record.kind === 'fault') throw changed(file)
    const token = oldTokenOf(record)
    if (proofs.get(token.id) !== sha256(token.secret)) throw changed(file)
    if (!seen.has(token.id)) yield token
    seen.add(token.id)
  }
  if (seen.size < proofs.size) throw changed(file)
}

function changed(file: string): Refusal {
  return new Refusal('changed_file', `${file} changed while it was read. Run the command again.`)
}

/** It is read twice, and a pipe can be read only once. */
async function requireFile(file: string): Promise<void> {
  const isOther = await stat(file).then(
    (found) => !found.isFile(),
    // The reader says why it cannot be opened.
    () => false,
  )
  if (isOther) throw new Refusal('unusable_file', `${file} is not a file: write the tokens to one first.`)
}

async function* recordsOf(file: string): AsyncGenerator<ImportedToken | ImportFault> {
  const { fileRecords } = await loadProvider()
  for await (const record of fileRecords(file, 'token')) if (record.kind !== 'client') yield record
}

function oldTokenOf({ token, secret, client, user }: ImportedToken): OldToken {
  return { id: sha256(token), token, secret, client: client || undefined, user: user ?? undefined }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
