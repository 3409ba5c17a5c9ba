CREATE TABLE "oauth_client" (
	"client_id" text NOT NULL,
	"client_secret" text,
	"default_redirect_uri" text NOT NULL,
	"rsa_public_key" text,
	"policy" text,
	CONSTRAINT "oauth_client_client_id_unique" UNIQUE("client_id")
);
--> statement-breakpoint
CREATE TABLE "oauth_nonce" (
	"nonce_key" text PRIMARY KEY NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oauth_temporary_credential" (
	"client_id" text NOT NULL,
	"oauth_token" text NOT NULL,
	"oauth_token_secret" text NOT NULL,
	"oauth_callback" text NOT NULL,
	"oauth_verifier" text,
	"scope" text,
	"expires_at" bigint NOT NULL,
	"user_id" text,
	CONSTRAINT "oauth_temporary_credential_oauth_token_unique" UNIQUE("oauth_token")
);
--> statement-breakpoint
CREATE TABLE "oauth_token_credential" (
	"client_id" text NOT NULL,
	"oauth_token" text NOT NULL,
	"oauth_token_secret" text NOT NULL,
	"scope" text,
	"expires_at" bigint,
	"last_used_at" bigint,
	"user_id" text,
	CONSTRAINT "oauth_token_credential_oauth_token_unique" UNIQUE("oauth_token")
);
--> statement-breakpoint
CREATE INDEX "oauth_nonce_expires_at" ON "oauth_nonce" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "oauth_temporary_credential_expires_at" ON "oauth_temporary_credential" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "oauth_token_credential_expires_at" ON "oauth_token_credential" USING btree ("expires_at");