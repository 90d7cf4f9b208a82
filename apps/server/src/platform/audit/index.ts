export { AUDIT_COLUMNS, type AuditEntry, auditValues, recordAudit } from './record.repo.ts';
