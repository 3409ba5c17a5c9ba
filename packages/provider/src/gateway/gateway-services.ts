import {
  type Client,
  ConfigurationError,
  type Hooks,
  type OAuth1Event,
  ResourceProtector,
  type TokenCredential,
} from 'countersign'
import { BearerProtector } from 'countersign/bridge'
import { diagnoser } from 'countersign/diagnose'
import { createRecordNonce } from 'countersign/kysely'
import type { Logger } from 'pino'
import { accessTokensOf } from '../bridge/access-tokens.ts'
import { sharedNonces } from '../cache/shared-nonces.ts'
import type { Database } from '../database/schema.ts'
import { addFixtures, type Fixtures } from '../fixtures.ts'
import { admission, retirementOf } from '../retirement/retirement-of.ts'
import { openServices, type Services } from '../services.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import { databaseOf, readinessOf, redisOf, type Stores } from '../stores.ts'
import { eventListener } from '../telemetry/event-listener.ts'
import { createLog } from '../telemetry/log.ts'
import { observedHooks } from '../telemetry/observed-hooks.ts'
import { openTelemetry, storeObserver } from '../telemetry/telemetry.ts'
import { startUpkeep } from '../upkeep.ts'
import { CredentialFiles } from './credential-files.ts'
import type { CredentialCounts } from './credential-set.ts'
import { fileBearer } from './file-bearer.ts'

/** Checks requests, wherever clients and tokens come from. */
export type GatewayProtector = Pick<
  ResourceProtector<Client, TokenCredential>,
  'authenticate' | 'authenticateClient' | 'errorResponse' | 'limits'
>

/** The parts of a gateway. */
export interface GatewayServices
  extends Pick<Services, 'settings' | 'log' | 'telemetry' | 'readiness' | 'close'> {
  readonly protector: GatewayProtector
  readonly retirement: Services['retirement']
  readonly accessTokens: Services['accessTokens']
  /** When tokens were last used; undefined if they come from files. */
  readonly tokenUses?: Services['tokenUses']
}

/** The parts of a gateway, including those that only one of the two sources has. */
export interface OpenedServices {
  readonly common: GatewayServices
  /** The provider whose clients and tokens are accepted; undefined if they come from files. */
  readonly provider: Services | undefined
  /** How many clients and tokens the files hold now; undefined without files. */
  readonly credentials: (() => CredentialCounts) | undefined
}

/** @throws ConfigurationError when a store cannot be opened, or a file has faults; InputError for a fixture. */
export async function openGatewayServices(
  settings: ProviderSettings,
  fixtures: Fixtures,
  log?: Logger,
): Promise<OpenedServices> {
  const { credentialsFiles } = settings.gateway
  if (credentialsFiles !== undefined) {
    refuseUnfit(settings, fixtures)
    return servicesOfFiles(credentialsFiles, settings, log ?? createLog(settings.logLevel))
  }
  const provider = await openServices(settings, log)
  try {
    await addFixtures(provider, fixtures)
    const known = await provider.db.selectFrom('oauth_client').select('client_id').limit(1).execute()
    if (known.length === 0)
      provider.log.warn('the database has no clients; does DATABASE_URL name the database of the provider?')
    return { common: provider, provider, credentials: undefined }
  } catch (error) {
    await provider.close()
    throw error
  }
}

/** @throws ConfigurationError for settings that require a provider's database. */
function refuseUnfit({ options }: ProviderSettings, { users, clients }: Fixtures): void {
  if (users !== undefined || clients !== undefined)
    throw new ConfigurationError(
      'GATEWAY_CREDENTIALS: users and clients cannot be given together with credentials files; put them into the files.',
    )
  if ((options.tokenIdleSeconds ?? 0) > 0)
    throw new ConfigurationError(
      'OAUTH1_TOKEN_IDLE_SECONDS: must be 0 with credentials files, which are never written; give tokens an expires_at.',
    )
}

/** Only nonces are stored: in Redis, or otherwise in the database. */
async function servicesOfFiles(
  paths: readonly string[],
  settings: ProviderSettings,
  log: Logger,
): Promise<OpenedServices> {
  const retirement = retirementOf(settings)
  const files = await CredentialFiles.open(paths, log)
  const telemetry = await openTelemetry(settings.metricsPort !== undefined)
  const redis = await redisOf(settings, log)
  const db = redis === undefined ? await databaseOf(settings, log) : undefined
  try {
    const common = servicesOver({ retirement, settings, log, telemetry, files, db, redis })
    return { common, provider: undefined, credentials: () => files.state }
  } catch (error) {
    redis?.close()
    await db?.destroy()
    throw error
  }
}

interface Parts extends Stores, Pick<GatewayServices, 'settings' | 'log' | 'telemetry' | 'retirement'> {
  readonly files: CredentialFiles
}

function servicesOver({ retirement, settings, log, telemetry, files, db, redis }: Parts): GatewayServices {
  const hooks = {
    queryClient: (clientId: string) => files.client(clientId),
    queryToken: (clientId: string, oauthToken: string) => files.token(clientId, oauthToken),
    ...observedHooks(nonceHooks({ db, redis }, settings), storeObserver(telemetry)),
  }
  const tell = eventListener(telemetry, log)
  const on = (event: OAuth1Event) => {
    tell(event)
    return settings.options.on?.(event)
  }
  const own = { hooks, ...admission(retirement, settings), on }
  const options = { diagnose: diagnoser(), ...settings.options, ...own }
  const accessTokens = accessTokensOf(settings, log)
  const protector =
    accessTokens === undefined
      ? new ResourceProtector(options)
      : new BearerProtector({ ...options, verifyBearer: fileBearer(files, accessTokens, log) })
  telemetry.metrics?.credentials(() => files.state)
  const stopUpkeep = db && startUpkeep(db, log)
  files.watch()
  return {
    settings,
    log,
    telemetry,
    retirement,
    readiness: readinessOf({ db, redis }, log),
    protector,
    accessTokens,
    async close() {
      files.close()
      await accessTokens?.close()
      await stopUpkeep?.()
      redis?.close()
      await db?.destroy()
    },
  }
}

function nonceHooks({ db, redis }: Stores, { options }: ProviderSettings): Pick<Hooks, 'recordNonce'> {
  if (redis !== undefined) return sharedNonces(redis, options.now)
  return { recordNonce: createRecordNonce(db as Database) }
}
