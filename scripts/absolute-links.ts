import { posix } from 'node:path'

export const repository = 'https://github.com/countersign/countersign'
/** Code, in which `list[name](argument)` is no link. */
const code = /(^```.*?^```$|`[^`\n]*`)/gms

/**
 * The text of a page with its relative links made absolute, for readers who have the page without the repository: npm
 * resolves none.
 * @param page - The path of the page in the repository: `packages/cli/README.md`.
 * @param revision - A tag, a branch or a commit.
 * @param isKept - Whether a link to this path of the repository stays as it is.
 */
export function absoluteLinks(
  text: string,
  page: string,
  revision: string,
  isKept: (path: string) => boolean = () => false,
): string {
  const absolute = (link: string, target: string) => {
    const path = posix.join(posix.dirname(page), target)
    return isKept(path) ? link : `](${repository}/blob/${revision}/${path})`
  }
  return text
    .split(code)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, absolute)))
    .join('')
}
