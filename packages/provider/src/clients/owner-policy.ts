import type { ClientPolicy, Policy, Profiles } from 'countersign'
import type { Database } from '../database/schema.ts'
import { inputFault } from '../input-fault.ts'
import { readPolicy } from './client-policy.ts'

type Place = Policy['places'][number]

/**
 * What the owner of a client may choose: less than the operator allows, never more. The owner also decides how
 * callbacks are compared, unless the operator did.
 */
export interface OwnerPolicy {
  readonly supportedSignatureMethods?: readonly string[]
  readonly places?: readonly Place[]
  readonly bodyHash?: 'required'
  readonly callbackRule?: Policy['callbackRule']
}

/** The settings that apply to every client. */
export type CommonPolicy = Partial<Policy> & { readonly profiles?: Profiles | undefined }

/** The choices, and the current one. */
export interface OwnerChoices {
  readonly methods: readonly string[]
  readonly places: readonly Place[]
  readonly chosen: {
    readonly methods: readonly string[]
    readonly places: readonly Place[]
    readonly isBodyHashRequired: boolean
    readonly callbackRule: Policy['callbackRule']
  }
  /** The operator requires a body hash already. */
  readonly isBodyHashFixed: boolean
  /** The operator decided how callbacks are compared. */
  readonly isCallbackRuleFixed: boolean
}

const allPlaces: readonly Place[] = ['header', 'body', 'query']

/** The operator's part of the policy, with the settings below it. */
function allowed(operator: ClientPolicy, { profiles = {}, ...common }: CommonPolicy) {
  const profile = profileOf(operator, profiles)
  const {
    supportedSignatureMethods = ['HMAC-SHA1'],
    places = allPlaces,
    bodyHash,
    callbackRule = 'exact',
  } = {
    ...common,
    ...profile,
    ...operator,
  }
  return { methods: supportedSignatureMethods, places, bodyHash, callbackRule }
}

function profileOf({ profile }: ClientPolicy, profiles: Profiles = {}): Partial<Policy> {
  return profile === undefined ? {} : (profiles[profile] ?? {})
}

/** Whether the operator decided how callbacks are compared: for this client, in its profile or in the settings. */
function isRuleFixed(operator: ClientPolicy, common: CommonPolicy): boolean {
  return [operator, profileOf(operator, common.profiles), common].some(
    ({ callbackRule }) => callbackRule !== undefined,
  )
}

/** The operator's policy of a client, narrowed to its owner's choice. */
export function narrowedPolicy(
  operator: ClientPolicy,
  owner: OwnerPolicy,
  common: CommonPolicy,
): ClientPolicy {
  const { methods, places } = allowed(operator, common)
  const { supportedSignatureMethods, places: chosen, bodyHash, callbackRule } = owner
  const leftMethods = both(methods, supportedSignatureMethods)
  const leftPlaces = both(places, chosen)
  // If the operator narrowed the policy so far that nothing is left, nothing is accepted, rather than more.
  if (leftMethods.length === 0 || leftPlaces.length === 0)
    return { ...operator, supportedSignatureMethods: ['none'] }
  return {
    ...operator,
    ...(supportedSignatureMethods && { supportedSignatureMethods: leftMethods }),
    ...(chosen && { places: leftPlaces }),
    ...(bodyHash && { bodyHash }),
    ...(callbackRule && !isRuleFixed(operator, common) && { callbackRule }),
  }
}

function both<T>(allowed: readonly T[], chosen: readonly T[] | undefined): readonly T[] {
  return chosen === undefined ? allowed : allowed.filter((item) => chosen.includes(item))
}

/** A stored choice; no choice for text that is not one. */
export function readOwnerPolicy(stored: string | null | undefined): OwnerPolicy {
  return (readPolicy(stored) ?? {}) as OwnerPolicy
}

export function ownerChoices(operator: ClientPolicy, owner: OwnerPolicy, common: CommonPolicy): OwnerChoices {
  const { methods, places, bodyHash } = allowed(operator, common)
  const narrowed = allowed(narrowedPolicy(operator, owner, common), common)
  return {
    methods,
    places,
    chosen: {
      methods: narrowed.methods,
      places: narrowed.places,
      isBodyHashRequired: narrowed.bodyHash === 'required',
      callbackRule: narrowed.callbackRule,
    },
    isBodyHashFixed: bodyHash === 'required',
    isCallbackRuleFixed: isRuleFixed(operator, common),
  }
}

/** An owner's choice in a form. */
export interface OwnerChoice {
  readonly methods: readonly string[]
  readonly places: readonly string[]
  readonly isBodyHashRequired: boolean
  readonly callbackRule: string
}

/**
 * Stores an owner's choice; choosing everything counts as no choice.
 *
 * @returns Whether there is such a client.
 * @throws InputError when nothing would be left, or an option is not available.
 */
export async function chooseOwnPolicy(
  db: Database,
  common: CommonPolicy,
  clientId: string,
  ownerId: number,
  choice: OwnerChoice,
): Promise<boolean> {
  const row = await policiesOf(db, clientId, ownerId)
  if (row === undefined) return false
  const operator = readPolicy(row.policy) ?? {}
  const { methods, places } = allowed(operator, common)
  const chosenMethods = methods.filter((method) => choice.methods.includes(method))
  const chosenPlaces = places.filter((place) => choice.places.includes(place))
  if (chosenMethods.length === 0) throw inputFault('methods', 'methodsNone')
  if (chosenPlaces.length === 0) throw inputFault('places', 'placesNone')
  const owner: OwnerPolicy = {
    ...(chosenMethods.length < methods.length && { supportedSignatureMethods: chosenMethods }),
    ...(chosenPlaces.length < places.length && { places: chosenPlaces }),
    ...(choice.isBodyHashRequired && { bodyHash: 'required' as const }),
    ...(choice.callbackRule === 'prefix' && { callbackRule: choice.callbackRule }),
  }
  return storeOwnPolicy(db, clientId, ownerId, owner)
}

/** Stores how an owner's client compares callbacks; the owner's other choices stay. Returns whether there is such a client. */
export async function chooseCallbackRule(
  db: Database,
  clientId: string,
  ownerId: number,
  rule: string,
): Promise<boolean> {
  const row = await policiesOf(db, clientId, ownerId)
  if (row === undefined) return false
  const { callbackRule: _, ...others } = readOwnerPolicy(row.owner_policy)
  return storeOwnPolicy(db, clientId, ownerId, {
    ...others,
    ...(rule === 'prefix' && { callbackRule: rule }),
  })
}

function policiesOf(db: Database, clientId: string, ownerId: number) {
  return db
    .selectFrom('oauth_client')
    .select(['policy', 'owner_policy'])
    .where('client_id', '=', clientId)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst()
}

async function storeOwnPolicy(
  db: Database,
  clientId: string,
  ownerId: number,
  owner: OwnerPolicy,
): Promise<boolean> {
  const owner_policy = Object.keys(owner).length === 0 ? null : JSON.stringify(owner)
  const { numUpdatedRows } = await db
    .updateTable('oauth_client')
    .set({ owner_policy })
    .where('client_id', '=', clientId)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
