import { sweepExpired } from 'countersign/kysely'
import { db } from './database.ts'

let swept: number
do swept = await sweepExpired(db, { tokens: true, limit: 1000 })
while (swept === 1000)
await db.destroy()
