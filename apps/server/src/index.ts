export { verifyAudit } from './platform/audit/index.ts';
export type { AuditAnchor } from './platform/audit/index.ts';
export { describeConfig, loadConfig } from './platform/config/index.ts';
export { createBackupKey, createRevision, loadBackupKey, openDatabaseTools } from './platform/database/index.ts';
export type { DatabaseTools } from './platform/database/index.ts';
