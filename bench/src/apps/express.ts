import type { AddressInfo } from 'node:net'
import { requireOAuth } from 'countersign/express'
import express from 'express'
import { content, hmac, type StartApp } from './app.ts'

export const start: StartApp = (protector) =>
  new Promise((resolve) => {
    const app = express()
    app.get('/bare', (_req, res) => void res.json(content))
    app.get('/hmac', (_req, res) => void res.json(hmac()))
    app.get('/protected', requireOAuth(protector), (_req, res) => void res.json(content))
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
