const identifier = 'varchar(255) /*!40101 character set utf8mb4 collate utf8mb4_bin */'
const user = 'references "user" ("id") on delete cascade'
const client = 'foreign key ("client_id") references "oauth_client" ("client_id") on delete cascade'

/** A file as version 0.1 left it, with a row in every table. */
export const version01 = `
create table "user" ("id" integer primary key autoincrement, "name" text not null unique, "password_hash" text not null, "created_at" integer not null);
create table "session" ("token_hash" text primary key, "user_id" integer not null ${user}, "expires_at" integer not null);
create index "session_expires_at" on "session" ("expires_at");
create table "oauth_client" ("id" integer primary key autoincrement, "client_id" ${identifier} not null unique, "client_secret" text, "default_redirect_uri" text not null, "rsa_public_key" text, "name" text not null, "owner_id" integer ${user}, "created_at" integer default (unixepoch()) not null);
create table "oauth_temporary_credential" ("client_id" ${identifier} not null, "oauth_token" ${identifier} not null unique, "oauth_token_secret" text not null, "oauth_callback" text not null, "oauth_verifier" ${identifier}, "scope" text, "expires_at" bigint not null, "user_id" integer ${user}, constraint "temporary_credential_client" ${client});
create table "oauth_token_credential" ("client_id" ${identifier} not null, "oauth_token" ${identifier} not null unique, "oauth_token_secret" text not null, "scope" text, "user_id" integer ${user}, "created_at" integer default (unixepoch()) not null, constraint "token_credential_client" ${client});
create table "oauth_nonce" ("nonce_key" ${identifier} primary key, "expires_at" bigint not null);
create index "oauth_nonce_expires_at" on "oauth_nonce" ("expires_at");
create index "oauth_temporary_credential_expires_at" on "oauth_temporary_credential" ("expires_at");
create index "session_user_id" on "session" ("user_id");
create index "oauth_client_owner_id" on "oauth_client" ("owner_id");
create index "oauth_temporary_credential_client_id" on "oauth_temporary_credential" ("client_id");
create index "oauth_temporary_credential_user_id" on "oauth_temporary_credential" ("user_id");
create index "oauth_token_credential_client_id" on "oauth_token_credential" ("client_id");
create index "oauth_token_credential_user_id" on "oauth_token_credential" ("user_id");
insert into "user" values (7, 'rita', 'a hash', 1700000000);
insert into "session" values ('a hash', 7, 4000000000);
insert into "oauth_client" values (3, 'key', 'secret', 'https://album.example/cb', null, 'Album', 7, 1700000001);
insert into "oauth_temporary_credential" values ('key', 'waiting', 's', 'oob', null, null, 4000000000, null);
insert into "oauth_token_credential" values ('key', 'token', 's', null, 7, 1700000002);
insert into "oauth_nonce" values ('nonce', 4000000000);
pragma user_version = 1;
pragma application_id = 0x4373676e;
`
