import { finished } from 'node:stream/promises';
import type { Kind, Status, Urgency } from '@bihuan/domain/complaint';
import { from as copyFrom } from 'pg-copy-streams';
import type { RequestActor } from '../../platform/access/index.ts';
import type { BulkTrx, Trx } from '../../platform/db/index.ts';

/** A new order, ready to be written. Instants are epoch milliseconds. */
export interface StagedOrder {
  readonly rowNo: number;
  readonly id: string;
  readonly externalNo: string;
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly categoryCode: string | null;
  /** `null`: named by the source, or none. */
  readonly categoryConfidence: number | null;
  readonly categoryByWords: boolean | null;
  readonly title: string;
  readonly content: string;
  readonly address: string | null;
  readonly townId: string | null;
  readonly placeId: string | null;
  readonly callbackWanted: boolean;
  readonly anonymous: boolean;
  /** JSON object. */
  readonly extras: string;
  readonly receivedAt: number;
  readonly firstContactDueAt: number;
  readonly dueAt: number;
  readonly nextCheckAt: number | null;
  /** Answered before it came to us: closed from the start. */
  readonly answeredAt: number | null;
  readonly result: string | null;
  /** name, name index, phone, phone index, content, address */
  readonly personal: readonly (Buffer | null)[];
  readonly digests: string;
  readonly originals: Buffer | null;
}

export const STAGE = `create temp table if not exists intake_stage (
  row_no integer, id uuid, external_no text, kind text, urgency text, category_code text, category_confidence real, category_by_words boolean, title text, content text, address text,
  town_id uuid, place_id uuid, callback_wanted boolean, anonymous boolean, extras jsonb,
  received_at timestamptz, first_contact_due_at timestamptz, due_at timestamptz, next_check_at timestamptz, answered_at timestamptz, result text,
  name_enc bytea, name_bidx bytea, phone_enc bytea, phone_bidx bytea, content_enc bytea, address_enc bytea,
  digests text, originals_enc bytea) on commit delete rows`;

type CopyValue = string | number | boolean | Buffer | null;
/** PostgreSQL text holds no NUL. */
const SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '' };

function copyField(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return value.replace(SPECIAL, (char) => ESCAPED[char]!);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return String(value);
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function copyLine(order: StagedOrder): string {
  const values: CopyValue[] = [
    order.rowNo,
    order.id,
    order.externalNo,
    order.kind,
    order.urgency,
    order.categoryCode,
    order.categoryConfidence,
    order.categoryByWords,
    order.title,
    order.content,
    order.address,
    order.townId,
    order.placeId,
    order.callbackWanted,
    order.anonymous,
    order.extras,
    instant(order.receivedAt),
    instant(order.firstContactDueAt),
    instant(order.dueAt),
    instant(order.nextCheckAt),
    instant(order.answeredAt),
    order.result,
    ...order.personal,
    order.digests,
    order.originals,
  ];
  return `${values.map(copyField).join('\t')}\n`;
}

/** Sends new orders to the session's stage, which empties itself at the end of the transaction: once in each. */
export async function stageOrders(trx: BulkTrx, orders: readonly StagedOrder[]): Promise<void> {
  await trx.query('intake.stage', STAGE);
  const stream = trx.client.query(copyFrom('copy intake_stage from stdin'));
  stream.end(orders.map(copyLine).join(''));
  await finished(stream);
}

/** One intake into one source at a time: two imports of the same file wait for each other instead of deadlocking. */
export async function lockSource(trx: Trx, sourceId: string): Promise<void> {
  await trx.query('intake.lock', "select pg_advisory_xact_lock(hashtextextended('intake:' || $1::text, 0))", [
    sourceId,
  ]);
}

export interface Origin {
  readonly sourceId: string;
  readonly actor: Pick<RequestActor, 'personId' | 'unitId' | 'role' | 'ip'> | null;
  /** Epoch ms. */
  readonly now: number;
  /** What the ledger calls the registration: by spreadsheet or through an interface. */
  readonly action: 'complaint.import' | 'complaint.register';
  /** Kept with each ledger entry: the import, or the request. */
  readonly facts: Readonly<Record<string, string>>;
  /** A message for each order, for the screens that are open; an import sends one for each chunk instead. */
  readonly announce: boolean;
}

export interface CreatedOrder {
  readonly id: string;
  readonly number: string;
  readonly external_no: string;
}

/** Order, citizen, first round, record and ledger of everything staged, in one statement. What is there already is left out. */
const CREATE = `
with c as (
  insert into complaint (id, number, source_id, external_no, kind, urgency, category_code, title, content, address, town_id, place_id, lng, lat, callback_wanted, extras,
                         status, received_at, registered_at, closed_at, first_contact_due_at, due_at, next_check_at)
  select s.id, to_char($2::timestamptz, 'YYYYMMDD') || lpad(nextval('complaint_number_seq')::text, 7, '0'), $1, s.external_no, s.kind, s.urgency, s.category_code,
         s.title, s.content, s.address, s.town_id, s.place_id, l.lng, l.lat, s.callback_wanted, s.extras,
         case when s.answered_at is null then 'received' else 'closed' end, s.received_at, $2, s.answered_at, s.first_contact_due_at, s.due_at, s.next_check_at
    from intake_stage s left join place l on l.id = s.place_id order by s.row_no
  on conflict (source_id, external_no) do nothing
  returning id, number, external_no, status, town_id),
s as materialized (select s.* from intake_stage s join c using (id)),
p as (insert into complainant (complaint_id, anonymous, name_enc, name_bidx, phone_enc, phone_bidx, content_enc, address_enc)
      select id, anonymous, name_enc, name_bidx, phone_enc, phone_bidx, content_enc, address_enc from s),
r as (insert into handling_round (complaint_id, round, kind, urgency, category_code, town_id, started_at, first_contact_due_at, due_at, concluded_at, result)
      select id, 1, kind, urgency, category_code, town_id, received_at, first_contact_due_at, due_at, answered_at, result from s),
d as (insert into intake_record (complaint_id, digests, originals_enc) select id, digests, originals_enc from s),
g as (insert into category_guess (complaint_id, code, confidence, by_words)
      select id, category_code, category_confidence, category_by_words from s where category_confidence is not null),
o as (insert into outbox (topic, object_id, town_id, data)
      select 'complaint.registered', id, town_id, jsonb_build_object('status', status, 'version', 1) from c where $9),
a as (insert into audit_event (at, actor_id, actor_unit_id, actor_role, action, object_type, object_id, to_status, data, ip)
      select $2, $3, $4, $5, $6, 'complaint', s.id, c.status, $7::jsonb || jsonb_build_object('row', s.row_no, 'kind', s.kind, 'urgency', s.urgency), $8
        from s join c using (id))
select id, number, external_no from c`;

/** Writes what is staged. @returns the orders made; whatever is missing from it was there already */
export async function createStaged(trx: BulkTrx, origin: Origin): Promise<CreatedOrder[]> {
  return trx.query<CreatedOrder & Record<string, unknown>>('intake.create', CREATE, [
    origin.sourceId,
    new Date(origin.now),
    origin.actor?.personId ?? null,
    origin.actor?.unitId ?? null,
    origin.actor?.role ?? null,
    origin.action,
    JSON.stringify({ sourceId: origin.sourceId, ...origin.facts }),
    origin.actor?.ip ?? null,
    origin.announce,
  ]);
}

export interface KnownOrder {
  readonly id: string;
  readonly number: string;
  readonly external_no: string;
  readonly status: Status;
  /** `null` for an order registered by hand. */
  readonly digests: string | null;
}

/** What the source's orders of these numbers looked like when they last came. */
export async function findKnown(trx: Trx, sourceId: string, externalNos: readonly string[]): Promise<KnownOrder[]> {
  return trx.query<KnownOrder & Record<string, unknown>>(
    'intake.known',
    `select c.id, c.number, c.external_no, c.status, r.digests
       from unnest($2::text[]) n (external_no)
       join complaint c on c.source_id = $1 and c.external_no = n.external_no
       left join intake_record r on r.complaint_id = c.id`,
    [sourceId, externalNos],
  );
}

/** An existing order with all that the source might have changed. */
export interface CurrentOrder extends KnownOrder {
  /** Its category was filled in by the machine; nobody has confirmed it. */
  readonly category_guessed: boolean;
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly category_code: string | null;
  readonly title: string;
  readonly content: string;
  readonly address: string | null;
  readonly town_id: string | null;
  readonly callback_wanted: boolean;
  readonly extras: Record<string, string>;
  readonly received_at: Date;
  readonly round: number;
  readonly due_at: Date;
  readonly first_contact_due_at: Date;
  readonly next_check_at: Date | null;
  /** Neither paused, extended, concluded nor reopened: its clocks are those of the budget alone. */
  readonly plain_clock: boolean;
  readonly anonymous: boolean;
  readonly name_bidx: Buffer | null;
  readonly phone_bidx: Buffer | null;
  readonly content_enc: Buffer | null;
  readonly address_enc: Buffer | null;
  readonly originals_enc: Buffer | null;
}

/** Locks the orders against people's commands, and reads them. */
export async function lockCurrent(trx: Trx, ids: readonly string[]): Promise<CurrentOrder[]> {
  return trx.query<CurrentOrder & Record<string, unknown>>(
    'intake.current',
    `select c.id, c.number, c.external_no, c.status, c.kind, c.urgency, c.category_code, c.title, c.content, c.address, c.town_id, c.callback_wanted, c.extras,
            c.received_at, c.round, c.due_at, c.first_contact_due_at, c.next_check_at,
            exists (select 1 from category_guess j where j.complaint_id = c.id) as category_guessed,
            c.round = 1 and h.concluded_at is null and not exists (select 1 from clock_entry e where e.complaint_id = c.id) as plain_clock,
            p.anonymous, p.name_bidx, p.phone_bidx, p.content_enc, p.address_enc, r.digests, r.originals_enc
       from complaint c
       join complainant p on p.complaint_id = c.id
       join handling_round h on h.complaint_id = c.id and h.round = c.round
       left join intake_record r on r.complaint_id = c.id
      where c.id = any($1::uuid[]) order by c.id for update of c`,
    [ids],
  );
}

/** An existing order as the source's change leaves it. */
export interface UpdatedOrder {
  readonly id: string;
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly categoryCode: string | null;
  /** The source says so now. */
  readonly categoryNamed: boolean;
  readonly title: string;
  readonly content: string;
  readonly address: string | null;
  readonly townId: string | null;
  readonly callbackWanted: boolean;
  readonly extras: string;
  readonly firstContactDueAt: Date;
  readonly dueAt: Date;
  readonly nextCheckAt: Date | null;
  readonly anonymous: boolean;
  /** name, name index, phone, phone index, content, address; `undefined` = as it was. */
  readonly personal: readonly (Buffer | null | undefined)[];
  readonly digests: string;
  readonly originals: Buffer | null;
  /** Labels of what was taken over; empty when only the record of the source moved on. */
  readonly changes: readonly string[];
}

/** In one statement for all; a small share of any import, so their values travel as JSON. */
const UPDATE = `
with u as materialized (
  select * from jsonb_to_recordset($1::jsonb) as u (
    id uuid, kind text, urgency text, category_code text, category_named boolean, title text, content text, address text, town_id uuid, callback_wanted boolean, extras jsonb,
    first_contact_due_at timestamptz, due_at timestamptz, next_check_at timestamptz, anonymous boolean, set_name boolean, name_enc text, name_bidx text,
    set_phone boolean, phone_enc text, phone_bidx text, set_content boolean, content_enc text, set_address boolean, address_enc text,
    digests text, originals_enc text, changes jsonb)),
c as (
  update complaint c set kind = u.kind, urgency = u.urgency, category_code = u.category_code, title = u.title, content = u.content, address = u.address,
         town_id = u.town_id, callback_wanted = u.callback_wanted, extras = u.extras, first_contact_due_at = u.first_contact_due_at, due_at = u.due_at,
         next_check_at = u.next_check_at, version = c.version + 1
    from u where c.id = u.id and jsonb_array_length(u.changes) > 0
  returning c.id, c.round, c.status, c.unit_id, c.town_id, c.officer_id, c.version),
h as (
  update handling_round h set kind = case when h.kind = 'rehandle' then h.kind else u.kind end, urgency = u.urgency, category_code = u.category_code,
         town_id = u.town_id, first_contact_due_at = u.first_contact_due_at, due_at = u.due_at
    from u join c using (id) where h.complaint_id = u.id and h.round = c.round and c.status not in ('closed', 'declined')),
g as (delete from category_guess j using u join c using (id) where j.complaint_id = u.id and u.category_named),
p as (
  update complainant p set anonymous = u.anonymous,
         name_enc = case when u.set_name then decode(u.name_enc, 'hex') else p.name_enc end, name_bidx = case when u.set_name then decode(u.name_bidx, 'hex') else p.name_bidx end,
         phone_enc = case when u.set_phone then decode(u.phone_enc, 'hex') else p.phone_enc end, phone_bidx = case when u.set_phone then decode(u.phone_bidx, 'hex') else p.phone_bidx end,
         content_enc = case when u.set_content then decode(u.content_enc, 'hex') else p.content_enc end,
         address_enc = case when u.set_address then decode(u.address_enc, 'hex') else p.address_enc end
    from u join c using (id) where p.complaint_id = u.id),
d as (
  insert into intake_record (complaint_id, digests, originals_enc) select id, digests, decode(originals_enc, 'hex') from u
  on conflict (complaint_id) do update set digests = excluded.digests, originals_enc = excluded.originals_enc),
o as (insert into outbox (topic, object_id, unit_id, town_id, officer_id, data)
      select 'complaint.changed', id, unit_id, town_id, officer_id, jsonb_build_object('status', status, 'version', version) from c where $8),
a as (insert into audit_event (at, actor_id, actor_unit_id, actor_role, action, object_type, object_id, from_status, to_status, data, ip, note)
      select $2, $3, $4, $5, 'complaint.update', 'complaint', c.id, c.status, c.status, $6::jsonb || jsonb_build_object('changes', u.changes), $7,
             (select '来源更新：' || string_agg(x, '、') from jsonb_array_elements_text(u.changes) x)
        from c join u using (id))
select id from c`;

const hex = (value: Buffer | null | undefined): string | null => value?.toString('hex') ?? null;

export async function updateOrders(trx: Trx, origin: Origin, orders: readonly UpdatedOrder[]): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map((order) => {
    const [name, nameBidx, phone, phoneBidx, content, address] = order.personal;
    return {
      id: order.id,
      kind: order.kind,
      urgency: order.urgency,
      category_code: order.categoryCode,
      category_named: order.categoryNamed,
      title: order.title,
      content: order.content,
      address: order.address,
      town_id: order.townId,
      callback_wanted: order.callbackWanted,
      extras: JSON.parse(order.extras) as unknown,
      first_contact_due_at: order.firstContactDueAt,
      due_at: order.dueAt,
      next_check_at: order.nextCheckAt,
      anonymous: order.anonymous,
      set_name: name !== undefined,
      name_enc: hex(name),
      name_bidx: hex(nameBidx),
      set_phone: phone !== undefined,
      phone_enc: hex(phone),
      phone_bidx: hex(phoneBidx),
      set_content: content !== undefined,
      content_enc: hex(content),
      set_address: address !== undefined,
      address_enc: hex(address),
      digests: order.digests,
      originals_enc: hex(order.originals),
      changes: order.changes,
    };
  });
  await trx.query('intake.update', UPDATE, [
    JSON.stringify(rows),
    new Date(origin.now),
    origin.actor?.personId ?? null,
    origin.actor?.unitId ?? null,
    origin.actor?.role ?? null,
    JSON.stringify({ sourceId: origin.sourceId, ...origin.facts }),
    origin.actor?.ip ?? null,
    origin.announce,
  ]);
}
