import type { Command } from './command.ts'
import { clientAdd } from './commands/client-add.ts'
import { clientList } from './commands/client-list.ts'
import { clientPair, clientUnpair } from './commands/client-pair.ts'
import { clientPolicy } from './commands/client-policy.ts'
import { clientRemove } from './commands/client-remove.ts'
import { clientRotate } from './commands/client-rotate.ts'
import { clientSet } from './commands/client-set.ts'
import { clientShow } from './commands/client-show.ts'
import { clientApprove, clientSuspend } from './commands/client-status.ts'
import { clientUsage } from './commands/client-usage.ts'
import { completion } from './commands/completion.ts'
import { configCheck } from './commands/config-check.ts'
import { conformance } from './commands/conformance.ts'
import { dbMigrate } from './commands/db-migrate.ts'
import { dbSeal } from './commands/db-seal.ts'
import { dbStatus } from './commands/db-status.ts'
import { exchange } from './commands/exchange.ts'
import { explain } from './commands/explain.ts'
import { gateway } from './commands/gateway.ts'
import { gatewayCheck } from './commands/gateway-check.ts'
import { importCommand } from './commands/import.ts'
import { request } from './commands/request.ts'
import { retire } from './commands/retire.ts'
import { retireMail } from './commands/retire-mail.ts'
import { serve } from './commands/serve.ts'
import { sign } from './commands/sign.ts'
import { sweep } from './commands/sweep.ts'
import { tokenAdd } from './commands/token-add.ts'
import { tokenList } from './commands/token-list.ts'
import { tokenRevoke } from './commands/token-revoke.ts'
import { tokenRotate } from './commands/token-rotate.ts'
import { tokenSet } from './commands/token-set.ts'
import { tokenShow } from './commands/token-show.ts'
import { tryFlow } from './commands/try.ts'
import { usage } from './commands/usage.ts'
import { userAdd } from './commands/user-add.ts'
import { userInvite } from './commands/user-invite.ts'
import { userList } from './commands/user-list.ts'
import { userPasswd } from './commands/user-passwd.ts'
import { userRemove } from './commands/user-remove.ts'
import { userSet } from './commands/user-set.ts'
import { userShow } from './commands/user-show.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  gateway,
  gatewayCheck,
  configCheck,
  sweep,
  userAdd,
  userList,
  userShow,
  userSet,
  userPasswd,
  userInvite,
  userRemove,
  clientAdd,
  clientList,
  clientShow,
  clientSet,
  clientRotate,
  clientPolicy,
  clientPair,
  clientUnpair,
  clientUsage,
  clientApprove,
  clientSuspend,
  clientRemove,
  tokenAdd,
  tokenList,
  tokenShow,
  tokenSet,
  tokenRotate,
  tokenRevoke,
  dbStatus,
  dbMigrate,
  dbSeal,
  importCommand,
  usage,
  retire,
  retireMail,
  exchange,
  tryFlow,
  request,
  sign,
  explain,
  conformance,
  completion,
]
