import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  asymmetric,
  ConfigurationError,
  optionsFromEnv,
  ResourceProtector,
  symmetric,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import { anObject, aText, objectWith, oneOf, shown, unknownName } from '../../src/server/option-kinds.ts'
import { Provider } from './provider.ts'

const stringGenerator = "a function or 'module#export', such as '@acme/tokens#makeToken'"

const aYear = 31_536_000
const longestTimer = 2_147_483

describe('an option of another kind is told what it must be, and what it is', () => {
  it.each<[name: string, wrong: unknown, told: string]>([
    ['hooks', 5, 'an object; it is 5'],
    ['profiles', [], 'an object; it is an empty list'],
    ['signatureMethods', true, 'an object; it is true'],
    ['origin', 5, 'a text, or a list of at least one; it is 5'],
    ['origin', [], 'a text, or a list of at least one; it is an empty list'],
    ['origin', ['https://a.example', 5], 'a text, or a list of at least one; it is a list of 2'],
    ['realm', 5, 'of printable Latin-1 characters; it is 5'],
    ['realm', 'a\x7f', 'of printable Latin-1 characters; it is "a\x7f"'],
    ['realm', '\u0100', 'of printable Latin-1 characters; it is "\u0100"'],
    ['insecureTransport', 'false', 'true or false; it is "false"'],
    ['distinctErrors', 0, 'true or false; it is 0'],
    ['deniedParameter', null, 'true or false; it is null'],
    ['storeTimeoutSeconds', -0.1, `a number from 0 to ${longestTimer}; it is -0.1`],
    [
      'storeTimeoutSeconds',
      longestTimer + 1,
      `a number from 0 to ${longestTimer}; it is ${longestTimer + 1}`,
    ],
    ['storeTimeoutSeconds', '5', `a number from 0 to ${longestTimer}; it is "5"`],
    ['limits', [], 'an object; it is an empty list'],
    ['limits', null, 'an object; it is null'],
    ['now', Date.now, 'a function that returns seconds, such as () => Date.now() / 1000; it is a function'],
    ['on', {}, 'a function; it is an object'],
    ['tokenGenerator', 'acme#token', 'a function; it is "acme#token"'],
    ['verifierPage', '<p>', 'a function; it is "<p>"'],
    ['oauthTokenGenerator', 'acme', `${stringGenerator}; it is "acme"`],
    ['oauthTokenGenerator', ['a#b'], `${stringGenerator}; it is a list of 1`],
    ['oauthTokenGenerator', 'a#b#c', `${stringGenerator}; it is "a#b#c"`],
    ['oauthTokenSecretGenerator', 'acme#', `${stringGenerator}; it is "acme#"`],
    ['tokenLength', 0, 'a whole number from 1 to 4096; it is 0'],
    ['tokenLength', 4_097, 'a whole number from 1 to 4096; it is 4097'],
    ['tokenSecretLength', 0, 'a whole number from 1 to 4096; it is 0'],
    ['tokenSecretLength', 4_097, 'a whole number from 1 to 4096; it is 4097'],
    ['temporaryCredentialLifetimeSeconds', 0, `a whole number from 1 to ${aYear}; it is 0`],
    [
      'temporaryCredentialLifetimeSeconds',
      aYear + 1,
      `a whole number from 1 to ${aYear}; it is ${aYear + 1}`,
    ],
    ['callbackSchemes', 'https', 'a list of schemes without their colon, such as https; it is "https"'],
    ['callbackSchemes', [5], 'a list of schemes without their colon, such as https; it is a list of 1'],
    ['callbackSchemes', ['1a'], 'a list of schemes without their colon, such as https; it is a list of 1'],
    ['callbackSchemes', ['a:'], 'a list of schemes without their colon, such as https; it is a list of 1'],
    ['maxCallbackLength', 0, 'a whole number from 1; it is 0'],
    ['maxCallbackLength', 2 ** 53, 'a whole number from 1; it is 9007199254740992'],
    [
      'supportedSignatureMethods',
      [],
      'a list of at least one method, such as HMAC-SHA1; it is an empty list',
    ],
    ['timestampWindowSeconds', 0, `a whole number from 1 to ${aYear}; it is 0`],
    ['places', 'header', "a list of 'header', 'body' and 'query'; it is \"header\""],
    ['headerParameters', 'drop', 'refuse or accept; it is "drop"'],
    ['callbackRule', 'any', 'exact or prefix; it is "any"'],
    ['allowUnregisteredCallbacks', 1, 'true or false; it is 1'],
    ['twoLegged', 1, 'true or false; it is 1'],
    ['advice', 1, 'true or false; it is 1'],
  ])('%s: %j', (name, wrong, told) => {
    const options = { [name]: wrong } as AuthorizationServerOptions
    for (const [owner, make] of [
      ['AuthorizationServer', () => new AuthorizationServer(options)],
      ['ResourceProtector', () => new ResourceProtector(options)],
    ] as const)
      expect(make).toThrow(new ConfigurationError(`${owner}: ${name} must be ${told}.`))
  })

  it.each<[name: string, wrong: unknown, told: string]>([
    ['maxHeaderLength', 0, 'a whole number from 1; it is 0'],
    ['maxUrlLength', 0, 'a whole number from 1; it is 0'],
    ['maxBodyLength', 0, 'a whole number from 1; it is 0'],
    ['maxParameters', 0, 'a whole number from 1; it is 0'],
    ['maxValueLength', 0, 'a whole number from 1; it is 0'],
    ['bodyTimeoutSeconds', 0, `a number from 0.001 to ${longestTimer}; it is 0`],
    [
      'bodyTimeoutSeconds',
      longestTimer + 1,
      `a number from 0.001 to ${longestTimer}; it is ${longestTimer + 1}`,
    ],
  ])('limits.%s: %j', (name, wrong, told) => {
    expect(() => new ResourceProtector({ limits: { [name]: wrong } })).toThrow(
      new ConfigurationError(`ResourceProtector: limits: ${name} must be ${told}.`),
    )
  })

  it.each<[name: string, options: object, told: string]>([
    [
      'a method that was not made',
      { signatureMethods: { OWN: { kind: 'symmetric', verify: () => true } } },
      'signatureMethods: OWN must be made with symmetric(…) or asymmetric(…); it is an object.',
    ],
    [
      'one without its function',
      { signatureMethods: { OWN: { kind: 'asymmetric', sign: () => '' } } },
      'signatureMethods: OWN must be made with symmetric(…) or asymmetric(…); it is an object.',
    ],
    [
      'one of no kind',
      { signatureMethods: { OWN: { sign: () => '', verify: () => true } } },
      'signatureMethods: OWN must be made with symmetric(…) or asymmetric(…); it is an object.',
    ],
    [
      'no method at all',
      { signatureMethods: { OWN: undefined } },
      'signatureMethods: OWN must be made with symmetric(…) or asymmetric(…); it is undefined.',
    ],
    [
      'a profile',
      { profiles: { old: { places: [] } } },
      "the profile old: places must be a list of 'header', 'body' and 'query'; it is an empty list.",
    ],
    [
      'a scheme that a browser would run',
      { callbackSchemes: ['https', 'JavaScript'] },
      'callbackSchemes must not name JavaScript: a browser would run it or read it locally.',
    ],
  ])('%s', (_name, options, told) => {
    expect(() => new AuthorizationServer(options)).toThrow(
      new ConfigurationError(`AuthorizationServer: ${told}`),
    )
  })

  it.each([
    ['text', 'it got "text"'],
    [null, 'it got null'],
    [[1, 2], 'it got a list of 2'],
  ])('the options themselves: %j', (options, told) => {
    expect(() => new AuthorizationServer(options as never)).toThrow(
      new ConfigurationError(`AuthorizationServer takes its options as an object; ${told}.`),
    )
  })
})

describe('an option at the edge of its kind is taken', () => {
  it.each<[name: string, value: unknown]>([
    ['realm', ''],
    ['realm', '\t !~\xa0\xff'],
    ['storeTimeoutSeconds', 0],
    ['storeTimeoutSeconds', longestTimer],
    ['tokenLength', 1],
    ['tokenLength', 4_096],
    ['tokenSecretLength', 1],
    ['tokenSecretLength', 4_096],
    ['temporaryCredentialLifetimeSeconds', 1],
    ['temporaryCredentialLifetimeSeconds', aYear],
    ['timestampWindowSeconds', 1],
    ['timestampWindowSeconds', aYear],
    ['callbackSchemes', []],
    ['callbackSchemes', ['HTTPS', 'web+app', 'a-1.b']],
    ['maxCallbackLength', 1],
    ['maxCallbackLength', Number.MAX_SAFE_INTEGER],
    ['oauthTokenGenerator', 'a#b'],
    ['now', () => 0],
    ['now', () => 99_999_999_999],
    ['now', () => -99_999_999_999],
    ['limits', { bodyTimeoutSeconds: 0.001 }],
    ['limits', { bodyTimeoutSeconds: longestTimer, maxBodyLength: 1, maxHeaderLength: 1 }],
    ['limits', { maxUrlLength: 1, maxParameters: 1 }],
    ['origin', ['https://a.example']],
    ['signatureMethods', {}],
    ['signatureMethods', { OWN: symmetric(() => ''), OTHER: asymmetric(() => true) }],
    ['profiles', {}],
    ['places', ['query']],
  ])('%s = %o', (name, value) => {
    const options = { [name]: value } as AuthorizationServerOptions
    expect(() => new AuthorizationServer(options)).not.toThrow()
    expect(() => new ResourceProtector(options)).not.toThrow()
  })

  it.each([100_000_000_000, -100_000_000_000])('but no clock that says %d, which is milliseconds', (time) => {
    expect(() => new ResourceProtector({ now: () => time })).toThrow('returns seconds')
  })

  it('a token may be as long as the limit of a value, and no longer', () => {
    const limits = { maxValueLength: 42 }
    expect(() => new AuthorizationServer({ limits, tokenLength: 42, tokenSecretLength: 42 })).not.toThrow()
    for (const name of ['tokenLength', 'tokenSecretLength'])
      expect(() => new AuthorizationServer({ limits, [name]: 43 })).toThrow(
        new ConfigurationError(`${name} must be at most limits.maxValueLength, 42.`),
      )
  })
})

describe('a kind', () => {
  const get = () => undefined
  it.each([
    ['of text', aText, 'a text that is not empty', ['a', ' '], ['', 5, ['a'], null, undefined]],
    ['of objects', anObject, 'an object', [{}, new Map()], [[], null, undefined, 'a', get]],
    ['of words', oneOf('a', 'b'), 'a or b', ['a', 'b'], ['', 'c', 'A', ['a'], undefined]],
    [
      'of objects with functions',
      objectWith('get', 'set'),
      'an object with the functions get, set',
      [{ get, set: get, other: 5 }],
      [{ get }, { get, set: 5 }, {}, null, undefined, 'a', Object.assign([], { get, set: get })],
    ],
  ])('%s holds what is of it alone', (_name, { must, holds }, words, of, notOf) => {
    expect(must).toBe(words)
    for (const value of of) expect(holds(value)).toBe(true)
    for (const value of notOf) expect(holds(value)).toBe(false)
  })
})

describe('what a message shows of a value', () => {
  it.each<[value: unknown, text: string]>([
    ['', '""'],
    ['a"b', '"a\\"b"'],
    ['x'.repeat(100), `"${'x'.repeat(100)}"`],
    ['x'.repeat(101), `"${'x'.repeat(100)}…"`],
    [[], 'an empty list'],
    [['secret'], 'a list of 1'],
    [() => 'secret', 'a function'],
    [{ secret: 1 }, 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
  ])('%o', (value, text) => {
    expect(shown(value)).toBe(text)
  })

  it.each<[name: string, known: string[], told: string]>([
    ['relam', ['origin', 'realm'], 'X has no option "relam". Did you mean realm?'],
    ['colour', ['origin', 'realm'], 'X has no option "colour". There are origin, realm.'],
    ['"'.repeat(61), ['realm'], `X has no option ${JSON.stringify('"'.repeat(60))}. There are realm.`],
  ])('of the name %s', (name, known, told) => {
    expect(unknownName('X', 'option', name, known)).toEqual(new ConfigurationError(told))
  })
})

describe('a setting of the environment of another kind is told what it must be, and what it is', () => {
  const length = 'must be a whole number from 1 to 4096'
  const list = 'must be a list of names such as HMAC-SHA1,PLAINTEXT'
  const generator = "must be a function or 'module#export', the place to import one from"
  it.each<[name: string, wrong: unknown, told: string]>([
    ['OAUTH1_TOKEN_LENGTH', 'long', `${length}; it is "long"`],
    ['OAUTH1_TOKEN_LENGTH', 0, `${length}; it is 0`],
    ['OAUTH1_TOKEN_LENGTH', '4097', `${length}; it is "4097"`],
    ['OAUTH1_TOKEN_LENGTH', ' ', `${length}; it is " "`],
    ['OAUTH1_TOKEN_LENGTH', [5], `${length}; it is a list of 1`],
    ['OAUTH1_TOKEN_SECRET_LENGTH', '1.5', `${length}; it is "1.5"`],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', ' , ', `${list}; it is " , "`],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', [], `${list}; it is an empty list`],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', ['HMAC-SHA1', 5], `${list}; it is a list of 2`],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHODS', 5, `${list}; it is 5`],
    ['OAUTH1_TOKEN_GENERATOR', 'acme', `${generator}; it is "acme"`],
    ['OAUTH1_TOKEN_SECRET_GENERATOR', 5, `${generator}; it is 5`],
    ['OAUTH1_ORIGIN', 5, 'must be a text, or a list of such; it is 5'],
    ['OAUTH1_ORIGIN', [], 'must be a text, or a list of such; it is an empty list'],
    ['OAUTH1_ORIGIN', ['https://a.example', 5], 'must be a text, or a list of such; it is a list of 2'],
  ])('%s = %j', (name, wrong, told) => {
    expect(() => optionsFromEnv({ [name]: wrong })).toThrow(new ConfigurationError(`${name} ${told}.`))
  })

  it('an origin that is none is told why', () => {
    expect(() => optionsFromEnv({ OAUTH1_ORIGIN: 'a.example' })).toThrow(
      /^OAUTH1_ORIGIN: origin must be a scheme .* it is "a\.example": it does not begin with https/,
    )
  })

  it.each([
    ['OAUTH1_TOKEN_LENGTH', '1', { tokenLength: 1 }],
    ['OAUTH1_TOKEN_LENGTH', 4_096, { tokenLength: 4_096 }],
    ['OAUTH1_TOKEN_SECRET_LENGTH', ' 20 ', { tokenSecretLength: 20 }],
    [
      'OAUTH1_SUPPORTED_SIGNATURE_METHODS',
      ' HMAC-SHA1 \n PLAINTEXT,, RSA-SHA1 ',
      { supportedSignatureMethods: ['HMAC-SHA1', 'PLAINTEXT', 'RSA-SHA1'] },
    ],
    ['OAUTH1_ORIGIN', ['https://a.example'], { origin: 'https://a.example' }],
    ['OAUTH1_INSECURE_TRANSPORT', 'false', { insecureTransport: false }],
  ])('but not for %s = %j', (name, value, options) => {
    expect(optionsFromEnv({ [name]: value })).toEqual(options)
  })

  it.each(['text', null, ['OAUTH1_ORIGIN']])('%j is no object of settings', (settings) => {
    expect(() => optionsFromEnv(settings as never)).toThrow(
      new ConfigurationError('optionsFromEnv takes an object of settings, such as process.env.'),
    )
  })

  it.each([
    ['OAUTH1_ORIGN', 'OAUTH1_ORIGIN'],
    ['oauth1_origin', 'OAUTH1_ORIGIN'],
    ['OAUTH_1_ORIGIN', 'OAUTH1_ORIGIN'],
    ['OAUTH1_INSECURE_TRANPSORT', 'OAUTH1_INSECURE_TRANSPORT'],
    ['OAUTH1_SUPPORTED_SIGNATURE_METHOD', 'OAUTH1_SUPPORTED_SIGNATURE_METHODS'],
    ['OAUTH1_TOKEN_GENERATORS', 'OAUTH1_TOKEN_GENERATOR'],
    ['OAUTH1_TOKEN_SECRET_GENERATER', 'OAUTH1_TOKEN_SECRET_GENERATOR'],
    ['OAUTH1_TOKEN_SECRET_LENGHT', 'OAUTH1_TOKEN_SECRET_LENGTH'],
    ['OAUTH1_TOKEN_LENGTHS', 'OAUTH1_TOKEN_LENGTH'],
  ])('%s is told that %s was meant', (name, meant) => {
    expect(() => optionsFromEnv({ [name]: 'x' })).toThrow(
      new ConfigurationError(`optionsFromEnv has no name ${JSON.stringify(name)}. Did you mean ${meant}?`),
    )
  })

  it.each(['XOAUTH1_ORIGN', 'OAUTH1ORIGIN', 'OAUTH1_ORIGINAL_URL'])(
    'but %s may be of another program',
    (name) => {
      expect(optionsFromEnv({ [name]: 'x' })).toEqual({})
    },
  )
})

describe('a signature method that does not exist', () => {
  const own = symmetric(() => '')
  const known =
    'HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512, RSA-PSS-SHA256, RSA-PSS, PLAINTEXT, OWN'
  it.each<[name: string, hint: string]>([
    ['hmac-sha1', 'Did you mean HMAC-SHA1? '],
    ['OWM', 'Did you mean OWN? '],
    ['HMAC-BLAKE3', ''],
  ])('%s is named with those that do', async (name, hint) => {
    const told = new ConfigurationError(
      `supportedSignatureMethods names ${name}, which does not exist. ${hint}The methods are ${known}; add your own with registerSignatureMethod('${name}', symmetric(…)).`,
    )
    for (const server of [
      { supportedSignatureMethods: ['OWN', name] },
      { profiles: { none: {}, old: { supportedSignatureMethods: [name] } } },
    ]) {
      const provider = new Provider({ server: { signatureMethods: { OWN: own }, ...server } })
      await expect(provider.initiate()).rejects.toThrow(told)
    }
  })

  it('is asked for again after the options were set again', async () => {
    const provider = new Provider()
    expect((await provider.initiate()).status).toBe(200)
    provider.server.init({ supportedSignatureMethods: ['OWN'] })
    await expect(provider.initiate()).rejects.toThrow('OWN')
  })
})

describe('what makes a token is told when it makes none', () => {
  const generators = new URL('token-generators.ts', import.meta.url).href
  const noFunction = (path: string) =>
    `The token generator ${path}: the module exports no function of that name.`
  it.each<[server: AuthorizationServerOptions, told: string]>([
    [
      { oauthTokenGenerator: 'no-such-package-anywhere#make' },
      'The token generator no-such-package-anywhere#make cannot be imported; give a package name or a file: URL.',
    ],
    [{ oauthTokenGenerator: `${generators}#notAFunction` }, noFunction(`${generators}#notAFunction`)],
    [{ oauthTokenSecretGenerator: `${generators}#missing` }, noFunction(`${generators}#missing`)],
    [
      { oauthTokenGenerator: `${generators}#makeNothing` },
      `${generators}#makeNothing must make a non-empty string.`,
    ],
    [{ oauthTokenSecretGenerator: () => '' }, 'The token generator must make a non-empty string.'],
    [
      { tokenGenerator: () => ({ oauthToken: '', oauthTokenSecret: 's' }) },
      'tokenGenerator must make a non-empty string.',
    ],
    [
      { tokenGenerator: () => ({ oauthToken: 't', oauthTokenSecret: '' }) },
      'tokenGenerator must make a non-empty string.',
    ],
  ])('%o', async (server, told) => {
    await expect(new Provider({ server }).initiate()).rejects.toThrow(new ConfigurationError(told))
  })

  it('with the reason why it could not be imported', async () => {
    const server = { oauthTokenGenerator: 'no-such-package-anywhere#make' }
    await expect(new Provider({ server }).initiate()).rejects.toMatchObject({ cause: expect.anything() })
  })
})
