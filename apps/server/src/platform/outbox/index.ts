export { OUTBOX_COLUMNS, type OutboxMessage, outboxValues, publish } from './publish.repo.ts';
export {
  type OutboxBatch,
  type OutboxPosition,
  type OutboxRow,
  outboxNow,
  purgeOutbox,
  readOutbox,
  unreadOutbox,
} from './read.repo.ts';
