import { nonceHooks } from 'countersign/cache'
import Keyv from 'keyv'
import { createStorage } from 'unstorage'

// @ts-expect-error: Keyv has no add
nonceHooks(new Keyv())
// @ts-expect-error: unstorage has no add
nonceHooks(createStorage())
