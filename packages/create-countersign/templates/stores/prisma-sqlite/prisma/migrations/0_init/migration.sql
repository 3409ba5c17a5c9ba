-- CreateTable
CREATE TABLE "oauth_client" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "client_id" TEXT NOT NULL,
    "client_secret" TEXT,
    "default_redirect_uri" TEXT NOT NULL DEFAULT '',
    "rsa_public_key" TEXT,
    "policy" TEXT
);

-- CreateTable
CREATE TABLE "oauth_token_credential" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "client_id" TEXT NOT NULL,
    "oauth_token" TEXT NOT NULL,
    "oauth_token_secret" TEXT NOT NULL,
    "user_id" TEXT,
    "scope" TEXT,
    "expires_at" BIGINT,
    "last_used_at" BIGINT,
    CONSTRAINT "oauth_token_credential_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "oauth_temporary_credential" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "client_id" TEXT NOT NULL,
    "oauth_token" TEXT NOT NULL,
    "oauth_token_secret" TEXT NOT NULL,
    "oauth_callback" TEXT NOT NULL,
    "oauth_verifier" TEXT,
    "user_id" TEXT,
    "scope" TEXT,
    "expires_at" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "oauth_nonce" (
    "nonce_key" TEXT NOT NULL PRIMARY KEY,
    "expires_at" BIGINT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "oauth_client_client_id_key" ON "oauth_client"("client_id");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_token_credential_oauth_token_key" ON "oauth_token_credential"("oauth_token");

-- CreateIndex
CREATE INDEX "oauth_token_credential_client_id_idx" ON "oauth_token_credential"("client_id");

-- CreateIndex
CREATE INDEX "oauth_token_credential_expires_at_idx" ON "oauth_token_credential"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_temporary_credential_oauth_token_key" ON "oauth_temporary_credential"("oauth_token");

-- CreateIndex
CREATE INDEX "oauth_temporary_credential_expires_at_idx" ON "oauth_temporary_credential"("expires_at");

-- CreateIndex
CREATE INDEX "oauth_nonce_expires_at_idx" ON "oauth_nonce"("expires_at");
