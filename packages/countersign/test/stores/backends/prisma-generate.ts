import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { prismaSchema } from 'countersign/prisma'

export type PrismaProvider = 'sqlite' | 'postgresql' | 'mysql'

const folder = join(import.meta.dirname, '..', 'generated')

/**
 * The client that Prisma generates from our models, made if it is missing. Several processes may do so at once: each
 * generates into a folder of its own, and one of them is renamed to the folder that all of them use.
 *
 * @returns The path of the module that exports `PrismaClient`.
 */
export async function generatedClient(provider: PrismaProvider): Promise<string> {
  const schema = `${header(provider)}\n${prismaSchema({ provider, user: 'User' })}`
  const digest = createHash('sha256').update(schema).digest('hex').slice(0, 12)
  const made = join(folder, `prisma-${provider}-${digest}`)
  const client = join(made, 'client', 'client.ts')
  if (existsSync(client)) return client

  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, 'draft-'))
  try {
    await writeFile(join(draft, 'schema.prisma'), schema)
    await generate(join(draft, 'schema.prisma'))
    await rename(draft, made).catch((error) => {
      if (!existsSync(client)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return client
}

function header(provider: PrismaProvider): string {
  return `generator client {
  provider               = "prisma-client"
  output                 = "./client"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
  previewFeatures        = ["relationJoins"]
}

datasource db {
  provider = "${provider}"
}

model User {
  id          Int                    @id
  name        String
  oauthTokens OauthTokenCredential[]

  @@map("users")
}
`
}

async function generate(schema: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('prisma/package.json')
  const { bin } = createRequire(import.meta.url)(manifest) as { bin: { prisma: string } }
  const command = join(dirname(manifest), bin.prisma)
  // Prisma would download its schema engine, which generating does not use: any file that exists stands in for it.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  await promisify(execFile)(process.execPath, [command, 'generate', '--schema', schema], { env })
}
