import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import { requireOAuth } from 'countersign/koa'
import Koa from 'koa'
import { content, hmac, type StartApp } from './app.ts'

export const start: StartApp = (protector) =>
  new Promise((resolve) => {
    const router = new Router()
    const reply = (ctx: Koa.Context) => {
      ctx.body = content
    }
    router.get('/bare', reply)
    router.get('/hmac', (ctx) => {
      ctx.body = hmac()
    })
    router.get('/protected', requireOAuth(protector), reply)
    const app = new Koa().use(router.routes())
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
