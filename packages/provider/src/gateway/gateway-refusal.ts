/** A request that the gateway refuses or cannot serve for a reason that has nothing to do with OAuth. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal'
  readonly status: number
  readonly code: string

  /** @param message - One sentence for the developer of the client. */
  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.code = code
  }
}

/** 400: the request is malformed, or can be read in more than one way. */
export function badRequest(message: string): GatewayRefusal {
  return new GatewayRefusal(400, 'bad_request', message)
}
