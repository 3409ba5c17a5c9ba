import { harness } from './fetch.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)
