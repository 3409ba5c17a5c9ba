import { isKey } from './page.ts'

/** Which page of a list to read. */
export interface ListPiece {
  /** The `next` of an earlier page; the first page for anything else. */
  readonly from?: string | undefined
  /** Default 50. */
  readonly most?: number | undefined
}

/** Default number of rows on a page. */
export const usualLength = 50

/** A cursor that is a numeric key; undefined for anything else, including numbers that no database uses as a key. */
export function numberIn(cursor: string | undefined): number | undefined {
  return cursor !== undefined && isKey(cursor) ? Number(cursor) : undefined
}

/** A cursor of a number and a text, such as `1764230400.abc`; undefined for anything else. */
export function numberAndTextIn(cursor: string | undefined): readonly [number, string] | undefined {
  const [, number, text] = /^(\d{1,15})\.([^\0]{1,1024})$/.exec(cursor ?? '') ?? []
  return number === undefined || text === undefined ? undefined : [Number(number), text]
}
