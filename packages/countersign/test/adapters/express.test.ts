import { harness } from './express.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)
