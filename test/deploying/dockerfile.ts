/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string
  readonly text: string
}

const known = /^(ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|RUN|STOPSIGNAL|USER|VOLUME|WORKDIR)$/

/**
 * The subset of a Dockerfile's syntax that ours use: comments, and instructions that a backslash continues.
 *
 * @throws Error at anything else.
 */
export function instructionsOf(text: string): readonly Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  return lines.filter(Boolean).map((line) => {
    const [, name = '', text = ''] = /^(\S+) (.+)$/.exec(line) ?? []
    if (!known.test(name)) throw new Error(`No instruction of a Dockerfile: ${line}`)
    return { name, text }
  })
}
