import type { NewComplaint } from '@bihuan/contract/complaint';
import { type Kind, type RoundState, type Status, type Urgency, withDeadlines } from '@bihuan/domain/complaint';
import { maskPersonal, normalisePhone } from '@bihuan/domain/intake';
import type { RequestActor } from '../../platform/access/index.ts';
import { AUDIT_COLUMNS, auditValues } from '../../platform/audit/index.ts';
import type { Keyring } from '../../platform/crypto/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid } from '../../platform/errors.ts';
import { OUTBOX_COLUMNS, outboxValues } from '../../platform/outbox/index.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { Dictionary } from './dictionary.query.ts';

/** Order, citizen, first round, audit and outbox in one statement: all or nothing, one trip. */
export const REGISTER_SQL = `
with c as (
  insert into complaint (id, number, source_id, external_no, kind, urgency, category_code, title, content, address, town_id, place_id, lng, lat, callback_wanted,
                         status, received_at, registered_at, first_contact_due_at, due_at, next_check_at)
  values ($1, to_char($15::timestamptz, 'YYYYMMDD') || lpad(nextval('complaint_number_seq')::text, 7, '0'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
          (select lng from place where id = $11), (select lat from place where id = $11), $12, 'received', $13, $15, $16, $17, $18)
  returning id, number),
p as (insert into complainant (complaint_id, anonymous, name_enc, name_bidx, phone_enc, phone_bidx, content_enc, address_enc)
      values ($1, $14, $19, $20, $21, $22, $23, $24)),
r as (insert into handling_round (complaint_id, round, kind, urgency, category_code, town_id, started_at, first_contact_due_at, due_at)
      values ($1, 1, $4, $5, $6, $10, $13, $16, $17)),
g as (insert into category_guess (complaint_id, code, confidence, by_words) select $1, $6, $44::real, $45::boolean where $44 is not null),
o as (insert into outbox (${OUTBOX_COLUMNS}) values ($25,$26,$27,$28,$29,$30::jsonb)),
a as (insert into audit_event (${AUDIT_COLUMNS}) values ($31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41::jsonb,$42,$43))
select number from c`;

/** Personal fields of one order, separated, encrypted and indexed. */
export function protectComplainant(
  keyring: Keyring,
  complaintId: string,
  personal: { name: string | null; phone: string | null; content: string; address: string | null },
): { content: string; address: string | null; columns: (Buffer | null)[] } {
  const content = maskPersonal(personal.content);
  const address = personal.address === null ? null : maskPersonal(personal.address);
  const seal = (field: string, value: string | null) =>
    value === null ? null : keyring.encrypt(value, `complainant.${field}:${complaintId}`);
  const phone = personal.phone === null ? null : normalisePhone(personal.phone).text;
  return {
    content: content.masked,
    address: address?.masked ?? null,
    columns: [
      seal('name', personal.name),
      personal.name === null ? null : keyring.blindIndex(personal.name, 'name'),
      seal('phone', personal.phone),
      phone === null ? null : keyring.blindIndex(phone, 'phone'),
      content.found.length > 0 ? seal('content', personal.content) : null,
      address && address.found.length > 0 ? seal('address', personal.address) : null,
    ],
  };
}

/** The first round's clocks for an order received at an instant. */
export function firstRound(
  deps: Pick<Deps, 'workingTime'>,
  kind: Kind,
  urgency: Urgency,
  receivedAt: number,
  now: number,
) {
  const round: RoundState = {
    round: 1,
    kind,
    urgency,
    unitId: null,
    officerId: null,
    startedAt: receivedAt,
    firstContactDueAt: receivedAt,
    dueAt: receivedAt,
    signedAt: null,
    firstContactAt: null,
    contactAttempts: 0,
    submittedAt: null,
    submittedBy: null,
    concludedAt: null,
    result: null,
    measures: [],
    legalBasis: null,
    followedUpAt: null,
    followUpChannel: null,
    reached: null,
    solved: null,
    satisfaction: null,
    followUpNote: null,
    reopened: false,
  };
  const { calendar, budgetRule } = deps.workingTime;
  const state = withDeadlines(
    {
      id: '',
      version: 1,
      status: 'received',
      kind,
      urgency,
      anonymous: false,
      unitId: null,
      townId: null,
      categoryCode: null,
      officerId: null,
      jointUnitIds: [],
      reopenCount: 0,
      receivedAt,
      dispatchedAt: null,
      closedAt: null,
      outcome: null,
      excludedAt: null,
      pausedAt: null,
      nextCheckAt: null,
      round,
      ledger: [],
      requests: [],
    },
    { now, calendar, budgetRule },
  );
  return { firstContactDueAt: state.round.firstContactDueAt, dueAt: state.round.dueAt, nextCheckAt: state.nextCheckAt };
}

export interface Registered {
  id: string;
  number: string;
  status: Status;
  dueAt: string;
  repeated: boolean;
}

/** Registers one order by hand or from the interface of a platform (`actor` null). */
export async function registerComplaint(
  deps: Deps,
  dictionary: Dictionary,
  actor: RequestActor | null,
  input: NewComplaint,
): Promise<Registered> {
  const now = deps.clock.now();
  const receivedAt = input.receivedAt === undefined ? now : Date.parse(input.receivedAt);
  if (receivedAt > now + 60_000)
    throw invalid('受理时间不能晚于现在', [{ field: '/receivedAt', message: '不能晚于现在' }]);
  if (receivedAt < now - 3 * 365 * 86_400_000)
    throw invalid('受理时间早于三年前，请核对', [{ field: '/receivedAt', message: '早于三年前，请核对' }]);
  const id = uuidv7(now);
  const kind = input.kind ?? 'ordinary';
  const urgency = input.urgency ?? 'normal';
  const address = input.address?.trim() || null;
  const anonymous = input.anonymous ?? !(input.complainantName || input.complainantPhone);
  const [unit, category] = await Promise.all([
    dictionary.suggestUnit({ address, content: input.content }),
    input.categoryCode ? null : dictionary.load().then(({ categories }) => categories.sure(input.title, input.content)),
  ]);
  const protectedFields = protectComplainant(deps.keyring, id, {
    name: input.complainantName?.trim() || null,
    phone: input.complainantPhone?.trim() || null,
    content: input.content,
    address,
  });
  // The town follows from the address; the category waits for a person, its suggestion is shown with the order.
  const townId = input.townId ?? unit?.townId ?? null;
  // A place in another town than the one named is another place of the same name.
  const placeId = unit && unit.townId === townId ? unit.placeId : null;
  // Only when it is sure, and marked until a person has confirmed it.
  const categoryCode = input.categoryCode ?? category?.code ?? null;
  const clock = firstRound(deps, kind, urgency, receivedAt, now);
  try {
    const [row] = await deps.db.query<{ number: string }>('complaint.register', REGISTER_SQL, [
      id,
      input.sourceId,
      input.externalNo?.trim() || null,
      kind,
      urgency,
      categoryCode,
      maskPersonal(input.title.trim()).masked,
      protectedFields.content,
      protectedFields.address,
      townId,
      placeId,
      input.callbackWanted ?? true,
      new Date(receivedAt),
      anonymous,
      new Date(now),
      new Date(clock.firstContactDueAt),
      new Date(clock.dueAt),
      clock.nextCheckAt === null ? null : new Date(clock.nextCheckAt),
      ...protectedFields.columns,
      ...outboxValues({
        topic: 'complaint.registered',
        objectId: id,
        townId,
        data: { status: 'received', version: 1 },
      }),
      ...auditValues({
        at: now,
        actor,
        action: 'complaint.register',
        objectType: 'complaint',
        objectId: id,
        toStatus: 'received',
        data: { sourceId: input.sourceId, kind, urgency },
        commandId: input.commandId,
      }),
      category?.confidence ?? null,
      category?.byWords ?? null,
    ]);
    deps.live.wake();
    return { id, number: row!.number, status: 'received', dueAt: new Date(clock.dueAt).toISOString(), repeated: false };
  } catch (error) {
    const constraint = (error as { constraint?: string }).constraint;
    if (constraint === 'audit_event_command') return repeatedRegistration(deps.db, input.commandId);
    if (constraint === 'complaint_source_id_external_no_key')
      throw conflict('external_no_taken', '该来源已有同一编号的诉件', { field: '/externalNo' });
    if (constraint === 'complaint_source_id_fkey')
      throw invalid('诉件来源不存在', [{ field: '/sourceId', message: '请重新选择来源' }]);
    if (constraint === 'complaint_category_code_fkey')
      throw invalid('类别不存在', [{ field: '/categoryCode', message: '请重新选择类别' }]);
    if (constraint === 'complaint_town_id_fkey')
      throw invalid('街镇不存在', [{ field: '/townId', message: '请重新选择街镇' }]);
    throw error;
  }
}

async function repeatedRegistration(sql: Sql, commandId: string): Promise<Registered> {
  const [row] = await sql.query<{ id: string; number: string; status: Status; due_at: Date }>(
    'complaint.by_command',
    `select c.id, c.number, c.status, c.due_at from audit_event e join complaint c on c.id = e.object_id
      where e.command_id = $1 and e.action = 'complaint.register'`,
    [commandId],
  );
  if (!row) throw conflict('command_id_used', '该操作编号已用于其他操作');
  return { id: row.id, number: row.number, status: row.status, dueAt: row.due_at.toISOString(), repeated: true };
}
