import { harness } from './hono.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)
