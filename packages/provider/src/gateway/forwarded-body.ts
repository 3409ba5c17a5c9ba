import { createHash, type Hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Transform, type TransformCallback } from 'node:stream'
import type { BodyHashCheck } from 'countersign'

/**
 * A body on its way to the upstream, with back-pressure on both sides. It separates the request from the fate of the
 * upstream's connection, so that the client can still get a response.
 *
 * If the body has a hash, its last octets are held back until all of it was compared: a body other than the signed one
 * never arrives complete.
 */
export class ForwardedBody extends Transform {
  readonly #check: BodyHashCheck | undefined
  readonly #hashes: readonly Hash[]
  #held: Buffer | undefined

  constructor(check: BodyHashCheck | undefined) {
    super()
    this.#check = check
    this.#hashes = check?.hashNames.map((name) => createHash(name)) ?? []
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const hash of this.#hashes) hash.update(chunk)
    const ready = this.#check === undefined ? chunk : this.#held
    this.#held = chunk
    done(null, ready)
  }

  override _flush(done: TransformCallback): void {
    const digests = this.#hashes.map((hash) => hash.digest('base64'))
    if (this.#check === undefined) done()
    else this.#check.compare(digests).then(() => done(null, this.#held), done)
  }
}

/** The body of a request, to be read by the upstream's connection. */
export function forwardedBody(req: IncomingMessage, check: BodyHashCheck | undefined): ForwardedBody {
  const body = new ForwardedBody(check)
  // While the request waits for a connection it has no other listener, and an error without a listener ends the process.
  body.on('error', () => {})
  const leave = () => {
    if (!req.complete) body.destroy(new Error('The client left in the middle of the body.'))
  }
  // Anything that the upstream's connection no longer reads is dropped with the response.
  const stop = () => {
    req.unpipe(body).off('close', leave).off('error', leave)
  }
  req.on('close', leave).on('error', leave)
  body.once('close', stop)
  // The client left before this listener was added.
  if (req.destroyed) body.destroy(new Error('The client has left.'))
  return req.pipe(body)
}

/** @throws OAuth1Error when a request without a body has a hash other than an empty body's. */
export async function compareEmptyBody({ hashNames, compare }: BodyHashCheck): Promise<void> {
  await compare(hashNames.map((name) => createHash(name).digest('base64')))
}
