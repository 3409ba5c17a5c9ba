import { inputFault } from '../input-fault.ts'

const maxLength = 100
/** A letter, digit or sign that leaves something on the page: some of them, such as the Hangul fillers, are blank. */
const visible =
  /(?![\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}]/u
/** What shows nothing itself, and can turn the text around it, hide in it, or be read differently by each program. */
const hidden = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u
/**
 * Joiners shape some scripts (Persian, the Indic ones) and make one emoji of several; selectors choose a form of the sign
 * before them. After a letter that has case, as in Latin, they do nothing but make two names look alike.
 */
const shaping =
  /(?<=[\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d](?=[\p{Lo}\p{M}\p{Extended_Pictographic}])|(?<=[\p{Lo}\p{M}\p{S}\p{Emoji}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

/**
 * The name of a client, as users are shown it: white space, line ends included, becomes single spaces.
 *
 * @throws InputError when it cannot be seen, is too long, or hides something.
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
