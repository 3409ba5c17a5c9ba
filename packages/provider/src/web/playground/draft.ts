import { nowSeconds, randomText } from '../../random.ts'

/** The composition of the signing key: the right one, and those that clients confuse it with (§3.4.2). */
export const keyShapes = ['both', 'client', 'bare', 'swapped'] as const

export const signingMethods = ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT'] as const
export const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const

export type KeyShape = (typeof keyShapes)[number]
export type SigningMethod = (typeof signingMethods)[number]
export type Verb = (typeof verbs)[number]

export interface ProtocolField {
  readonly name: string
  readonly value: string
  /** It is neither signed nor sent. */
  readonly isLeftOut: boolean
  /** A generated timestamp or nonce. */
  readonly isMade: boolean
}

/** A request before it is signed, as entered in its form. */
export interface Draft {
  readonly verb: Verb
  /** Without the parameters that have their own fields. */
  readonly url: string
  /** Where the protocol parameters are (§3.5). */
  readonly place: 'header' | 'query' | 'body'
  /** Where the application's own parameters are. */
  readonly parametersIn: 'query' | 'body'
  readonly protocol: readonly ProtocolField[]
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
  /** Undefined for the one in `oauth_signature_method`. */
  readonly signWith: SigningMethod | undefined
  readonly keyShape: KeyShape
  /** Typed by the developer instead of the computed one. */
  readonly baseString: string | undefined
  readonly signature: string | undefined
}

/** The fields of a posted form, each with all its values. */
export type FormFields = Readonly<Record<string, readonly string[]>>

const maxParameters = 40

/** The form, as posted. It shows generated values, and repeats them in hidden `made_…` fields. */
export function draftOf(form: FormFields, names: readonly string[]): Draft {
  const text = (name: string) => form[name]?.[0] ?? ''
  const typed = (name: string) => {
    const given = text(name).trim()
    return given === '' || given === text(`made_${name}`) ? undefined : given
  }
  const parameterNames = form['name'] ?? []
  return {
    verb: oneOf(verbs, text('verb')) ?? 'GET',
    url: text('url').trim(),
    place: oneOf(['header', 'query', 'body'], text('place')) ?? 'header',
    parametersIn: oneOf(['query', 'body'], text('parameters_in')) ?? 'query',
    protocol: names.map((name) => ({
      name,
      value: text(name),
      isLeftOut: (form['leave_out'] ?? []).includes(name),
      isMade: text(name) === form[`made_${name}`]?.[0],
    })),
    parameters: parameterNames
      .slice(0, maxParameters)
      .map((name, at) => ({ name, value: form['value']?.[at] ?? '' }))
      .filter(({ name }) => name !== ''),
    signWith: oneOf(signingMethods, text('sign_with')),
    keyShape: oneOf(keyShapes, text('key_shape')) ?? 'both',
    baseString: typed('base_string'),
    signature: typed('signature'),
  }
}

/** A new timestamp and nonce unless they were typed, or the base string was, which contains them. */
export function renewed(draft: Draft): Draft {
  if (draft.baseString !== undefined) return draft
  const protocol = draft.protocol.map((field) => {
    const fresh = freshValues[field.name]
    return fresh !== undefined && field.isMade ? { ...field, value: fresh() } : field
  })
  return { ...draft, protocol }
}

const freshValues: Readonly<Record<string, () => string>> = {
  oauth_timestamp: () => String(nowSeconds()),
  oauth_nonce: () => randomText(16),
}

/** The sent value of a protocol parameter; undefined if it is left out. */
export function sentValue({ protocol }: Draft, name: string): string | undefined {
  const field = protocol.find((one) => one.name === name)
  return field === undefined || field.isLeftOut ? undefined : field.value
}

function oneOf<T extends string>(known: readonly T[], given: string): T | undefined {
  return known.find((one) => one === given)
}
