import type { RsaPublicKeys } from '../../../crypto/rsa-bundle.ts'
import type { ClientPolicy } from '../../../server/policy.ts'
import {
  joinCallbacks,
  parsePolicy,
  parseRsaPublicKey,
  policyText,
  rsaPublicKeyText,
  splitCallbacks,
} from '../../shared/column-text.ts'

interface AsText<Data> {
  dataType(): string
  toDriver(value: Data): string
  fromDriver(text: string): Data
}

/** The conversions for each dialect's `customType`, for those fields of a client that are not text. */
export const callbacksAsText: AsText<readonly string[]> = {
  dataType: () => 'text',
  toDriver: joinCallbacks,
  fromDriver: splitCallbacks,
}
export const rsaPublicKeyAsText: AsText<RsaPublicKeys> = {
  dataType: () => 'text',
  toDriver: (key) => rsaPublicKeyText(key) ?? '',
  fromDriver: (text) => parseRsaPublicKey(text) ?? '',
}
export const policyAsText: AsText<ClientPolicy> = {
  dataType: () => 'text',
  toDriver: (policy) => policyText(policy) ?? '',
  fromDriver: (text) => parsePolicy(text) ?? {},
}
