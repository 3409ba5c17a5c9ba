import assert from 'node:assert/strict'
import { ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { currentAuthentication, requireClient } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { woocommerce } from 'countersign/profiles'

const hooks = memoryHooks({ clients: [{ clientId: 'ck_shop', clientSecret: 'cs_shop' }] })
const protector = new ResourceProtector({ hooks, ...woocommerce })

const orders = requireClient(protector)(() => {
  const { client, request } = currentAuthentication()
  return Response.json({ key: client.clientId, page: new Map(request.parameters).get('page') })
})

const client = new OAuth1Client({ clientId: 'ck_shop', clientSecret: 'cs_shop', place: 'query' })
const { url } = client.sign({ method: 'GET', url: 'http://shop.example.com/wp-json/wc/v3/orders?page=2' })

assert.deepEqual(await (await orders(new Request(url))).json(), { key: 'ck_shop', page: '2' })
assert.equal((await orders(new Request(url))).status, 401)
assert.equal((await orders(new Request(url.replace('page=2', 'page=3')))).status, 401)
