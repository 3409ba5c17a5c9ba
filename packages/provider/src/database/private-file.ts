import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'

/**
 * Creates the file and missing folders, accessible only to their owner. The mode applies from the start: a file whose
 * permissions are restricted later can be opened before, and an open file stays open.
 */
export function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Restricts the file, and SQLite's files beside it, to their owner. Returns those that others could access. */
export function tighten(file: string): string[] {
  // Windows has no such modes.
  if (process.platform === 'win32') return []
  return [file, `${file}-wal`, `${file}-shm`].filter((each) => {
    const mode = statSync(each, { throwIfNoEntry: false })?.mode
    if (mode === undefined || (mode & 0o077) === 0) return false
    chmodSync(each, 0o600)
    return true
  })
}
