import { onFastify } from './nestjs.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(onFastify)
