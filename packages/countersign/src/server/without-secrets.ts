const secretNames = ['clientSecret', 'otherClientSecrets', 'oauthTokenSecret'] as const
type SecretName = (typeof secretNames)[number]

/**
 * A client or a credential as handlers and pages get it: with the application's own fields, without the secrets. Code
 * that needs a secret asks the store.
 */
export type WithoutSecrets<R> = { [K in keyof R as Exclude<K, SecretName>]: R[K] }

/**
 * A copy without the secrets, of the same class, so that sending, logging or spreading it by mistake reveals none.
 * Related rows, such as the client of a token, lose theirs too; rows below one without secrets are not searched.
 */
export function withoutSecrets<R extends object>(row: R): WithoutSecrets<R> {
  return copyOf(row, new Map()) as WithoutSecrets<R>
}

function copyOf(row: object, copies: Map<object, object>): object {
  const known = copies.get(row)
  if (known) return known
  const prototype = Object.getPrototypeOf(row)
  const copy: object = prototype === Object.prototype ? {} : Object.create(prototype)
  // Related rows may refer back to this one.
  copies.set(row, copy)
  if (prototype === Object.prototype) copyFields(row as Fields, copy as Fields, copies)
  else copyProperties(row, copy, copies)
  return copy
}

type Fields = Record<string, unknown>

/** For plain objects from drivers and literals: the usual case, and every handler waits for it. */
function copyFields(row: Fields, copy: Fields, copies: Map<object, object>): void {
  for (const name of Object.keys(row)) {
    // This name would set the prototype; no column has it.
    if (isSecret(name) || name === '__proto__') continue
    const value = row[name]
    copy[name] = typeof value === 'object' ? related(value, copies) : value
  }
}

/** For an entity: accessors stay accessors. */
function copyProperties(row: object, copy: object, copies: Map<object, object>): void {
  for (const key of Reflect.ownKeys(row)) {
    if (isSecret(key)) continue
    const property = Object.getOwnPropertyDescriptor(row, key) as PropertyDescriptor
    if ('value' in property) property.value = related(property.value, copies)
    Object.defineProperty(copy, key, { ...property, configurable: true })
  }
  // A class may expose the secret through a getter over another field.
  for (const name of secretNames) if (name in copy) Object.defineProperty(copy, name, { value: undefined })
}

/** The value of a field: copied if it is a row with secrets or a list of such rows, otherwise unchanged. */
function related(value: unknown, copies: Map<object, object>): unknown {
  if (Array.isArray(value))
    return value.some(holdsSecret) ? value.map((item) => related(item, copies)) : value
  return holdsSecret(value) ? copyOf(value, copies) : value
}

function holdsSecret(value: unknown): value is object {
  return typeof value === 'object' && value !== null && secretNames.some((name) => name in value)
}

function isSecret(key: string | symbol): boolean {
  return key === 'clientSecret' || key === 'oauthTokenSecret' || key === 'otherClientSecrets'
}
