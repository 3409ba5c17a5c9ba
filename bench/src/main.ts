import { benchCheck } from './check.ts'

await benchCheck()
