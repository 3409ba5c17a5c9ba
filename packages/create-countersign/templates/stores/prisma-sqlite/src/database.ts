import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { PrismaHookOptions } from 'countersign/prisma'
import { PrismaClient } from './generated/client.ts'

const adapter = new PrismaBetterSqlite3({ url: process.env['DATABASE_URL'] ?? 'file:./oauth.sqlite' })
export const prisma = new PrismaClient({ adapter })

// No transactions: all requests share one connection to the file.
export const options: PrismaHookOptions = {}
