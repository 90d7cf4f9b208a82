import type { RoundState } from '@bihuan/domain/complaint';
import type { Point, PointSource } from '@bihuan/domain/geo';
import type pg from 'pg';
import { protectComplainant } from '../../modules/complaint/index.ts';
import type { Keyring } from '../../platform/crypto/index.ts';
import { withinTown } from './boundaries.ts';
import { CopyTable } from './copy.ts';
import { type Random, random } from './random.ts';
import type { DemoOrder } from './simulate.ts';

const date = (at: number | null): Date | null => (at === null ? null : new Date(at));

/** Who in a unit gets its notices; the complaint module's own rule. */
const UNIT_ROLES = ['squadron_clerk', 'squadron_leader', 'partner_liaison'];
const DUTIES = {
  coordination: { code: 'xietiao', roles: ['coordination_clerk', 'coordination_chief'] },
  supervision: { code: 'jiandu', roles: ['supervisor', 'supervision_chief'] },
} as const;

export interface RowContext {
  readonly seed: number;
  readonly keyring: Keyring;
  readonly sourceIds: ReadonlyMap<string, string>;
  readonly unitIds: ReadonlyMap<string, string>;
}

/** Where an order's point came from: most from the dictionary, some from pictures taken on the spot, a few set by hand. */
function pointOf({ incoming, state }: DemoOrder, draw: Random): Point & { by: PointSource } {
  const { place } = incoming.matter;
  const kind = state.round.signedAt === null ? 0 : draw.next();
  if (kind < 0.45) return { lng: place.lng, lat: place.lat, by: 'place' };
  // A road is long; a compound or village is not.
  const spread = place.kind === 'road' ? 0.006 : 0.0016;
  const near = { lng: place.lng + (draw.next() - 0.5) * spread * 2, lat: place.lat + (draw.next() - 0.5) * spread };
  return { ...withinTown(near, place.town), by: kind < 0.92 ? 'captured' : 'pin' };
}

/** Turns orders into rows of all their tables, in the order in which foreign keys want them. */
export class OrderRows {
  readonly #context: RowContext;
  readonly #complaint = new CopyTable(
    'complaint',
    'id, number, source_id, external_no, kind, urgency, category_code, title, content, address, town_id, place_id, lng, lat, point_by, callback_wanted, status, unit_id, officer_id, round, reopen_count, received_at, registered_at, dispatched_at, closed_at, outcome, excluded_at, first_contact_due_at, due_at, paused_at, next_check_at, version',
  );
  readonly #complainant = new CopyTable(
    'complainant',
    'complaint_id, anonymous, name_enc, name_bidx, phone_enc, phone_bidx, content_enc, address_enc',
  );
  readonly #round = new CopyTable(
    'handling_round',
    'complaint_id, round, kind, urgency, category_code, unit_id, town_id, officer_id, started_at, first_contact_due_at, due_at, signed_at, first_contact_at, contact_attempts, submitted_at, submitted_by, concluded_at, result, measures, legal_basis, followed_up_at, follow_up_channel, reached, solved, satisfaction, follow_up_note, reopened, declined_at, excluded_at',
  );
  readonly #clock = new CopyTable(
    'clock_entry',
    'id, complaint_id, round, kind, at, extend_unit, extend_amount, request_id, created_at',
  );
  readonly #request = new CopyTable(
    'complaint_request',
    'id, complaint_id, round, kind, reason, workdays, target_unit_id, requested_by, requested_unit_id, requested_at, decided_by, decided_at, approved, decision_note',
  );
  readonly #joint = new CopyTable('complaint_joint_unit', 'complaint_id, unit_id');
  readonly #event = new CopyTable(
    'audit_event',
    'id, at, actor_id, actor_unit_id, actor_role, action, object_type, object_id, from_status, to_status, note, data',
  );
  readonly #notice = new CopyTable(
    'notice',
    'id, person_id, unit_id, roles, kind, level, title, body, object_type, object_id, created_at',
  );

  constructor(context: RowContext) {
    this.#context = context;
  }

  /** @param running the order's running number, after the day in its official number */
  add(order: DemoOrder, running: number, withNotices: boolean): void {
    const { state, incoming } = order;
    const { place } = incoming.matter;
    const registeredDay = new Date(order.registeredAt + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
    const number = registeredDay + String(running).padStart(7, '0');
    const personal = protectComplainant(this.#context.keyring, state.id, {
      name: incoming.caller?.name ?? null,
      phone: incoming.caller?.phone ?? null,
      content: incoming.content,
      address: incoming.matter.address,
    });
    const point = pointOf(order, random(this.#context.seed, 61, running));
    const byPlatform = order.sourceCode === 'hotline' || order.sourceCode === 'city_operation';
    this.#complaint.add(
      state.id,
      number,
      this.#context.sourceIds.get(order.sourceCode)!,
      byPlatform ? externalNo(incoming.receivedAt, running) : null,
      state.kind,
      state.urgency,
      state.categoryCode,
      incoming.title,
      personal.content,
      personal.address,
      state.townId,
      place.id,
      point.lng,
      point.lat,
      point.by,
      true,
      state.status,
      state.unitId,
      state.officerId,
      state.round.round,
      state.reopenCount,
      new Date(state.receivedAt),
      new Date(order.registeredAt),
      date(state.dispatchedAt),
      date(state.closedAt),
      state.outcome,
      date(state.excludedAt),
      new Date(state.round.firstContactDueAt),
      new Date(state.round.dueAt),
      date(state.pausedAt),
      date(state.nextCheckAt),
      state.version,
    );
    this.#complainant.add(state.id, state.anonymous, ...personal.columns);
    for (const round of [...order.finishedRounds, state.round]) this.#addRound(order, round);
    for (const { id, round, entry, requestId } of order.clockEntries) {
      const budget = entry.kind === 'extend' ? entry.budget : null;
      this.#clock.add(
        id,
        state.id,
        round,
        entry.kind,
        new Date(entry.at),
        budget?.unit ?? null,
        budget?.amount ?? null,
        requestId,
        new Date(entry.at),
      );
    }
    for (const r of order.requests) {
      this.#request.add(
        r.id,
        state.id,
        r.round,
        r.kind,
        r.reason,
        r.workdays,
        r.targetUnitId,
        r.requestedBy,
        r.requestedUnitId,
        new Date(r.requestedAt),
        r.decidedBy,
        date(r.decidedAt),
        r.approved,
        r.decisionNote,
      );
    }
    for (const unitId of state.jointUnitIds) this.#joint.add(state.id, unitId);
    for (const e of order.events) {
      this.#event.add(
        e.id,
        new Date(e.at),
        e.actor?.personId ?? null,
        e.actor?.unitId ?? null,
        e.actor?.role ?? null,
        e.action,
        'complaint',
        state.id,
        e.fromStatus,
        e.toStatus,
        e.note,
        JSON.stringify(e.data),
      );
    }
    if (!withNotices) return;
    for (const { id, at, draft } of order.notices) {
      const to = draft.to;
      const [personId, unitId, roles] =
        'personId' in to
          ? [to.personId, null, null]
          : 'unitId' in to
            ? [null, to.unitId, UNIT_ROLES]
            : [null, this.#context.unitIds.get(DUTIES[to.duty].code)!, [...DUTIES[to.duty].roles]];
      this.#notice.add(
        id,
        personId,
        unitId,
        roles,
        draft.kind,
        draft.level,
        draft.text,
        `${number} ${incoming.title}`,
        'complaint',
        state.id,
        new Date(at),
      );
    }
  }

  #addRound(order: DemoOrder, round: RoundState): void {
    const { state } = order;
    this.#round.add(
      state.id,
      round.round,
      round.kind,
      round.urgency,
      state.categoryCode,
      round.unitId,
      state.townId,
      round.officerId,
      new Date(round.startedAt),
      new Date(round.firstContactDueAt),
      new Date(round.dueAt),
      date(round.signedAt),
      date(round.firstContactAt),
      round.contactAttempts,
      date(round.submittedAt),
      round.submittedBy,
      date(round.concludedAt),
      round.result,
      round.measures,
      round.legalBasis,
      date(round.followedUpAt),
      round.followUpChannel,
      round.reached,
      round.solved,
      round.satisfaction,
      round.followUpNote,
      round.reopened,
      state.status === 'declined' ? date(state.closedAt) : null,
      date(state.excludedAt),
    );
  }

  /** Sends what has been added so far; rows added meanwhile go with the next call. */
  async flush(client: pg.ClientBase): Promise<void> {
    const tables = [
      this.#complaint,
      this.#complainant,
      this.#round,
      this.#clock,
      this.#request,
      this.#joint,
      this.#event,
      this.#notice,
    ];
    for (const send of tables.map((table) => table.take())) await send(client);
  }
}

/** Eighteen digits, as the hotline numbers its orders: too long for a spreadsheet's number. */
export function externalNo(receivedAt: number, running: number): string {
  const time = new Date(receivedAt + 8 * 3_600_000).toISOString().replace(/[-T:]/g, '').slice(2, 12);
  return `${time}${String(running).padStart(8, '0')}`;
}
