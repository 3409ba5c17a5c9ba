import express4 from 'express4'
import { harnessOf } from './express.ts'

export const harness = harnessOf('Express 4', express4 as never, '*')
