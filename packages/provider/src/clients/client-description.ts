import { inputFault } from '../input-fault.ts'

const maxLength = 500
const maxAddressLength = 500
/** Invisible characters that can turn or hide the text around them; line breaks are not among them. */
const hidden = /(?!\n|\u200c|\u200d|\ufe0e|\ufe0f)[\p{C}\u2028\u2029]/gu

/** A client's description for its users: a few lines of plain text; null for none. */
export function checkedDescription(given: string): string | null {
  const text = given
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(hidden, '')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  if (text.length > maxLength)
    throw inputFault('description', 'descriptionLong', { max: maxLength, count: text.length })
  return text === '' ? null : text
}

/** The URL of a client's home page; null for none. */
export function checkedHomepage(given: string): string | null {
  const text = given.trim()
  if (text === '') return null
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text))
    throw inputFault('homepage', 'homepage')
  if (url.username !== '' || url.password !== '') throw inputFault('homepage', 'homepageUser')
  if (url.href.length > maxAddressLength)
    throw inputFault('homepage', 'homepageLong', { max: maxAddressLength })
  return url.href
}
