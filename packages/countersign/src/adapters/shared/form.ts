import { ConfigurationError, OAuth1Error } from '../../errors.ts'
import { formOfOctets, percentEncode } from '../../protocol/encoding.ts'
import { isForm } from '../../protocol/form-type.ts'
import { type BodyName, isEncoded, type KeptBody } from './body.ts'

/** The name by which a refusal calls a body of this type. */
export function bodyName(contentType: unknown): BodyName {
  return isForm(String(contentType ?? '')) ? 'form body' : 'body'
}

/**
 * The text of a form body, without loss: the raw text if it was kept, else the unread stream, else a parsed body
 * serialized again, if it holds single fields only, or the parser gives brackets no meaning.
 *
 * @param stream - Reads the stream; undefined where it was read before.
 * @throws ConfigurationError if nothing is left, or only a parsed body from which the original cannot be recovered.
 */
export async function formText(
  { raw, parsed }: KeptBody,
  stream: () => Promise<Uint8Array> | undefined,
  remedy: string,
): Promise<string> {
  if (typeof raw === 'string') return undamaged(raw, remedy)
  if (raw instanceof Uint8Array) return formOfOctets(raw)
  if (typeof parsed === 'string') return undamaged(parsed, remedy)
  if (parsed instanceof Uint8Array) return formOfOctets(parsed)
  const octets = await stream()
  if (octets) return formOfOctets(octets)
  // Parsers leave an empty object where they read nothing: what another reader took is not known to be empty.
  if (parsed !== null && typeof parsed === 'object' && Object.keys(parsed).length > 0)
    return rebuildForm(parsed, remedy)
  throw new ConfigurationError(`The form body was read before its signature could be checked. ${remedy}`)
}

function rebuildForm(parsed: object, remedy: string): string {
  // qs creates plain objects, in which an array may come from a[]=1, a[0]=1 or a=1&a=2. Parsers that give brackets no
  // meaning create objects with another prototype, or with none.
  const readsBrackets = Object.getPrototypeOf(parsed) === Object.prototype
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parsed)) {
    for (const item of Array.isArray(value) && !readsBrackets ? value : [value]) {
      if (typeof item !== 'string') {
        throw new ConfigurationError(
          `A body parser made an array or an object of the form field ${name}, so what the client signed is lost. ${remedy}`,
        )
      }
      for (const text of [name, item]) {
        undamaged(text, remedy)
        if (mayBeUndecoded(text)) throw damaged(remedy)
      }
      pairs.push(`${percentEncode(name)}=${percentEncode(item)}`)
    }
  }
  return pairs.join('&')
}

/**
 * Decoded text, unless it contains the character with which decoders replace bytes that are not UTF-8.
 *
 * @throws ConfigurationError
 */
export function undamaged(text: string, remedy: string): string {
  if (text.includes('\ufffd')) throw damaged(remedy)
  return text
}

/** qs leaves escapes that are not UTF-8 as they are: `%ff` may have been `%ff` or `%25ff`. */
function mayBeUndecoded(text: string): boolean {
  if (!/%[\da-f]{2}/i.test(text)) return false
  try {
    decodeURIComponent(text)
    return false
  } catch {
    return true
  }
}

function damaged(remedy: string): ConfigurationError {
  return new ConfigurationError(
    `The form may hold octets that are not UTF-8, and what read it before its signature could be checked lost them. ${remedy}`,
  )
}

/** @throws OAuth1Error for a compressed form: what was signed is not what arrived. */
export function refuseEncodedForm(contentEncoding: string | undefined): void {
  if (isEncoded(contentEncoding))
    throw new OAuth1Error(
      'invalid_request',
      'A form must be sent without Content-Encoding to be checked here.',
    )
}
