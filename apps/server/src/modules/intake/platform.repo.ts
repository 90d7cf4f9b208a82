import type { Status } from '@bihuan/domain/complaint';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** Two requests with one key wait for each other. */
export async function lockKey(trx: Trx, sourceId: string, key: string): Promise<void> {
  await trx.query(
    'push.lock',
    "select pg_advisory_xact_lock(hashtextextended('push:' || $1::text || ':' || $2::text, 0))",
    [sourceId, key],
  );
}

export async function findAnswer(
  trx: Trx,
  sourceId: string,
  key: string,
): Promise<{ request_hash: Buffer; response: unknown } | null> {
  const [row] = await trx.query<{ request_hash: Buffer; response: unknown }>(
    'push.answer',
    'select request_hash, response from idempotency_key where source_id = $1 and key = $2',
    [sourceId, key],
  );
  return row ?? null;
}

export async function keepAnswer(
  trx: Trx,
  sourceId: string,
  key: string,
  requestHash: Buffer,
  response: unknown,
): Promise<void> {
  await trx.query(
    'push.keep',
    'insert into idempotency_key (source_id, key, request_hash, status, response) values ($1,$2,$3,200,$4::jsonb)',
    [sourceId, key, requestHash, JSON.stringify(response)],
  );
}

/** Keys older than `before` are forgotten; a platform does not repeat a request after that long. */
export async function forgetKeys(sql: Sql, before: number): Promise<void> {
  await sql.query(null, 'delete from idempotency_key where created_at < $1', [new Date(before)]);
}

export async function findPushed(sql: Sql, sourceId: string, externalNo: string) {
  const [row] = await sql.query<{
    external_no: string;
    number: string;
    status: Status;
    unit: string | null;
    received_at: Date;
    due_at: Date | null;
    closed_at: Date | null;
    reopen_count: number;
  }>(
    'push.order',
    `select c.external_no, c.number, c.status, u.name as unit, c.received_at, c.due_at, c.closed_at, c.reopen_count
       from complaint c left join unit u on u.id = c.unit_id where c.source_id = $1 and c.external_no = $2`,
    [sourceId, externalNo],
  );
  return row ?? null;
}
