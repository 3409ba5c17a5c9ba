-- CreateTable
CREATE TABLE "oauth_client" (
    "id" SERIAL NOT NULL,
    "client_id" TEXT NOT NULL,
    "client_secret" TEXT,
    "default_redirect_uri" TEXT NOT NULL DEFAULT '',
    "rsa_public_key" TEXT,
    "policy" TEXT,

    CONSTRAINT "oauth_client_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_token_credential" (
    "id" SERIAL NOT NULL,
    "client_id" TEXT NOT NULL,
    "oauth_token" TEXT NOT NULL,
    "oauth_token_secret" TEXT NOT NULL,
    "user_id" TEXT,
    "scope" TEXT,
    "expires_at" BIGINT,
    "last_used_at" BIGINT,

    CONSTRAINT "oauth_token_credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_temporary_credential" (
    "id" SERIAL NOT NULL,
    "client_id" TEXT NOT NULL,
    "oauth_token" TEXT NOT NULL,
    "oauth_token_secret" TEXT NOT NULL,
    "oauth_callback" TEXT NOT NULL,
    "oauth_verifier" TEXT,
    "user_id" TEXT,
    "scope" TEXT,
    "expires_at" BIGINT NOT NULL,

    CONSTRAINT "oauth_temporary_credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_nonce" (
    "nonce_key" TEXT NOT NULL,
    "expires_at" BIGINT NOT NULL,

    CONSTRAINT "oauth_nonce_pkey" PRIMARY KEY ("nonce_key")
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

-- AddForeignKey
ALTER TABLE "oauth_token_credential" ADD CONSTRAINT "oauth_token_credential_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client"("client_id") ON DELETE CASCADE ON UPDATE CASCADE;
