import { checkOptions, type Kinds, oneOf } from '../../server/option-kinds.ts'

/** How the models look in the application's database. */
export interface PrismaSchemaOptions {
  /** The `provider` of the datasource. */
  readonly provider?: 'postgresql' | 'cockroachdb' | 'mysql' | 'sqlite' | undefined
  /** The scalar type of the user's identifier. Default `Int`. For `String`, Prisma refuses an identifier that is a number. */
  readonly userId?: 'Int' | 'String' | undefined
  /** The name of the application's user model, to relate tokens to; it needs the field `oauthTokens OauthTokenCredential[]`. */
  readonly user?: string | undefined
}

const schemaOptions: Kinds<PrismaSchemaOptions> = {
  provider: oneOf('postgresql', 'cockroachdb', 'mysql', 'sqlite'),
  userId: oneOf('Int', 'String'),
  user: {
    must: 'the name of a model, such as User',
    holds: (value) => typeof value === 'string' && /^[A-Za-z]\w*$/.test(value),
  },
}

/**
 * The text of a `.prisma` file with the four models, for the application's schema folder. It belongs to the application
 * from then on: add fields and relations, or map it to existing table names.
 *
 * @throws ConfigurationError when an option has an unknown value.
 * @example
 * ```ts
 * await writeFile('prisma/schema/oauth.prisma', prismaSchema({ provider: 'postgresql', user: 'User' }))
 * ```
 */
export function prismaSchema(options: PrismaSchemaOptions = {}): string {
  checkOptions('prismaSchema', options, schemaOptions)
  const { provider = 'postgresql', userId = 'Int', user } = options
  // Prisma's own choice for a string on MySQL is VARCHAR(191).
  const [short, long] = provider === 'mysql' ? [' @db.VarChar(255)', ' @db.Text'] : ['', '']
  // MySQL accepts no literal default for a text column: there, null stands for no callbacks.
  const callbacks = provider === 'mysql' ? 'String? ' : 'String  @default("") '
  const relation = user
    ? `\n  user             ${user}?       @relation(fields: [userId], references: [id], onDelete: Cascade)`
    : ''
  const mysqlNote = provider === 'mysql' ? collationNote : ''
  const referencing = provider === 'mysql' && userId === 'String' ? ' @db.VarChar(191)' : ''
  const userIdField = `${userId}?${referencing} @map("user_id")`

  return `${mysqlNote}/// An application that was registered with the provider.
model OauthClient {
  id                 Int     @id @default(autoincrement())
  clientId           String  @unique @map("client_id")${short}
  clientSecret       String? @map("client_secret")${long}
  /// Zero or more callback URIs, separated by white space.
  defaultRedirectUri ${callbacks}@map("default_redirect_uri")${long}
  /// PEM, or a JWK as JSON.
  rsaPublicKey       String? @map("rsa_public_key")${long}
  /// What this client may do other than the rest, as JSON.
  policy             String?${long}
  tokens             OauthTokenCredential[]

  @@map("oauth_client")
}

/// What a user granted to a client. Valid until the row is deleted, unless it expires.
model OauthTokenCredential {
  id               Int         @id @default(autoincrement())
  clientId         String      @map("client_id")${short}
  oauthToken       String      @unique @map("oauth_token")${short}
  oauthTokenSecret String      @map("oauth_token_secret")${long}
  userId           ${userIdField}
  scope            String?${long}
  /// Seconds since 1970.
  expiresAt        BigInt?     @map("expires_at")
  /// Seconds since 1970. Only where a policy limits how long a token may go unused.
  lastUsedAt       BigInt?     @map("last_used_at")
  client           OauthClient @relation(fields: [clientId], references: [clientId], onDelete: Cascade)${relation}

  @@index([clientId])
  @@index([expiresAt])
  @@map("oauth_token_credential")
}

/// A request for authorization on its way; it lives for minutes.
model OauthTemporaryCredential {
  id               Int     @id @default(autoincrement())
  clientId         String  @map("client_id")${short}
  oauthToken       String  @unique @map("oauth_token")${short}
  oauthTokenSecret String  @map("oauth_token_secret")${long}
  oauthCallback    String  @map("oauth_callback")${long}
  oauthVerifier    String? @map("oauth_verifier")${short}
  userId           ${userIdField}
  scope            String?${long}
  /// Seconds since 1970.
  expiresAt        BigInt  @map("expires_at")

  @@index([expiresAt])
  @@map("oauth_temporary_credential")
}

/// A nonce that was used; it is kept until its timestamp is out of the window.
model OauthNonce {
  nonceKey  String @id @map("nonce_key")${provider === 'mysql' ? ' @db.VarChar(64)' : ''}
  /// Seconds since 1970.
  expiresAt BigInt @map("expires_at")

  @@index([expiresAt])
  @@map("oauth_nonce")
}
`
}

/** Prisma's schema language cannot express a collation, and MySQL's default treats "Abc" and "abc" as equal. */
const collationNote = `// Identifiers are compared exactly. After \`prisma migrate dev --create-only\` put, into the new migration, after the
// statements that create tables and indexes and before any foreign key:
//   ALTER TABLE oauth_client MODIFY client_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;
//   ALTER TABLE oauth_token_credential
//     MODIFY client_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
//     MODIFY oauth_token VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;
//   ALTER TABLE oauth_temporary_credential
//     MODIFY oauth_token VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;
//   ALTER TABLE oauth_nonce MODIFY nonce_key VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;
// (MariaDB calls this collation utf8mb4_nopad_bin.)

`
