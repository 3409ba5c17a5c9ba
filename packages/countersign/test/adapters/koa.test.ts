import { harness } from './koa.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)
