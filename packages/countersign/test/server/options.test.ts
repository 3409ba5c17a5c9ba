import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  ConfigurationError,
  optionsFromEnv,
  ResourceProtector,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import { Provider } from './provider.ts'

const generators = new URL('token-generators.ts', import.meta.url).href

describe('optionsFromEnv', () => {
  it('reads the classic names', () => {
    const makeSecret = () => 's'
    const options = optionsFromEnv({
      OAUTH1_TOKEN_GENERATOR: 'acme#token',
      OAUTH1_TOKEN_SECRET_GENERATOR: makeSecret,
      OAUTH1_TOKEN_LENGTH: '20',
      OAUTH1_TOKEN_SECRET_LENGTH: 46,
      OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'HMAC-SHA1, PLAINTEXT,RSA-SHA1',
      OAUTH1_ORIGIN: 'https://api.example.com',
    })
    expect(options).toEqual({
      oauthTokenGenerator: 'acme#token',
      oauthTokenSecretGenerator: makeSecret,
      tokenLength: 20,
      tokenSecretLength: 46,
      supportedSignatureMethods: ['HMAC-SHA1', 'PLAINTEXT', 'RSA-SHA1'],
      origin: 'https://api.example.com',
    })
  })

  it('takes a list of methods as a list', () => {
    const settings = { OAUTH1_SUPPORTED_SIGNATURE_METHODS: ['HMAC-SHA256'] }
    expect(optionsFromEnv(settings)).toEqual({ supportedSignatureMethods: ['HMAC-SHA256'] })
  })

  it.each<[name: string, text: string, option: object]>([
    ['OAUTH1_REALM', 'Photos', { realm: 'Photos' }],
    ['OAUTH1_TIMESTAMP_WINDOW_SECONDS', '60', { timestampWindowSeconds: 60 }],
    ['OAUTH1_STORE_TIMEOUT_SECONDS', '0.5', { storeTimeoutSeconds: 0.5 }],
    ['OAUTH1_TWO_LEGGED', 'true', { twoLegged: true }],
    ['OAUTH1_TWO_LEGGED', '1', { twoLegged: true }],
    ['OAUTH1_ADVICE', 'false', { advice: false }],
    ['OAUTH1_ADVICE', '0', { advice: false }],
    ['OAUTH1_PLACES', 'header, query', { places: ['header', 'query'] }],
    ['OAUTH1_TOLERANCES', 'default-port raw-order', { tolerances: ['default-port', 'raw-order'] }],
    ['OAUTH1_SCOPES', 'any', { scopes: 'any' }],
    ['OAUTH1_SCOPES', 'photos:read,photos:write', { scopes: ['photos:read', 'photos:write'] }],
    ['OAUTH1_REPEATED_APPROVAL', 'replace', { repeatedApproval: 'replace' }],
  ])('reads %s = %s', (name, text, option) => {
    expect(optionsFromEnv({ [name]: text })).toEqual(option)
  })

  it('takes the value of an option as it is where the settings are no texts', () => {
    expect(optionsFromEnv({ OAUTH1_SCOPES: ['read'], OAUTH1_TWO_LEGGED: true })).toEqual({
      scopes: ['read'],
      twoLegged: true,
    })
  })

  it('leaves absent or empty options to the defaults', () => {
    expect(optionsFromEnv({ OAUTH1_TOKEN_LENGTH: '', OTHER: '1' })).toEqual({})
  })

  it('leaves the variables of other programs alone, even in capitals of ours', () => {
    const others = { OAUTH1_CLIENT_KEY: 'k', OAUTH1_PROXY: 'x', OAUTH2_ORIGIN: 'y', ORIGIN: 'z' }
    expect(optionsFromEnv(others)).toEqual({})
  })

  it.each([
    ['OAUTH1_TOKEN_LENGTH', 'long'],
    ['OAUTH1_TOKEN_LENGTH', '0'],
    ['OAUTH1_TOKEN_LENGTH', '-1'],
    ['OAUTH1_TOKEN_SECRET_LENGTH', '1.5'],
    ['OAUTH1_TOKEN_GENERATOR', 5],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', ','],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', []],
    ['OAUTH1_ORIGIN', 1],
    ['OAUTH1_ORIGIN', []],
    ['OAUTH1_ORIGIN', [5]],
    ['OAUTH1_TOKEN_LENGTH', ' '],
    ['OAUTH1_TOKEN_LENGTH', '5000'],
    ['OAUTH1_TOKEN_LENGTH', true],
    ['OAUTH1_TOKEN_GENERATOR', 'acme'],
    ['OAUTH1_TOKEN_SECRET_GENERATOR', '#x'],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', [5]],
    ['OAUTH1_TWO_LEGGED', 'yes'],
    ['OAUTH1_TIMESTAMP_WINDOW_SECONDS', ' '],
    ['OAUTH1_MAX_VERIFIER_TRIES', '0'],
    ['OAUTH1_BODY_HASH', 'sometimes'],
    ['OAUTH1_TOLERANCES', 'everything'],
    ['OAUTH1_TWO_LEGED', 'true'],
  ])('refuses %s = %j and names it', (name, value) => {
    expect(() => optionsFromEnv({ [name]: value })).toThrow(ConfigurationError)
    expect(() => optionsFromEnv({ [name]: value })).toThrow(name)
  })
})

describe('an option out of its range is refused at construction, by name', () => {
  it.each<[string, unknown]>([
    ['tokenLength', 0],
    ['tokenLength', Number.NaN],
    ['tokenSecretLength', -1],
    ['temporaryCredentialLifetimeSeconds', 0],
    ['timestampWindowSeconds', 0],
    ['timestampWindowSeconds', Number.NaN],
    ['timestampWindowSeconds', Number.POSITIVE_INFINITY],
    ['timestampWindowSeconds', 0.5],
    ['limits', { maxBodyLength: Number.NaN }],
    ['limits', { maxParameters: 0 }],
    ['storeTimeoutSeconds', -1],
    ['storeTimeoutSeconds', Number.POSITIVE_INFINITY],
    ['supportedSignatureMethods', []],
    ['insecureTransport', 'false'],
    ['distinctErrors', 'no'],
    ['allowUnregisteredCallbacks', 'false'],
    ['twoLegged', 'false'],
    ['realm', 'Фото'],
    ['realm', 'a\r\nSet-Cookie: b=c'],
    ['timestampWindowSeconds', '300'],
    ['timestampWindowSeconds', 1e12],
    ['tokenLength', '42'],
    ['tokenLength', 5_000],
    ['tokenSecretLength', 2.5],
    ['temporaryCredentialLifetimeSeconds', Number.POSITIVE_INFINITY],
    ['storeTimeoutSeconds', '5'],
    ['storeTimeoutSeconds', Number.NaN],
    ['limits', { maxBodyLength: '1000' }],
    ['limits', { maxBodyLength: Number.POSITIVE_INFINITY }],
    ['limits', 1000],
    ['limits', null],
    ['supportedSignatureMethods', 'HMAC-SHA1'],
    ['supportedSignatureMethods', [5]],
    ['supportedSignatureMethods', ['']],
    ['supportedSignatureMethods', ['HMAC-SHA1, PLAINTEXT']],
    ['signatureMethods', []],
    ['signatureMethods', { OWN: () => 'signature' }],
    ['signatureMethods', { OWN: { kind: 'symmetric' } }],
    ['signatureMethods', { OWN: null }],
    ['insecureTransport', 1],
    ['insecureTransport', null],
    ['deniedParameter', 'yes'],
    ['callbackSchemes', 'https'],
    ['callbackSchemes', ['https://']],
    ['callbackSchemes', ['javascript']],
    ['maxCallbackLength', 0],
    ['now', 1_700_000_000],
    ['now', Date.now],
    ['now', () => new Date()],
    ['now', () => '1700000000'],
    ['now', async () => 1_700_000_000],
    ['now', () => Number.NaN],
    ['on', 'console.log'],
    ['tokenGenerator', 'acme#token'],
    ['oauthTokenGenerator', 5],
    ['oauthTokenGenerator', 'acme'],
    ['oauthTokenGenerator', '#make'],
    ['oauthTokenSecretGenerator', 'acme#'],
    ['verifierPage', '<p>'],
    ['realm', 5],
    ['hooks', 'memory'],
    ['hooks', null],
    ['hooks', { queryClient: 'clients' }],
    ['origin', 'api.example.com'],
    ['origin', 'https://user@api.example.com'],
    ['origin', 'https://api.example.com?x'],
    ['origin', 'https://api example.com'],
  ])('%s = %o', (name, value) => {
    const options = { [name]: value } as AuthorizationServerOptions
    expect(() => new AuthorizationServer(options)).toThrow(ConfigurationError)
    expect(() => new ResourceProtector(options)).toThrow(name)
  })

  it('a token that is longer than the limit of its header would never be taken', () => {
    const limits = { maxValueLength: 20 }
    expect(() => new AuthorizationServer({ limits, tokenLength: 21 })).toThrow(/maxValueLength/)
    expect(() => new AuthorizationServer({ limits, tokenLength: 20 })).not.toThrow()
  })

  it.each([
    ['an option', { tokenLenght: 5 }],
    ['a hook', { hooks: { queryclient: () => undefined } }],
  ])('options that init refuses for %s change nothing', async (_, wrong) => {
    const provider = new Provider()
    const options = { realm: 'new', ...wrong } as AuthorizationServerOptions
    expect(() => provider.server.init(options)).toThrow(ConfigurationError)
    const refused = await provider.initiate({ oauth_signature: 'x' })
    expect(refused.headers['www-authenticate']).toBe('OAuth realm="OAuth"')
  })

  it('a clock that cannot be read yet is taken', () => {
    const application: { time?: { seconds: number } } = {}
    const now = () => (application.time as { seconds: number }).seconds
    expect(() => new ResourceProtector({ now })).not.toThrow()
  })

  it('a method that is misspelt is told with the right one', async () => {
    const provider = new Provider({ server: { supportedSignatureMethods: ['hmac_sha256'] } })
    await expect(provider.initiate()).rejects.toThrow('Did you mean HMAC-SHA256?')
  })

  it('undefined is absent', async () => {
    const nothing = {
      realm: undefined,
      insecureTransport: undefined,
      tokenLength: undefined,
    } as unknown as AuthorizationServerOptions
    const provider = new Provider({ server: nothing })
    expect((await provider.initiate()).body).toMatch(/^oauth_token=[\w-]{42}&/)
    expect((await provider.initiate({ oauth_signature: 'x' })).headers['www-authenticate']).toBe(
      'OAuth realm="OAuth"',
    )
  })
})

describe('tokens and secrets are made', () => {
  it('of A-Za-z0-9-_ only, 42 and 48 characters by default', async () => {
    const { oauthToken, oauthTokenSecret } = await new Provider().temporary()
    expect(oauthToken).toMatch(/^[A-Za-z0-9_-]{42}$/)
    expect(oauthTokenSecret).toMatch(/^[A-Za-z0-9_-]{48}$/)
  })

  it.each([1, 2, 3, 4, 5, 20, 255])('of %i characters', async (length) => {
    const { oauthToken, oauthTokenSecret } = await new Provider({
      server: { tokenLength: length, tokenSecretLength: length },
    }).temporary()
    expect([oauthToken.length, oauthTokenSecret.length]).toEqual([length, length])
  })

  it.each<[string, AuthorizationServerOptions]>([
    [
      'functions',
      {
        oauthTokenGenerator: () => 'from-a-module',
        oauthTokenSecretGenerator: async () => 'secret-from-a-module',
      },
    ],
    [
      'module paths',
      {
        oauthTokenGenerator: `${generators}#makeToken`,
        oauthTokenSecretGenerator: `${generators}#makeSecret`,
      },
    ],
    [
      'one function for both',
      {
        tokenGenerator: () => ({ oauthToken: 'from-a-module', oauthTokenSecret: 'secret-from-a-module' }),
        oauthTokenGenerator: () => 'x',
      },
    ],
  ])('by %s', async (_name, server) => {
    expect(await new Provider({ server }).temporary()).toEqual({
      oauthToken: 'from-a-module',
      oauthTokenSecret: 'secret-from-a-module',
    })
  })

  it.each<[string, AuthorizationServerOptions]>([
    ['a module that is not there', { oauthTokenGenerator: 'no-such-package-anywhere#make' }],
    ['an export that is no function', { oauthTokenGenerator: `${generators}#notAFunction` }],
    ['an export that is not there', { oauthTokenSecretGenerator: `${generators}#missing` }],
    ['empty text', { oauthTokenGenerator: `${generators}#makeNothing` }],
    ['something else than text', { oauthTokenGenerator: (() => 5) as unknown as () => string }],
    [
      'half a pair',
      {
        tokenGenerator: (() => ({ oauthToken: 'x' })) as unknown as () => {
          oauthToken: string
          oauthTokenSecret: string
        },
      },
    ],
  ])('never of %s', async (_name, server) => {
    await expect(new Provider({ server }).initiate()).rejects.toThrow(ConfigurationError)
  })
})

describe('signature methods', () => {
  it('HMAC-SHA1 alone by default', async () => {
    const provider = new Provider()
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
    for (const name of ['HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT']) {
      const http = provider.read({ oauth: { oauth_signature_method: name } })
      await expect(provider.protector.authenticate(http)).rejects.toMatchObject({
        code: 'unsupported_signature_method',
        status: 400,
      })
    }
  })

  it('a list replaces the default', async () => {
    const provider = new Provider({ server: { supportedSignatureMethods: ['HMAC-SHA256'] } })
    expect((await provider.initiate()).status).toBe(400)
    expect((await provider.initiate({ oauth_signature_method: 'HMAC-SHA256' })).status).toBe(200)
  })

  it('one that does not exist is named, at the first request', async () => {
    const provider = new Provider({ server: { supportedSignatureMethods: ['HMAC-SHA3'] } })
    await expect(provider.initiate()).rejects.toThrow(/HMAC-SHA3.*registerSignatureMethod/)
  })
})
