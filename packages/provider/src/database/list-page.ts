import { isKey } from './page.ts'

/** Which piece of a list is wanted. */
export interface ListPiece {
  /** What an earlier piece named as `next`; the beginning for anything else. */
  readonly from?: string | undefined
  /** Default 50. */
  readonly most?: number | undefined
}

/** Rows of a page unless another number is asked for. */
export const usualLength = 50

/** A cursor that is a key; undefined for anything else, and for a number that no database has for a key. */
export function numberIn(cursor: string | undefined): number | undefined {
  return cursor !== undefined && isKey(cursor) ? Number(cursor) : undefined
}

/** A cursor of a number and a text, such as `1764230400.abc`; undefined for anything else. */
export function numberAndTextIn(cursor: string | undefined): readonly [number, string] | undefined {
  const [, number, text] = /^(\d{1,15})\.([^\0]{1,1024})$/.exec(cursor ?? '') ?? []
  return number === undefined || text === undefined ? undefined : [Number(number), text]
}
