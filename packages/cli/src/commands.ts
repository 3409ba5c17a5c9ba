import type { Command } from './command.ts'
import { clientAdd } from './commands/client-add.ts'
import { clientEdit } from './commands/client-edit.ts'
import { clientList } from './commands/client-list.ts'
import { clientMode } from './commands/client-mode.ts'
import { clientPolicy } from './commands/client-policy.ts'
import { clientRemove } from './commands/client-remove.ts'
import { clientSecret } from './commands/client-secret.ts'
import { conformance } from './commands/conformance.ts'
import { explain } from './commands/explain.ts'
import { request } from './commands/request.ts'
import { sign } from './commands/sign.ts'
import { start } from './commands/start.ts'
import { tokenAdd } from './commands/token-add.ts'
import { tokenList } from './commands/token-list.ts'
import { tokenRevoke } from './commands/token-revoke.ts'
import { tryFlow } from './commands/try.ts'
import { userAdd } from './commands/user-add.ts'
import { userList } from './commands/user-list.ts'
import { userPasswd } from './commands/user-passwd.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  tryFlow,
  explain,
  sign,
  request,
  conformance,
  userAdd,
  userPasswd,
  userList,
  clientAdd,
  clientList,
  clientMode,
  clientEdit,
  clientSecret,
  clientPolicy,
  clientRemove,
  tokenAdd,
  tokenList,
  tokenRevoke,
]
