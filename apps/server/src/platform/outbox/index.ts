export { OUTBOX_COLUMNS, type OutboxMessage, outboxValues, publish } from './publish.repo.ts';
