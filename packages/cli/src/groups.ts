/** The subject of two-word commands. */
export interface Group {
  /** Before the words of the group: a few words. */
  readonly summary: string
  /** For the group's own help: what the thing is, in plain words. */
  readonly introduction: string
}

export const groups: Readonly<Record<string, Group>> = {
  user: {
    summary: 'People who sign in',
    introduction: `Users sign in on the provider's pages, and allow applications to act for them there.
Removing a user ends every access that they gave.`,
  },
  client: {
    summary: 'Applications',
    introduction: `A client is an application that asks users for access. It has a key, which is public, and a secret
(or an RSA key) that it signs its requests with.`,
  },
  token: {
    summary: 'Granted access',
    introduction: `A token is the access that one user gave to one client. It comes about when a user allows a client on
the consent page, or without one by "token add".`,
  },
  db: {
    summary: 'The database',
    introduction: 'The database of the provider: its schema, and the encryption of the secrets in it.',
  },
  config: {
    summary: 'The settings',
    introduction: 'The settings come from the environment and from a file.',
  },
}

/** The order of the help: commands grouped by task. */
export const topics: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: 'Run the provider', names: ['serve', 'gateway', 'sweep', 'db', 'config'] },
  { title: 'Say who may use it', names: ['user', 'client', 'token', 'import'] },
  { title: 'Leave OAuth 1.0', names: ['usage', 'retire', 'exchange'] },
  { title: 'Try and debug', names: ['try', 'request', 'sign', 'explain', 'conformance'] },
  { title: 'Set up your shell', names: ['completion'] },
]
