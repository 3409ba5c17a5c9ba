import { AuthorizationServer, type OAuth1Event, ResourceProtector } from 'countersign'
import { BearerProtector } from 'countersign/bridge'
import { diagnoser } from 'countersign/diagnose'
import { kyselyHooks } from 'countersign/kysely'
import type { Logger } from 'pino'
import { IdentityProvider } from './accounts/identity-provider.ts'
import { passwordGrant } from './accounts/password-grant.ts'
import { SignIns } from './accounts/sign-ins.ts'
import { AuditLog } from './audit/audit-log.ts'
import { eventAudit } from './audit/event-audit.ts'
import { type AccessTokenReader, accessTokensOf } from './bridge/access-tokens.ts'
import { bearerVerifier } from './bridge/bearer-verifier.ts'
import { endingGrants } from './bridge/ended-tokens.ts'
import type { SharedRedis } from './cache/redis.ts'
import { redisLimits } from './cache/redis-limits.ts'
import { rememberedCredentials } from './cache/remembered-credentials.ts'
import { sharedNonces } from './cache/shared-nonces.ts'
import { completedClients } from './clients/completed-clients.ts'
import { UsageRecorder } from './clients/usage-recorder.ts'
import type {
  Database,
  ProviderClient,
  ProviderHooks,
  ProviderProtector,
  ProviderServer,
  ProviderToken,
} from './database/schema.ts'
import { sealOf } from './database/seal.ts'
import { storedCounts } from './database/stored-counts.ts'
import type { SharedLimits } from './limits/shared-limits.ts'
import { RequestRecorder } from './requests/request-recorder.ts'
import type { Retirement } from './retirement/retirement.ts'
import { admission, retirementOf } from './retirement/retirement-of.ts'
import { completeSettings, type ProviderSettings, type SettingsInput } from './settings/settings.ts'
import { databaseOf, readinessOf, redisOf } from './stores.ts'
import { eventListener } from './telemetry/event-listener.ts'
import { providerEventLog } from './telemetry/event-log.ts'
import { createLog } from './telemetry/log.ts'
import { observedHooks } from './telemetry/observed-hooks.ts'
import type { ProviderListener } from './telemetry/provider-event.ts'
import type { Readiness } from './telemetry/readiness.ts'
import { openTelemetry, storeObserver, type Telemetry } from './telemetry/telemetry.ts'
import { activeHooks } from './tokens/active-hooks.ts'
import { boundedHooks } from './tokens/bounded-hooks.ts'
import { knownScopes } from './tokens/known-scopes.ts'
import { TokenUses } from './tokens/token-uses.ts'
import { startUpkeep } from './upkeep.ts'

/** All parts of a provider process: built once, and passed on. */
export interface Services {
  readonly settings: ProviderSettings
  readonly log: Logger
  /** Metrics and traces, if enabled. */
  readonly telemetry: Telemetry
  /** Whether this process can serve requests now. */
  readonly readiness: Readiness
  readonly db: Database
  /**
   * The only way to write temporary and token credentials: a cache or a seal over the store applies to every caller.
   * Tokens are revoked through the server, which ends their OAuth 2 grants, too.
   */
  readonly hooks: ProviderHooks
  readonly server: ProviderServer
  readonly protector: ProviderProtector
  /** The recent requests of every client. */
  readonly recorder: RequestRecorder
  /** The usage of every client. */
  readonly usage: UsageRecorder
  /** Who did what, to whom, from where. */
  readonly audit: AuditLog
  /** The only way to check a password: one set of limits applies to all. */
  readonly signIns: SignIns
  /** The retirement rules; undefined without any. */
  readonly retirement: Retirement | undefined
  /** When tokens were last used. */
  readonly tokenUses: TokenUses
  /** Where users without a password here sign in; undefined if there is no identity provider. */
  readonly identityProvider: IdentityProvider | undefined
  /** The Bearer tokens of OAuth 2 that the protector accepts; undefined for none. */
  readonly accessTokens: AccessTokenReader | undefined
  /** What several processes share besides the database; undefined for a single process. */
  readonly redis: SharedRedis | undefined
  /** The counts that several processes share. */
  readonly sharedLimits: SharedLimits | undefined
  /** Stops the upkeep, writes waiting data, and closes the database and Redis. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date, and builds the rest on it and on Redis.
 *
 * @throws ConfigurationError when the database or Redis cannot be opened, or a setting is wrong.
 */
export async function openServices(given: SettingsInput, log?: Logger): Promise<Services> {
  const settings = completeSettings(given)
  const logged = log ?? createLog(settings.logLevel)
  const db = await databaseOf(settings, logged)
  let redis: SharedRedis | undefined
  try {
    redis = await redisOf(settings, logged)
    const telemetry = await openTelemetry(settings.metricsPort !== undefined)
    return servicesOver(db, settings, logged, redis, telemetry)
  } catch (error) {
    redis?.close()
    await db.destroy()
    throw error
  }
}

/** Everything built on a database whose schema is up to date. */
export function servicesOver(
  db: Database,
  settings: ProviderSettings,
  log: Logger,
  redis?: SharedRedis,
  telemetry: Telemetry = {},
): Services {
  const retirement = retirementOf(settings)
  // Directly over the store: everything else sees secrets in the clear.
  const completed = completedClients(kyselyHooks(db), settings.options)
  const stored = boundedHooks(db, sealOf(db).hooks(completed))
  const remembered = rememberedCredentials(stored, settings.credentialCacheSeconds)
  const nonces = redis && sharedNonces(redis, settings.options.now)
  const shared = knownScopes(settings.scopes, { ...remembered, ...nonces })
  const hooks = observedHooks(shared, storeObserver(telemetry))
  telemetry.metrics?.count(() => storedCounts(db))
  const readiness = readinessOf({ db, redis }, log)
  const sharedLimits = redis && redisLimits(redis)
  const usage = new UsageRecorder(db, log)
  const audit = new AuditLog(db, log, settings.auditDays)
  const refused = (name: string) =>
    audit.note({ action: 'user.sign-in-refused', subject: { kind: 'user', name } })
  const signInLimits = { networkLimit: settings.rateLimits.signIn, shared: sharedLimits }
  const signIns = new SignIns(db, { ...signInLimits, refused, on: providerListener(telemetry, log) })
  const recorder = new RequestRecorder(db, log)
  const writeAudit = eventAudit(audit)
  const tokenUses = new TokenUses(hooks, log)
  const identityProvider = settings.oidc && new IdentityProvider(settings.oidc)
  const tell = eventListener(telemetry, log)
  const on = (event: OAuth1Event) => {
    tell(event)
    recorder.record(event)
    usage.record(event)
    writeAudit(event)
    return settings.options.on?.(event)
  }
  const active = activeHooks(db, endingGrants(db, hooks))
  const options = {
    diagnose: diagnoser({ baseStrings: true }),
    ...settings.options,
    ...(settings.xAuth && settings.ownAccounts && { checkPassword: passwordGrant(signIns) }),
    hooks: active,
    ...admission(retirement, settings),
    on,
  }
  const server = new AuthorizationServer<ProviderClient, ProviderToken>(options)
  const accessTokens = accessTokensOf(settings, log)
  const protector: ProviderProtector =
    accessTokens === undefined
      ? new ResourceProtector(options)
      : new BearerProtector({
          ...options,
          verifyBearer: bearerVerifier({ db, hooks: active, tokens: accessTokens, log }),
        })
  const stopUpkeep = startUpkeep(db, log)
  return {
    settings,
    log,
    telemetry,
    readiness,
    db,
    hooks,
    server,
    protector,
    recorder,
    usage,
    audit,
    signIns,
    retirement,
    redis,
    sharedLimits,
    tokenUses,
    identityProvider,
    accessTokens,
    async close() {
      await stopUpkeep()
      await recorder.close()
      await usage.close()
      await tokenUses.close()
      await audit.close()
      await accessTokens?.close()
      redis?.close()
      await db.destroy()
    },
  }
}

function providerListener({ metrics }: Telemetry, log: Logger): ProviderListener {
  const write = providerEventLog(log)
  return (event) => {
    metrics?.providerEvent(event)
    write(event)
  }
}
