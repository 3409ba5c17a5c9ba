import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { temporaryDirectory } from '../running-provider.ts'

export const guide = 'https://docs.example.com/oauth2'

/** A clock that a test moves. */
export class Clock {
  seconds = 0
  readonly now = (): number => this.seconds

  /** @param time - Such as `2027-03-01T10:00Z`. */
  set(time: string): void {
    this.seconds = Date.parse(time) / 1000
  }
}

/** Writes files of rules, which are gone after the tests of a file. */
export function planFiles(): (content: unknown) => string {
  const directory = temporaryDirectory()
  let count = 0
  afterAll(() => directory.remove())
  return (content) => {
    const path = join(directory.path, `retirement-${++count}.json`)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }
}
