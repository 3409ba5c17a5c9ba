import { harness } from './node.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)
