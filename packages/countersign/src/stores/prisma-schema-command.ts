#!/usr/bin/env node
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type PrismaSchemaOptions, prismaSchema } from './prisma/schema.ts'

const usage = `Usage: countersign-prisma [options]

Prints the Prisma models of OAuth clients, credentials and nonces.

  --provider <name>  postgresql (default), cockroachdb, mysql or sqlite
  --user-id <type>   the type of your user's id: Int (default) or String
  --user <Model>     relate tokens to this model; give it the field: oauthTokens OauthTokenCredential[]
  --out <file>       write to this file, in your schema folder; an existing file is left alone
`

try {
  const { values } = parseArgs({
    options: {
      provider: { type: 'string' },
      'user-id': { type: 'string' },
      user: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { provider, 'user-id': userId, user, out, help } = values
  const text = help ? usage : prismaSchema({ provider, userId, user } as PrismaSchemaOptions)
  if (out === undefined || help) process.stdout.write(text)
  else {
    await writeFile(out, text, { flag: 'wx' })
    process.stderr.write(`Wrote ${out}. Next: prisma migrate dev && prisma generate\n`)
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 1
}
