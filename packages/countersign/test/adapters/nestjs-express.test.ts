import { onExpress } from './nestjs.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(onExpress)
