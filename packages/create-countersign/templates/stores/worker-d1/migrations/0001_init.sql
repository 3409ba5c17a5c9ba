-- Columns are named as the members of the models, so that a row is a model.
create table if not exists client (
  clientId text primary key, clientSecret text, callbacks text not null default '[]', policy text
);
create table if not exists temporaryCredential (
  oauthToken text primary key, oauthTokenSecret text not null, clientId text not null, oauthCallback text not null,
  expiresAt integer not null, userId text, oauthVerifier text, scope text
);
create table if not exists tokenCredential (
  oauthToken text primary key, oauthTokenSecret text not null, clientId text not null, userId text, scope text,
  expiresAt integer, lastUsedAt integer
);
create table if not exists nonce (key text primary key, expiresAt integer not null) without rowid;
create index if not exists temporaryCredentialExpiry on temporaryCredential (expiresAt);
create index if not exists tokenCredentialExpiry on tokenCredential (expiresAt);
create index if not exists nonceExpiry on nonce (expiresAt);
