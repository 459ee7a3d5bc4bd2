export type DatabaseErrorCode =
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_IN_USE'
  | 'DATABASE_RIGHTS_MISSING'
  | 'DATABASE_START_FAILED'
  | 'DATABASE_BINARIES_MISSING'
  | 'MIGRATION_INVALID'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_UNKNOWN'
  | 'SCHEMA_NOT_READY'
  | 'BACKUP_REFUSED'
  | 'BACKUP_UNREADABLE'
  | 'RESTORE_REFUSED';

/** What went wrong with the database, for the one who runs the service. Never holds a password or a row's values. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
