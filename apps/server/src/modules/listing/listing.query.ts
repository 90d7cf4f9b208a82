import { createHash } from 'node:crypto';
import type { ListingItem, ListingQuery } from '@bihuan/contract/listing';
import { permits } from '@bihuan/domain/access';
import { LISTED_STATUSES, type ListingLevel, type ListingSource, type ListingStatus } from '@bihuan/domain/listing';
import { listingScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

const COUNT_CAP = 1000;

/** New orders of the same matter, received after the delisting; a matter goes by one of its orders, wherever that is now. */
export const ORDERS_AFTER = `from matter_order a join matter_order o on o.matter_id = a.matter_id join complaint c on c.id = o.complaint_id
  where a.complaint_id = l.matter_id and o.received_at > l.delisted_at and c.status <> 'declined' and c.excluded_at is null`;
/** Rectifications of the same unit and type, linked as the recurrence of one of its own, issued after the delisting. */
export const RECTIFICATIONS_AFTER = `from rectification r join rectification f on f.id = r.recurrence_of
  where r.issued_at > l.delisted_at and r.status <> 'cancelled' and r.owner_unit_id = l.owner_unit_id and r.type_code = f.type_code
    and (f.source = 'listing' and f.source_id = l.id or f.id = l.rectification_id)`;
/** 摘牌后反弹: computed, never stored. */
export const REBOUNDED = `(l.delisted_at is not null and (exists (select 1 ${ORDERS_AFTER}) or exists (select 1 ${RECTIFICATIONS_AFTER})))`;

/** Conditions on a row `l`, with their parameters. */
class Where {
  readonly values: unknown[] = [];
  readonly parts: string[] = [];

  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
  add(sql: (parameter: string) => string, value: unknown): void {
    this.parts.push(sql(this.parameter(value)));
  }
  get sql(): string {
    return this.parts.join(' and ');
  }
}

function listingWhere(now: number, actor: RequestActor, filter: ListingQuery): Where {
  const where = new Where();
  where.parts.push(listingScope(actor, 'l').sql);
  const among = (column: string, text: string | undefined, cast = 'text') => {
    if (text) where.add((p) => `${column} = any(${p}::${cast}[])`, text.split(','));
  };
  among('l.status', filter.status);
  among('l.source', filter.source);
  among('l.level', filter.level);
  among('l.owner_unit_id', filter.unitId, 'uuid');
  if (filter.leaderId) where.add((p) => `l.leader_id = ${p}`, filter.leaderId);
  if (filter.matterId)
    where.add(
      (p) => `l.matter_id in (select complaint_id from matter_order where matter_id = ${p}::uuid)`,
      filter.matterId,
    );
  if (filter.listed !== undefined)
    where.add((p) => `(l.status = any(${p}::text[])) = ${filter.listed}`, [...LISTED_STATUSES]);
  if (filter.overdue !== undefined)
    where.add((p) => `${filter.overdue ? '' : 'not '}(l.status = 'listed' and l.due_at < ${p})`, new Date(now));
  if (filter.rebounded !== undefined) where.parts.push(`${filter.rebounded ? '' : 'not '}${REBOUNDED}`);
  const q = filter.q?.trim();
  if (q) {
    const pattern = where.parameter(`%${q.replace(/[\\%_]/g, '\\$&')}%`);
    where.parts.push(`(l.number ilike ${pattern} or l.subject ilike ${pattern})`);
  }
  if (filter.mine) where.parts.push(waitsFor(where, actor));
  return where;
}

/** What waits for this person: to be reported on, checked or decided by him. */
function waitsFor(where: Where, actor: RequestActor): string {
  const person = where.parameter(actor.personId);
  const unit = where.parameter(actor.unitId);
  const notParty = `l.owner_unit_id <> ${unit}::uuid and ${person}::uuid <> all (l.doer_ids)`;
  const parts = [
    permits(actor, 'listing.report') ? `l.status = 'listed' and l.owner_unit_id = ${unit}::uuid` : null,
    permits(actor, 'listing.propose') ? `l.status = 'delisting' and ${notParty}` : null,
    permits(actor, 'listing.decide')
      ? `(l.status = 'proposed' and l.proposed_by <> ${person}::uuid or l.status = 'checked' and l.checked_by <> ${person}::uuid) and ${notParty}`
      : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'false' : `(${parts.map((part) => `(${part})`).join(' or ')})`;
}

export interface ListingRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly source: ListingSource;
  readonly level: ListingLevel;
  readonly subject: string;
  readonly owner_unit_id: string;
  readonly owner_unit_name: string;
  readonly leader_id: string;
  readonly leader_name: string;
  readonly status: ListingStatus;
  readonly proposed_at: Date;
  readonly listed_at: Date | null;
  readonly due_at: Date | null;
  readonly delisted_at: Date | null;
  readonly version: number;
  readonly rebounded: boolean;
}

export const LISTING_COLUMNS = `l.id, l.number, l.source, l.level, l.subject, l.owner_unit_id, u.name as owner_unit_name, l.leader_id, p.name as leader_name,
  l.status, l.proposed_at, l.listed_at, l.due_at, l.delisted_at, l.version, ${REBOUNDED} as rebounded`;
export const LISTING_JOINS = 'join unit u on u.id = l.owner_unit_id join person p on p.id = l.leader_id';

export const toListingItem = (row: ListingRow, now: number): ListingItem => ({
  id: row.id,
  number: row.number,
  source: row.source,
  level: row.level,
  subject: row.subject,
  ownerUnit: { id: row.owner_unit_id, name: row.owner_unit_name },
  leader: { id: row.leader_id, name: row.leader_name },
  status: row.status,
  proposedAt: row.proposed_at.toISOString(),
  listedAt: row.listed_at?.toISOString() ?? null,
  dueAt: row.due_at?.toISOString() ?? null,
  overdue: row.status === 'listed' && row.due_at !== null && row.due_at.getTime() < now,
  delistedAt: row.delisted_at?.toISOString() ?? null,
  rebounded: row.rebounded,
  version: row.version,
});

export async function listingPage(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  query: ListingQuery & { after?: string; limit?: number },
) {
  const { after, limit = 50, ...filter } = query;
  const now = deps.clock.now();
  const where = listingWhere(now, actor, filter);
  const total =
    after === undefined
      ? `(select count(*)::int from (select 1 from listing l where ${where.sql} limit ${COUNT_CAP + 1}) x)`
      : 'null::int';
  let keyset = '';
  if (after !== undefined) {
    const [at = '', id = ''] = after.split('~');
    if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/i.test(id)) throw invalid('翻页位置无效，请从第一页开始');
    keyset = `and (l.proposed_at, l.id) < (${where.parameter(at)}::timestamptz, ${where.parameter(id)}::uuid)`;
  }
  const text = `with page as materialized (select l.* from listing l where ${where.sql} ${keyset} order by l.proposed_at desc, l.id desc limit ${where.parameter(limit + 1)})
select ${LISTING_COLUMNS}, l.proposed_at::text as cursor, ${total} as total from page l ${LISTING_JOINS} order by l.proposed_at desc, l.id desc`;
  const rows = await deps.db.query<ListingRow & { cursor: string; total: number | null }>(
    `listing.list.${createHash('md5').update(text).digest('base64url').slice(0, 12)}`,
    text,
    where.values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const counted = rows[0]?.total ?? 0;
  return {
    items: shown.map((row) => toListingItem(row, now)),
    next: rows.length > limit && last ? `${last.cursor}~${last.id}` : null,
    total: Math.min(counted, COUNT_CAP),
    totalIsCapped: counted > COUNT_CAP,
  };
}

/** Whether the actor may see its line at all: out of scope is as if it were not there. */
export async function seesListing(sql: Sql, actor: RequestActor, id: string): Promise<boolean> {
  const scope = listingScope(actor, 'l');
  const rows = await sql.query(
    `listing.sees.${scope.scope}`,
    `select 1 from listing l where l.id = $1 and ${scope.sql}`,
    [id],
  );
  return rows.length > 0;
}
