import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawHeaders } from './forwarded-headers.ts'

/** What an upstream sends before its response. */
export type OnInformation = (status: number, headers: RawHeaders) => void

/** Returns a function that passes the links of "103 Early Hints" on (RFC 8297); a client may do without them. */
export function earlyHints({ httpVersionMinor }: IncomingMessage, res: ServerResponse): OnInformation {
  return (status, headers) => {
    // A client of HTTP/1.0 takes them for the response (RFC 9110 §15.2).
    if (status !== 103 || httpVersionMinor === 0 || res.headersSent || res.socket?.writableNeedDrain) return
    try {
      res.writeEarlyHints({ link: linksOf(headers) })
    } catch {
      // Links that Node's server cannot write come again with the response itself.
    }
  }
}

/** Each link on its own, as Node's server takes them. */
function linksOf(headers: RawHeaders): string[] {
  const values = headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'link')
  return values.flatMap((value) => value.split(/,\s*(?=<)/))
}
