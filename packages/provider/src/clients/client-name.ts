import { inputFault } from '../input-fault.ts'

const maxLength = 100
/** A visible letter, digit or symbol: some, such as the Hangul fillers, are blank. */
const visible =
  /(?![\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}]/u
/** Invisible characters that can turn the text around them, hide in it, or be read differently by each program. */
const hidden = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u
/**
 * Joiners shape some scripts (Persian, the Indic ones) and join several emoji into one; selectors choose a form of the
 * character before them. After a letter that has case, as in Latin, all they do is make two names look alike.
 */
const shaping =
  /(?<=[\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d](?=[\p{Lo}\p{M}\p{Extended_Pictographic}])|(?<=[\p{Lo}\p{M}\p{S}\p{Emoji}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

/**
 * The name of a client, as users see it: white space, including line breaks, becomes single spaces.
 *
 * @throws InputError when it is invisible, is too long, or hides something.
 */
export function checkedName(given: string): string {
  const name = given.trim().replace(/\s+/g, ' ')
  const culprit = hidden.exec(name.replace(shaping, ''))?.[0]
  if (!visible.test(name)) throw inputFault('name', 'nameInvisible')
  if (culprit !== undefined) {
    const code = (culprit.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
    throw inputFault('name', 'nameHidden', { code })
  }
  if (name.length > maxLength) throw inputFault('name', 'nameLong', { max: maxLength, count: name.length })
  return name
}
