/**
 * Explains why a signature does not match: `diagnoseSignature` tries known client mistakes until one, or a pair,
 * produces the signature that was sent.
 *
 * @example
 * ```ts
 * import { diagnoseSignature } from 'countersign/diagnose'
 *
 * const { causes } = diagnoseSignature(request, { clientSecret: 's3cret', tokenSecret: 't0ken' })
 * for (const { summary, fix } of causes) console.log(summary, fix)
 * ```
 *
 * @module
 */
export type { BaseStrings, Cause, Diagnosis, DiagnosisSecrets } from '../protocol/diagnosis.ts'
export type { Diagnose, Refusal } from '../server/refusal.ts'
export { type ComparedLine, type ComparedPiece, compareBaseStrings } from './base-string-comparison.ts'
export { type BaseStringText, isBaseString, parseBaseString } from './base-string-text.ts'
export { type CauseCode, causeGroups, causes } from './causes.ts'
export { type DiagnosisOptions, diagnoseSignature } from './diagnose-signature.ts'
export { type DiagnoserOptions, diagnoser } from './diagnoser.ts'
export { parseRequestText, type RequestText, type RequestTextOptions } from './request-text.ts'
export type { CauseText } from './signing.ts'
