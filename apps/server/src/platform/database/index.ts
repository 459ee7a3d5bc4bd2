export type { Database, Db, Tx } from './database.ts';
export { DatabaseError } from './database-error.ts';
export { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
export type { EmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
export { createMigrator } from './migrations/migrator.ts';
export type { Migrator } from './migrations/migrator.ts';
export { openDatabase } from './open-database.ts';
export type { Schema } from './schema.ts';
