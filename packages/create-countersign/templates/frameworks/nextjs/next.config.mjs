/** @type {import('next').NextConfig} */
export default {
  // Drivers and what loads them stay as they are installed.
  serverExternalPackages: ['better-sqlite3', 'kysely', 'drizzle-orm', 'mysql2', 'pg', 'typeorm'],
}
