export { appendAudit, systemActor } from './append-audit.ts';
export type { AuditEvent } from './append-audit.ts';
export { verifyAudit } from './verify-audit.ts';
export type { AuditAnchor, AuditVerdict } from './verify-audit.ts';
