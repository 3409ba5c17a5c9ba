-- Identifiers are compared byte for byte: the collation utf8mb4_bin was added by hand, because Prisma's schema language
-- cannot name one.

-- CreateTable
CREATE TABLE `oauth_client` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `client_id` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `client_secret` TEXT NULL,
    `default_redirect_uri` TEXT NULL,
    `rsa_public_key` TEXT NULL,
    `policy` TEXT NULL,

    UNIQUE INDEX `oauth_client_client_id_key`(`client_id`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `oauth_token_credential` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `client_id` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `oauth_token` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `oauth_token_secret` TEXT NOT NULL,
    `user_id` VARCHAR(191) NULL,
    `scope` TEXT NULL,
    `expires_at` BIGINT NULL,
    `last_used_at` BIGINT NULL,

    UNIQUE INDEX `oauth_token_credential_oauth_token_key`(`oauth_token`),
    INDEX `oauth_token_credential_client_id_idx`(`client_id`),
    INDEX `oauth_token_credential_expires_at_idx`(`expires_at`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `oauth_temporary_credential` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `client_id` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `oauth_token` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `oauth_token_secret` TEXT NOT NULL,
    `oauth_callback` TEXT NOT NULL,
    `oauth_verifier` VARCHAR(255) NULL,
    `user_id` VARCHAR(191) NULL,
    `scope` TEXT NULL,
    `expires_at` BIGINT NOT NULL,

    UNIQUE INDEX `oauth_temporary_credential_oauth_token_key`(`oauth_token`),
    INDEX `oauth_temporary_credential_expires_at_idx`(`expires_at`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `oauth_nonce` (
    `nonce_key` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `expires_at` BIGINT NOT NULL,

    INDEX `oauth_nonce_expires_at_idx`(`expires_at`),
    PRIMARY KEY (`nonce_key`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `oauth_token_credential` ADD CONSTRAINT `oauth_token_credential_client_id_fkey` FOREIGN KEY (`client_id`) REFERENCES `oauth_client`(`client_id`) ON DELETE CASCADE ON UPDATE CASCADE;
