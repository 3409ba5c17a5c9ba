const secretNames = ['clientSecret', 'otherClientSecrets', 'oauthTokenSecret'] as const
type SecretName = (typeof secretNames)[number]

/**
 * A client or a credential as handlers and pages get it: with the application's own fields, without the secrets. Who
 * needs a secret asks the store.
 */
export type WithoutSecrets<R> = { [K in keyof R as Exclude<K, SecretName>]: R[K] }

/**
 * A copy without the secrets, of the same class: what is sent out, logged or spread by mistake gives none away. Rows
 * that were loaded along, such as the client of a token, lose theirs too; what lies below a row without secrets is not searched.
 */
export function withoutSecrets<R extends object>(row: R): WithoutSecrets<R> {
  return copyOf(row, new Map()) as WithoutSecrets<R>
}

function copyOf(row: object, copies: Map<object, object>): object {
  const known = copies.get(row)
  if (known) return known
  const prototype = Object.getPrototypeOf(row)
  const copy: object = prototype === Object.prototype ? {} : Object.create(prototype)
  // Rows that were loaded along may lead back here.
  copies.set(row, copy)
  if (prototype === Object.prototype) copyFields(row as Fields, copy as Fields, copies)
  else copyProperties(row, copy, copies)
  return copy
}

type Fields = Record<string, unknown>

/** Of an object as drivers and literals make it: the usual case, and every handler waits for it. */
function copyFields(row: Fields, copy: Fields, copies: Map<object, object>): void {
  for (const name of Object.keys(row)) {
    // The name would set the prototype; no column is called so.
    if (isSecret(name) || name === '__proto__') continue
    const value = row[name]
    copy[name] = typeof value === 'object' ? related(value, copies) : value
  }
}

/** Of an entity: accessors stay accessors. */
function copyProperties(row: object, copy: object, copies: Map<object, object>): void {
  for (const key of Reflect.ownKeys(row)) {
    if (isSecret(key)) continue
    const property = Object.getOwnPropertyDescriptor(row, key) as PropertyDescriptor
    if ('value' in property) property.value = related(property.value, copies)
    Object.defineProperty(copy, key, { ...property, configurable: true })
  }
  // A class may have the secret as a getter over another of its fields.
  for (const name of secretNames) if (name in copy) Object.defineProperty(copy, name, { value: undefined })
}

/** What a field holds: copied where it is a row with secrets, or a list of such rows, and as it is otherwise. */
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
