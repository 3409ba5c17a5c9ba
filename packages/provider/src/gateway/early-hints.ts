import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawHeaders } from './forwarded-headers.ts'

/** An interim response of the upstream. */
export type OnInformation = (status: number, headers: RawHeaders) => void

/** Returns a function that passes on the links of "103 Early Hints" (RFC 8297), which a client can do without. */
export function earlyHints({ httpVersionMinor }: IncomingMessage, res: ServerResponse): OnInformation {
  return (status, headers) => {
    // An HTTP/1.0 client takes them for the response (RFC 9110 §15.2).
    if (status !== 103 || httpVersionMinor === 0 || res.headersSent || res.socket?.writableNeedDrain) return
    try {
      res.writeEarlyHints({ link: linksOf(headers) })
    } catch {
      // Links that Node's server cannot write are repeated in the response itself.
    }
  }
}

/** Each link separately, as Node's server expects them. */
function linksOf(headers: RawHeaders): string[] {
  const values = headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'link')
  return values.flatMap((value) => value.split(/,\s*(?=<)/))
}
