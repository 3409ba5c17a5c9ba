import process from 'node:process'
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** The exit code after Ctrl-C, as shells have it: 128 and the number of the signal. */
const interrupted = 130

/** Questions on the terminal; without one, the replies are the lines of standard input. */
export class Prompt {
  readonly #terminal: Interface
  readonly #lines: AsyncIterator<string>
  #isHidden = false

  constructor() {
    const output = new Writable({
      write: (chunk, _, written) => {
        if (this.#isHidden) written()
        else process.stdout.write(chunk, written)
      },
    })
    this.#terminal = createInterface({
      input: process.stdin,
      output,
      terminal: process.stdin.isTTY && process.stdout.isTTY,
    })
    // Readline takes Ctrl-C from the terminal, and would wait for the next line.
    this.#terminal.once('SIGINT', () => {
      process.stderr.write('\n')
      process.exit(interrupted)
    })
    this.#lines = this.#terminal[Symbol.asyncIterator]()
  }

  /** The typed text, trimmed; empty if the input has ended. */
  async ask(question: string): Promise<string> {
    this.#terminal.setPrompt(question)
    this.#terminal.prompt()
    const { value, done } = await this.#next()
    if (done) process.stdout.write('\n')
    return done ? '' : value.trim()
  }

  /** The same, without echo and without trimming. Standard output stays free for results. */
  async askSecret(question: string): Promise<string> {
    process.stderr.write(question)
    this.#isHidden = true
    const { value, done } = await this.#next()
    this.#isHidden = false
    process.stderr.write('\n')
    return done ? '' : value
  }

  /** An input that has already ended emits no further event, and would be awaited forever. */
  async #next(): Promise<IteratorResult<string, undefined>> {
    return process.stdin.readableEnded ? { value: undefined, done: true } : this.#lines.next()
  }

  close(): void {
    this.#terminal.close()
  }
}

/** Runs a function that may ask questions, all with one prompt, which opens at the first and closes at the end. */
export async function withPrompt<T>(work: (prompt: () => Prompt) => Promise<T>): Promise<T> {
  let opened: Prompt | undefined
  try {
    return await work(() => {
      opened ??= new Prompt()
      return opened
    })
  } finally {
    opened?.close()
  }
}
