CREATE TABLE `oauth_client` (
	`client_id` text NOT NULL,
	`client_secret` text,
	`default_redirect_uri` text NOT NULL,
	`rsa_public_key` text,
	`policy` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `oauth_client_client_id_unique` ON `oauth_client` (`client_id`);--> statement-breakpoint
CREATE TABLE `oauth_nonce` (
	`nonce_key` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `oauth_nonce_expires_at` ON `oauth_nonce` (`expires_at`);--> statement-breakpoint
CREATE TABLE `oauth_temporary_credential` (
	`client_id` text NOT NULL,
	`oauth_token` text NOT NULL,
	`oauth_token_secret` text NOT NULL,
	`oauth_callback` text NOT NULL,
	`oauth_verifier` text,
	`scope` text,
	`expires_at` integer NOT NULL,
	`user_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `oauth_temporary_credential_oauth_token_unique` ON `oauth_temporary_credential` (`oauth_token`);--> statement-breakpoint
CREATE INDEX `oauth_temporary_credential_expires_at` ON `oauth_temporary_credential` (`expires_at`);--> statement-breakpoint
CREATE TABLE `oauth_token_credential` (
	`client_id` text NOT NULL,
	`oauth_token` text NOT NULL,
	`oauth_token_secret` text NOT NULL,
	`scope` text,
	`expires_at` integer,
	`last_used_at` integer,
	`user_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `oauth_token_credential_oauth_token_unique` ON `oauth_token_credential` (`oauth_token`);--> statement-breakpoint
CREATE INDEX `oauth_token_credential_expires_at` ON `oauth_token_credential` (`expires_at`);