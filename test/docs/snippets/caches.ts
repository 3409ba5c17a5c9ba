import assert from 'node:assert/strict'
import { nonceHooks } from 'countersign/cache'
import Keyv from 'keyv'
import { createStorage } from 'unstorage'

// @ts-expect-error: Keyv has no add, which nonceHooks also says at run time
const overKeyv = () => nonceHooks(new Keyv())
// @ts-expect-error: unstorage has no add
const overStorage = () => nonceHooks(createStorage())

for (const make of [overKeyv, overStorage]) assert.throws(make, /add/)
