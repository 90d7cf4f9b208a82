import type { ComplaintDetail, RequestView, RoundView, TimelineEvent } from '@bihuan/contract/complaint';
import { permits } from '@bihuan/domain/access';
import { allowedActions, type ComplaintState, decidableRequests, requestKindsFor } from '@bihuan/domain/complaint';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { addressHistory, type Dictionary } from './dictionary.query.ts';
import { LIST_COLUMNS, LIST_JOINS, type ListRow, toListItem } from './list.query.ts';
import { readState } from './state.repo.ts';
import { eventFacts, eventLabel, type FactNames } from './timeline.ts';

interface DetailRow extends ListRow {
  content: string;
  anonymous: boolean | null;
  callback_wanted: boolean;
  name_enc: Buffer | null;
  phone_enc: Buffer | null;
  has_hidden: boolean;
  lng: number | null;
  lat: number | null;
  point_by: 'pin' | 'captured' | 'place';
  place: { id: string; name: string; kind: string } | null;
  extras: Record<string, string>;
  category_guess: { confidence: number; byWords: boolean } | null;
}

/** Everything about one order the actor may see. @throws Problem 404 when out of scope */
export async function getComplaintDetail(
  deps: Deps,
  dictionary: Dictionary,
  actor: RequestActor,
  id: string,
): Promise<ComplaintDetail> {
  const { db } = deps;
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await db.query<DetailRow>(
    `complaint.detail.${scope.scope}`,
    `select ${LIST_COLUMNS}, c.content, c.callback_wanted, c.lng, c.lat, c.point_by, c.extras,
            (select json_build_object('id', l.id, 'name', l.name, 'kind', l.kind) from place l where l.id = c.place_id) as place, x.anonymous, x.name_enc, x.phone_enc,
            (x.content_enc is not null or x.address_enc is not null) as has_hidden,
            (select json_build_object('confidence', j.confidence, 'byWords', j.by_words) from category_guess j where j.complaint_id = c.id) as category_guess
       from complaint c ${LIST_JOINS} left join complainant x on x.complaint_id = c.id
      where c.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  if (!row) throw notFound('诉件');
  const state = (await readState(db, id)) as ComplaintState;
  const [rounds, requests, timeline, jointUnits, suggestion] = await Promise.all([
    readRounds(db, id),
    readRequests(db, id, state, actor),
    readTimeline(db, id),
    db.query<{ id: string; name: string }>(
      'complaint.joint',
      'select u.id, u.name from complaint_joint_unit j join unit u on u.id = j.unit_id where j.complaint_id = $1 order by u.sort',
      [id],
    ),
    permits(actor, 'complaint.dispatch') && (row.status === 'received' || row.status === 'accepted')
      ? suggest(deps, dictionary, row)
      : null,
  ]);
  return {
    ...toListItem(row, deps.workingTime.calendar, deps.clock.now()),
    content: row.content,
    categoryGuess: row.category_guess,
    anonymous: row.anonymous ?? true,
    callbackWanted: row.callback_wanted,
    complainant: {
      name: row.name_enc === null ? null : maskName(deps.keyring.decrypt(row.name_enc, `complainant.name:${id}`)),
      phone: row.phone_enc === null ? null : maskPhone(deps.keyring.decrypt(row.phone_enc, `complainant.phone:${id}`)),
      hasHiddenContent: row.has_hidden ?? false,
    },
    lng: row.lng,
    lat: row.lat,
    pointBy: row.lng === null ? null : row.point_by,
    place: row.place,
    jointUnits,
    extras: row.extras,
    rounds,
    requests,
    timeline,
    allowedActions: allowedActions(state, actor),
    allowedRequests: requestKindsFor(state, actor),
    mayReveal: permits(actor, 'complaint.reveal'),
    suggestion,
  };
}

async function suggest(deps: Deps, dictionary: Dictionary, row: DetailRow): Promise<ComplaintDetail['suggestion']> {
  const found = await dictionary.suggestUnit(
    { address: row.address, content: `${row.title}。${row.content}` },
    await addressHistory(deps.db, row.address, row.id),
  );
  if (!found) return null;
  const [unit] = await deps.db.query<{ id: string; name: string }>(
    'unit.ref',
    'select id, name from unit where id = $1',
    [found.unitId],
  );
  return unit ? { unit, confidence: found.confidence, reasons: [...found.reasons] } : null;
}

async function readRounds(sql: Sql, id: string): Promise<RoundView[]> {
  const rows = await sql.query<Record<string, never>>(
    'complaint.rounds',
    `select r.*, u.name as unit_name, p.name as officer_name from handling_round r
       left join unit u on u.id = r.unit_id left join person p on p.id = r.officer_id
      where r.complaint_id = $1 order by r.round`,
    [id],
  );
  // biome-ignore lint/suspicious/noExplicitAny: one wide row, mapped field by field
  return rows.map((r: any) => ({
    round: r.round,
    kind: r.kind,
    unit: r.unit_id ? { id: r.unit_id, name: r.unit_name } : null,
    officer: r.officer_id ? { id: r.officer_id, name: r.officer_name } : null,
    startedAt: r.started_at.toISOString(),
    firstContactDueAt: r.first_contact_due_at.toISOString(),
    firstContactAt: iso(r.first_contact_at),
    dueAt: r.due_at.toISOString(),
    signedAt: iso(r.signed_at),
    submittedAt: iso(r.submitted_at),
    concludedAt: iso(r.concluded_at),
    result: r.result,
    measures: r.measures,
    legalBasis: r.legal_basis,
    followedUpAt: iso(r.followed_up_at),
    followUpChannel: r.follow_up_channel,
    reached: r.reached,
    solved: r.solved,
    satisfaction: r.satisfaction,
    followUpNote: r.follow_up_note,
    reopened: r.reopened,
  }));
}

async function readRequests(sql: Sql, id: string, state: ComplaintState, actor: RequestActor): Promise<RequestView[]> {
  const rows = await sql.query<Record<string, never>>(
    'complaint.requests',
    `select q.*, p.name as requester, u.name as requester_unit, t.name as target_name, d.name as decider
       from complaint_request q join person p on p.id = q.requested_by join unit u on u.id = q.requested_unit_id
       left join unit t on t.id = q.target_unit_id left join person d on d.id = q.decided_by
      where q.complaint_id = $1 order by q.requested_at`,
    [id],
  );
  const mine = new Set(decidableRequests(state, actor).map((request) => request.id));
  // biome-ignore lint/suspicious/noExplicitAny: one wide row, mapped field by field
  return rows.map((q: any) => ({
    id: q.id,
    kind: q.kind,
    reason: q.reason,
    workdays: q.workdays,
    targetUnit: q.target_unit_id ? { id: q.target_unit_id, name: q.target_name } : null,
    requestedBy: { id: q.requested_by, name: q.requester },
    requestedUnit: { id: q.requested_unit_id, name: q.requester_unit },
    requestedAt: q.requested_at.toISOString(),
    approved: q.approved,
    decidedBy: q.decided_by ? { id: q.decided_by, name: q.decider } : null,
    decidedAt: iso(q.decided_at),
    decisionNote: q.decision_note,
    mayDecide: mine.has(q.id),
    mayWithdraw: q.decided_at === null && q.requested_unit_id === actor.unitId,
  }));
}

interface EventRow {
  id: string;
  at: Date;
  action: string;
  actor_id: string | null;
  actor_name: string | null;
  actor_unit_id: string | null;
  actor_unit_name: string | null;
  from_status: TimelineEvent['fromStatus'];
  to_status: TimelineEvent['toStatus'];
  note: string | null;
  data: Record<string, unknown>;
  files: TimelineEvent['files'] | null;
}

async function readTimeline(sql: Sql, id: string): Promise<TimelineEvent[]> {
  const rows = await sql.query<EventRow>(
    'complaint.timeline',
    `select e.id, e.at, e.action, e.actor_id, p.name as actor_name, e.actor_unit_id, u.name as actor_unit_name, e.from_status, e.to_status, e.note, e.data,
            (select json_agg(json_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size,
                                              'capturedSha256', encode(f.captured_sha256, 'hex')) order by f.id)
               from complaint_file cf join file f on f.id = cf.file_id where cf.event_id = e.id and cf.complaint_id = $1) as files
       from audit_event e left join person p on p.id = e.actor_id left join unit u on u.id = e.actor_unit_id
      where e.object_id = $1 and e.object_type = 'complaint' order by e.at, e.id`,
    [id],
  );
  const names = await namesIn(sql, rows);
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    label: eventLabel(row.action, row.data),
    actor: row.actor_id ? { id: row.actor_id, name: row.actor_name ?? '' } : null,
    actorUnit: row.actor_unit_id ? { id: row.actor_unit_id, name: row.actor_unit_name ?? '' } : null,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    note: row.note,
    facts: eventFacts(row.data, names),
    files: row.files ?? [],
  }));
}

async function namesIn(sql: Sql, rows: readonly EventRow[]): Promise<FactNames> {
  const ids = new Set<string>();
  for (const { data } of rows) {
    for (const value of Object.values(data))
      for (const id of Array.isArray(value) ? value : [value])
        if (typeof id === 'string' && id.length === 36) ids.add(id);
  }
  if (ids.size === 0) return new Map();
  const found = await sql.query<{ id: string; name: string }>(
    'names.by_id',
    'select id, name from unit where id = any($1::uuid[]) union all select id, name from person where id = any($1::uuid[])',
    [[...ids]],
  );
  return new Map(found.map((row) => [row.id, row.name]));
}

const iso = (value: Date | null): string | null => (value === null ? null : value.toISOString());

/** 王小明 → 王**; the family name is enough to address somebody. */
export function maskName(name: string): string {
  return name === '' ? '' : `${[...name][0]}${'*'.repeat(Math.min(2, Math.max(1, [...name].length - 1)))}`;
}

/** 13812345678 → 138****5678; short numbers lose all but the last two digits. */
export function maskPhone(phone: string): string {
  return phone.length >= 11
    ? `${phone.slice(0, 3)}****${phone.slice(-4)}`
    : `${'*'.repeat(Math.max(2, phone.length - 2))}${phone.slice(-2)}`;
}
