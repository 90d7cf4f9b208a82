export { adoptRestoredLedger, countUnsealed, readSeal } from './chain.repo.ts';
export { exportAudit, showsText } from './export.ts';
export { AUDIT_COLUMNS, type AuditEntry, auditValues, recordAudit } from './record.repo.ts';
export { sealAudit } from './seal.ts';
export { carriedOut, objectOfCommand, readTrail, type TrailEvent } from './trail.query.ts';
export { type AuditProblem, type AuditProgress, type AuditVerification, verifyAudit } from './verify.ts';
export { verifyAuditFile } from './verify-file.ts';
