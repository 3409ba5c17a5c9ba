import { behavesLikeTheOthers } from './suite.ts'
import { harnessOf } from './workerd.ts'

behavesLikeTheOthers(harnessOf('Fetch', ['none']))
