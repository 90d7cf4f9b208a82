import type { Bulletin, BulletinItem } from '@bihuan/contract/bulletin';
import {
  allowedBulletinActions,
  type BulletinKind,
  type BulletinStatus,
  RECEIVING_ROLES,
  seesDrafts,
} from '@bihuan/domain/bulletin';
import { periodLabel } from '@bihuan/domain/indicator';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { invalid } from '../../platform/errors.ts';
import { type BulletinRow, RECEIVER, readBulletinFigures, stateOf } from './bulletin.repo.ts';
import { periodOfRow } from './source.service.ts';

interface ItemRow {
  id: string;
  kind: BulletinKind;
  period_start: string;
  period_end: string;
  revision: number;
  superseded: boolean;
  status: BulletinStatus;
  number: string | null;
  title: string;
  published_at: Date | null;
  received: number;
  receivers: number;
  awaits: boolean;
}

/** `$1` the actor's unit. A unit closed since still counts among those that received. */
const ITEM = `select b.id, b.kind, b.period_start, b.period_end, b.revision, b.status, b.number, b.title, b.published_at,
       exists (select 1 from bulletin n where n.supersedes_id = b.id and n.status = 'published') as superseded,
       (select count(*)::int from bulletin_receipt r where r.bulletin_id = b.id) as received,
       (select count(*)::int from unit u where (${RECEIVER}) or exists (select 1 from bulletin_receipt r where r.bulletin_id = b.id and r.unit_id = u.id)) as receivers,
       b.status = 'published' and exists (select 1 from unit u where u.id = $1 and ${RECEIVER})
         and not exists (select 1 from bulletin_receipt r where r.bulletin_id = b.id and r.unit_id = $1) as awaits
  from bulletin b`;

const toItem = (row: ItemRow, actor: RequestActor): BulletinItem => {
  const period = periodOfRow(row);
  return {
    id: row.id,
    kind: row.kind,
    period: period.text,
    periodLabel: periodLabel(period),
    from: row.period_start,
    to: row.period_end,
    revision: row.revision,
    superseded: row.superseded,
    status: row.status,
    number: row.number,
    title: row.title,
    publishedAt: row.published_at?.toISOString() ?? null,
    received: row.received,
    receivers: row.receivers,
    awaitsMyReceipt: row.awaits && (RECEIVING_ROLES as readonly string[]).includes(actor.role),
  };
};

export interface BulletinFilter {
  readonly kind?: BulletinKind;
  readonly status?: BulletinStatus;
  readonly year?: number;
}

/** Bulletins that the actor may see, the latest period first. */
export async function listItems(
  sql: Sql,
  actor: RequestActor,
  filter: BulletinFilter,
  page: { after: string | null; limit: number },
): Promise<{ items: BulletinItem[]; next: string | null; total: number; totalIsCapped: boolean }> {
  const where = `($2 or b.status = 'published') and ($3::text is null or b.kind = $3) and ($4::text is null or b.status = $4)
    and ($5::int is null or extract(year from b.period_start) = $5)`;
  const values = [actor.unitId, seesDrafts(actor), filter.kind ?? null, filter.status ?? null, filter.year ?? null];
  const after = page.after === null ? [null, null, null] : readCursor(page.after);
  const rows = await sql.query<ItemRow>(
    'bulletin.list',
    `${ITEM} where ${where} and ($6::date is null or (b.period_start, b.kind, b.revision) < ($6::date, $7::text, $8::int))
      order by b.period_start desc, b.kind desc, b.revision desc limit $9`,
    [...values, ...after, page.limit + 1],
  );
  const [{ total } = { total: 0 }] = await sql.query<{ total: number }>(
    'bulletin.count',
    `select count(*)::int as total from bulletin b where $1::uuid is not null and ${where}`,
    values,
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toItem(row, actor)),
    next:
      rows.length > page.limit && last
        ? Buffer.from(`${last.period_start}|${last.kind}|${last.revision}`).toString('base64url')
        : null,
    total,
    totalIsCapped: false,
  };
}

function readCursor(text: string): string[] {
  const parts = Buffer.from(text, 'base64url').toString().split('|');
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(parts[0] ?? '') ||
    !/^(weekly|monthly)$/.test(parts[1] ?? '') ||
    !/^\d{1,6}$/.test(parts[2] ?? '')
  )
    throw invalid('翻页位置无效，请回到第一页');
  return parts.slice(0, 3);
}

/** One bulletin with everything that its page shows. The caller has made sure that the actor may see it. */
export async function viewBulletin(sql: Sql, actor: RequestActor, row: BulletinRow): Promise<Bulletin> {
  const [item] = await sql.query<ItemRow>(null, `${ITEM} where b.id = $2`, [actor.unitId, row.id]);
  const people = await sql.query<{ id: string; name: string }>(
    null,
    'select id, name from person where id = any($1::uuid[])',
    [[row.drafted_by, row.reviewed_by, row.signed_by, ...row.editor_ids].filter((id) => id !== null)],
  );
  const personOf = (id: string) => ({ id, name: people.find((one) => one.id === id)?.name ?? '' });
  const maybe = (id: string | null) => (id === null ? null : personOf(id));
  const revisions = await sql.query<Pick<BulletinRow, 'id' | 'revision' | 'status' | 'number' | 'published_at'>>(
    null,
    `select id, revision, status, number, published_at from bulletin where kind = $1 and period_start = $2 and ($3 or status = 'published') order by revision`,
    [row.kind, row.period_start, seesDrafts(actor)],
  );
  return {
    ...toItem(item!, actor),
    recipients: row.recipients,
    sections: row.sections.map((section) => ({ ...section })),
    asOf: row.as_of.toISOString(),
    draftedBy: personOf(row.drafted_by),
    draftedAt: row.drafted_at.toISOString(),
    editors: row.editor_ids.map(personOf),
    reviewedBy: maybe(row.reviewed_by),
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    signedBy: maybe(row.signed_by),
    correctionReason: row.correction_reason,
    revisions: revisions.map(({ published_at, ...one }) => ({
      ...one,
      publishedAt: published_at?.toISOString() ?? null,
    })),
    figures: await readBulletinFigures(sql, row.id),
    receipts: row.status === 'published' ? await receiptsOf(sql, row.id) : [],
    sentBack: row.status === 'draft' ? await lastSentBack(sql, row.id) : null,
    version: row.version,
    allowedActions: allowedBulletinActions(stateOf(row), actor).filter(
      (action) => action !== 'receive' || item!.awaits,
    ),
  };
}

async function receiptsOf(sql: Sql, id: string): Promise<Bulletin['receipts']> {
  const rows = await sql.query<{
    id: string;
    name: string;
    kind: string;
    at: Date | null;
    by: string | null;
    by_name: string | null;
  }>(
    null,
    `select u.id, u.short_name as name, u.kind, r.received_at as at, p.id as by, p.name as by_name
       from unit u left join bulletin_receipt r on r.unit_id = u.id and r.bulletin_id = $1 left join person p on p.id = r.received_by
      where (${RECEIVER}) or r.unit_id is not null
      order by array_position(array['squadron', 'section', 'town', 'partner'], u.kind), u.sort, u.code`,
    [id],
  );
  return rows.map((row) => ({
    unit: { id: row.id, name: row.name },
    kind: row.kind,
    receivedAt: row.at?.toISOString() ?? null,
    receivedBy: row.by === null ? null : { id: row.by, name: row.by_name ?? '' },
  }));
}

/** With which words it came back, unless it has been submitted again since. */
async function lastSentBack(sql: Sql, id: string): Promise<Bulletin['sentBack']> {
  const [row] = await sql.query<{
    action: string;
    at: Date;
    note: string | null;
    by: string | null;
    name: string | null;
  }>(
    null,
    `select e.action, e.at, e.note, p.id as by, p.name from audit_event e left join person p on p.id = e.actor_id
      where e.object_id = $1 and e.action in ('bulletin.send_back', 'bulletin.submit') order by e.id desc limit 1`,
    [id],
  );
  if (row?.action !== 'bulletin.send_back') return null;
  return {
    by: row.by === null ? null : { id: row.by, name: row.name ?? '' },
    at: row.at.toISOString(),
    reason: row.note ?? '',
  };
}
