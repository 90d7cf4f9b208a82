import type { Status } from '@bihuan/domain/complaint';
import type { Sql } from '../../platform/db/index.ts';
import type { SignatureAlgorithm } from './sources.repo.ts';

export interface Payload {
  readonly number: string;
  readonly externalNo: string;
  readonly status: Status;
  readonly at: string;
}

export interface Claimed {
  readonly id: string;
  readonly source_id: string;
  readonly event: string;
  readonly payload: Payload;
  readonly attempts: number;
  readonly created_at: Date;
  readonly callback_url: string | null;
  readonly secret_enc: Buffer | null;
  readonly signature_algorithm: SignatureAlgorithm;
}

/**
 * Takes due call-backs for this process until `until`; should it die, others take them after that. The earliest of an
 * order goes first, and the next only when it is through, so that the other side sees its states in their order.
 */
export async function claimDue(sql: Sql, now: number, until: number, limit: number): Promise<Claimed[]> {
  return sql.query<Claimed & Record<string, unknown>>(
    'webhook.claim',
    `update webhook_delivery d set next_attempt_at = $2, attempts = d.attempts + 1
       from (select w.id from webhook_delivery w
              where w.delivered_at is null and w.next_attempt_at <= $1
                and not exists (select 1 from webhook_delivery e where e.complaint_id = w.complaint_id and e.delivered_at is null and e.given_up_at is null
                                   and (e.created_at, e.id) < (w.created_at, w.id))
              order by w.next_attempt_at limit $3 for update skip locked) due, intake_source s
      where d.id = due.id and s.id = d.source_id
     returning d.id, d.source_id, d.event, d.payload, d.attempts, d.created_at, s.callback_url, s.secret_enc, s.signature_algorithm`,
    [new Date(now), new Date(until), limit],
  );
}

export async function anyDue(sql: Sql, now: number): Promise<boolean> {
  const rows = await sql.query(
    'webhook.any_due',
    'select 1 from webhook_delivery where delivered_at is null and next_attempt_at <= $1 limit 1',
    [new Date(now)],
  );
  return rows.length > 0;
}

export async function markDelivered(sql: Sql, id: string, status: number, now: number): Promise<void> {
  await sql.query(
    'webhook.delivered',
    'update webhook_delivery set delivered_at = $3, last_status = $2, last_error = null, next_attempt_at = null, given_up_at = null where id = $1',
    [id, status, new Date(now)],
  );
}

export async function markFailed(
  sql: Sql,
  id: string,
  failure: { status: number | null; error: string; nextAt: number | null; now: number },
): Promise<void> {
  await sql.query(
    'webhook.failed',
    `update webhook_delivery set last_status = $2, last_error = $3, next_attempt_at = $4::timestamptz, given_up_at = case when $4::timestamptz is null then $5::timestamptz end
      where id = $1 and delivered_at is null`,
    [
      id,
      failure.status,
      failure.error,
      failure.nextAt === null ? null : new Date(failure.nextAt),
      new Date(failure.now),
    ],
  );
}

/** @returns whether there was such a call-back, not delivered yet */
export async function makeDue(sql: Sql, id: string, now: number): Promise<boolean> {
  const rows = await sql.query(
    'webhook.retry',
    'update webhook_delivery set next_attempt_at = $2, given_up_at = null where id = $1 and delivered_at is null returning id',
    [id, new Date(now)],
  );
  return rows.length > 0;
}

export interface DeliveryRow {
  readonly id: string;
  readonly source_id: string;
  readonly source_name: string;
  readonly payload: Payload;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
  readonly delivered_at: Date | null;
  readonly given_up_at: Date | null;
  readonly created_at: Date;
}

export type DeliveryState = 'waiting' | 'delivered' | 'given_up';

export async function listDeliveryRows(
  sql: Sql,
  filter: { id?: string; sourceId?: string | undefined; state?: DeliveryState | undefined },
): Promise<DeliveryRow[]> {
  return sql.query<DeliveryRow & Record<string, unknown>>(
    'webhook.list',
    `select d.id, d.source_id, s.name as source_name, d.payload, d.attempts, d.last_status, d.last_error, d.next_attempt_at, d.delivered_at, d.given_up_at, d.created_at
       from webhook_delivery d join intake_source s on s.id = d.source_id
      where ($1::uuid is null or d.id = $1) and ($2::uuid is null or d.source_id = $2)
        and case $3::text when 'delivered' then d.delivered_at is not null when 'given_up' then d.given_up_at is not null
                          when 'waiting' then d.delivered_at is null and d.given_up_at is null else true end
      order by d.delivered_at is not null, d.created_at desc limit 200`,
    [filter.id ?? null, filter.sourceId ?? null, filter.state ?? null],
  );
}

export async function undeliveredCounts(sql: Sql): Promise<ReadonlyMap<string, { waiting: number; givenUp: number }>> {
  const rows = await sql.query<{ source_id: string; waiting: number; given_up: number }>(
    'webhook.counts',
    `select source_id, count(*) filter (where given_up_at is null)::int as waiting, count(*) filter (where given_up_at is not null)::int as given_up
       from webhook_delivery where delivered_at is null group by source_id`,
  );
  return new Map(rows.map((row) => [row.source_id, { waiting: row.waiting, givenUp: row.given_up }]));
}
