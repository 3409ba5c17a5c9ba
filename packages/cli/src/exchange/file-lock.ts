import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'
import { Refusal } from '../refusal.ts'

/** Who holds a lock. */
interface Owner {
  readonly pid: number
  readonly host: string
  /** When the process started, in the system's count, because another process may get the same number later. */
  readonly began: string | undefined
}

/**
 * Runs a function while no other run may write these files.
 *
 * @throws Refusal while another run holds one of them.
 */
export async function withFileLocks<T>(files: readonly string[], work: () => Promise<T>): Promise<T> {
  const locks: (() => void)[] = []
  try {
    for (const file of files) locks.push(lockFile(file))
    return await work()
  } finally {
    for (const unlock of locks) unlock()
  }
}

/**
 * Keeps other runs away from a file: a file beside it, ending in `.lock`, names the process. One that a killed process left
 * is taken over.
 *
 * @returns What ends it.
 * @throws Refusal while another run holds it.
 */
function lockFile(file: string): () => void {
  const lock = `${file}.lock`
  const own = `${lock}.${process.pid}`
  const { pid } = process
  const text = JSON.stringify({ pid, host: hostname(), began: beginningOf(pid) } satisfies Owner)
  try {
    writeFileSync(own, text, { mode: 0o600 })
    // Creating a link is atomic, and never overwrites another file.
    if (!isLinked(own, lock)) {
      takeAside(file, lock, `${own}.old`)
      if (!isLinked(own, lock)) throw held(file, lock)
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('unusable_file', `${lock} cannot be written: ${(error as Error).message}.`)
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(lock, { force: true })
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a process that is gone. @throws Refusal if it may still run. */
function takeAside(file: string, lock: string, aside: string): void {
  const found = contentOf(lock)
  if (found === undefined) return
  if (mayRun(found)) throw held(file, lock, ownerOf(found)?.pid)
  try {
    renameSync(lock, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  // Another run may have taken it over in between: then its lock was moved, and is put back.
  if (contentOf(aside) !== found) isLinked(aside, lock)
  rmSync(aside, { force: true })
}

function contentOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function ownerOf(text: string): Owner | undefined {
  try {
    const { pid, host, began } = JSON.parse(text)
    return Number.isSafeInteger(pid) ? { pid, host, began } : undefined
  } catch {
    return undefined
  }
}

/** If in doubt, it counts as running. */
function mayRun(text: string): boolean {
  const owner = ownerOf(text)
  if (owner === undefined || owner.host !== hostname()) return true
  return isAlive(owner.pid) && beginningOf(owner.pid) === owner.began
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** On Linux; undefined elsewhere. */
function beginningOf(pid: number): string | undefined {
  try {
    // The name of the program stands in brackets and may hold anything; the twentieth field after it is the time.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19]
  } catch {
    return undefined
  }
}

function held(file: string, lock: string, pid?: number): Refusal {
  const who = pid === undefined ? 'Another run' : `Another run (process ${pid})`
  return new Refusal(
    'locked',
    `${who} writes ${file}. Wait until it ends; if it does not run any more, on this machine or another, remove ${lock}.`,
  )
}
