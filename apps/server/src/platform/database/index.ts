export type { Database, Db, Tx } from './database.ts';
export { DatabaseError } from './database-error.ts';
export { openDatabase } from './open-database.ts';
export type { Schema } from './schema.ts';
