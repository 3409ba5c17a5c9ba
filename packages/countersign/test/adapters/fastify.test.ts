import { harnessOf } from './fastify.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harnessOf('onRequest'))
behavesLikeTheOthers(harnessOf('preHandler'))
