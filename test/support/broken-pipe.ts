import type { Writable } from 'node:stream'

/**
 * Lets a process end without reading its input: a test looks at how it ended and at what it printed, which says more than
 * the broken pipe.
 */
export function allowBrokenPipe(stdin: Writable): void {
  stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
