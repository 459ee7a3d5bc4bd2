export { issueApiKey } from './features/api-keys/index.ts';
export { verifyAudit } from './platform/audit/index.ts';
export type { AuditAnchor } from './platform/audit/index.ts';
export { describeConfig, loadConfig } from './platform/config/index.ts';
export { createRevision, openDatabaseTools, openServiceDatabase } from './platform/database/index.ts';
export type { DatabaseTools, ServiceDatabase } from './platform/database/index.ts';
export { loadKeyring, rotateKeyring } from './platform/keyring/index.ts';
export { startService } from './start-service.ts';
export type { Service, ServicePart } from './start-service.ts';
