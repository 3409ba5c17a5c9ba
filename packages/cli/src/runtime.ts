import process from 'node:process'

/** The first version that runs this package: `node:sqlite`, and TypeScript without a build. */
const oldest = [22, 18] as const

/**
 * Ends the process with one clear sentence on a Node that is too old. Imports nothing of the package, because a static
 * import of `node:sqlite` would fail before any sentence could be printed.
 */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  process.stderr.write(`Countersign needs Node ${oldest.join('.')} or newer; this is Node ${version}.\n`)
  process.exit(1)
}

/** Node 22 calls `node:sqlite` experimental on every start. That one warning is left out; all others are printed. */
export function silenceSqliteWarning(): void {
  const emitWarning = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (rest[0] === 'ExperimentalWarning' && text.startsWith('SQLite ')) return
    emitWarning.call(process, warning, ...rest)
  }
}

/**
 * npm runs a script in the folder of its package. Files must be found and created where the command was typed:
 * otherwise a second database would silently appear. Scripts of other names have chosen their folder.
 */
export function returnToCaller({ INIT_CWD, npm_lifecycle_event, npm_package_name } = process.env): void {
  const isOwnScript = npm_lifecycle_event === 'countersign' && npm_package_name === 'countersign-workspace'
  if (INIT_CWD && isOwnScript) process.chdir(INIT_CWD)
}

/**
 * A reader that leaves early, such as `head`, ends the process without a stack trace, with the status that the shell
 * gives for SIGPIPE. Messages on standard error may be lost: the work goes on.
 */
export function endWithReader(): void {
  process.stdout.on('error', endAtBrokenPipe)
  process.stderr.on('error', passBrokenPipe)
}

/** For servers, which run on when a supervisor closes their output. */
export function outliveReader(): void {
  process.stdout.off('error', endAtBrokenPipe).on('error', passBrokenPipe)
}

function endAtBrokenPipe(error: NodeJS.ErrnoException): void {
  passBrokenPipe(error)
  process.exit(141)
}

function passBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
