import process from 'node:process'
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** Questions on the terminal; where there is none, the lines of standard input answer them. */
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
    this.#lines = this.#terminal[Symbol.asyncIterator]()
  }

  /** What is typed, without white space around it; empty where the input has ended. */
  async ask(question: string): Promise<string> {
    this.#terminal.setPrompt(question)
    this.#terminal.prompt()
    const { value, done } = await this.#next()
    if (done) process.stdout.write('\n')
    return done ? '' : value.trim()
  }

  /** The same, without showing what is typed. White space counts. Standard output stays free for results. */
  async askSecret(question: string): Promise<string> {
    process.stderr.write(question)
    this.#isHidden = true
    const { value, done } = await this.#next()
    this.#isHidden = false
    process.stderr.write('\n')
    return done ? '' : value
  }

  /** An input that was read to its end before gives no further event, and would be waited for forever. */
  async #next(): Promise<IteratorResult<string, undefined>> {
    return process.stdin.readableEnded ? { value: undefined, done: true } : this.#lines.next()
  }

  close(): void {
    this.#terminal.close()
  }
}

/** Runs something that may ask questions: all of them of one prompt, which is opened for the first and closed at the end. */
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
