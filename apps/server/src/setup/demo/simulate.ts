import {
  type BudgetRule,
  type Command,
  type ComplaintState,
  decide,
  type NoticeDraft,
  type PendingRequest,
  REFUSALS,
  type RequestKind,
  type RoundState,
  type Satisfaction,
  withDeadlines,
} from '@bihuan/domain/complaint';
import type { LedgerEntry, WorkCalendar } from '@bihuan/domain/workday';
import type { IncomingOrder } from './matters.ts';
import type { DemoActor, DemoOrganisation, DemoSquadron, Staff } from './organisation.ts';
import { drawnUuid, type Random } from './random.ts';
import {
  CONTACT_NOTES,
  DECLINE_REASONS,
  FOLLOW_UP_NOTES,
  REQUEST_REASONS,
  UNREACHED_NOTES,
  VISIT_NOTES,
} from './subjects.ts';

export interface DemoEvent {
  readonly id: string;
  readonly at: number;
  readonly actor: DemoActor | null;
  readonly action: string;
  readonly fromStatus: string | null;
  readonly toStatus: string;
  readonly note: string | null;
  readonly data: Record<string, unknown>;
}

export interface DemoRequest extends PendingRequest {
  readonly round: number;
  readonly requestedAt: number;
  decidedBy: string | null;
  decidedAt: number | null;
  approved: boolean | null;
  decisionNote: string | null;
}

/** The rows an order leaves behind. */
export interface DemoOrder {
  readonly incoming: IncomingOrder;
  readonly sourceCode: string;
  readonly registeredAt: number;
  readonly state: ComplaintState;
  readonly finishedRounds: readonly RoundState[];
  readonly events: readonly DemoEvent[];
  readonly clockEntries: readonly {
    readonly id: string;
    readonly round: number;
    readonly entry: LedgerEntry;
    readonly requestId: string | null;
  }[];
  readonly requests: readonly DemoRequest[];
  readonly notices: readonly { readonly id: string; readonly at: number; readonly draft: NoticeDraft }[];
}

export interface SimulationContext {
  readonly organisation: DemoOrganisation;
  readonly staff: Staff;
  readonly calendar: WorkCalendar;
  readonly budgetRule: BudgetRule;
  readonly sourceIds: ReadonlyMap<string, string>;
  /** Nothing happens after this instant. */
  readonly until: number;
}

const SOURCES = [
  ['hotline', 880],
  ['city_operation', 60],
  ['walk_in', 20],
  ['petition', 15],
  ['inspection', 10],
  ['letter', 5],
  ['media', 5],
  ['superior', 5],
] as const;

const CUTOFF = Symbol('cutoff');

/** Lets one order live through the real state machine until it is closed or the time is up. */
export function simulate(context: SimulationContext, incoming: IncomingOrder, draw: Random): DemoOrder {
  const life = new Life(context, incoming, draw);
  try {
    life.run();
  } catch (error) {
    if (error !== CUTOFF) throw error;
  }
  return life.order();
}

class Life {
  readonly #context: SimulationContext;
  readonly #incoming: IncomingOrder;
  readonly #draw: Random;
  readonly #sourceCode: string;
  readonly #registeredAt: number;
  readonly #events: DemoEvent[] = [];
  readonly #rounds: RoundState[] = [];
  readonly #clock: { id: string; round: number; entry: LedgerEntry; requestId: string | null }[] = [];
  readonly #requests: DemoRequest[] = [];
  readonly #notices: { id: string; at: number; draft: NoticeDraft }[] = [];
  #state: ComplaintState;
  #at: number;

  constructor(context: SimulationContext, incoming: IncomingOrder, draw: Random) {
    this.#context = context;
    this.#incoming = incoming;
    this.#draw = draw;
    this.#sourceCode = SOURCES[draw.weighted(SOURCES.map(([, weight]) => weight))]![0];
    const byMachine = this.#sourceCode === 'hotline' || this.#sourceCode === 'city_operation';
    const delay = draw.between(1, 25);
    const due = byMachine
      ? incoming.receivedAt + delay * 60_000
      : this.#context.calendar.addWorkingMinutes(incoming.receivedAt, delay);
    this.#registeredAt = Math.min(due, context.until);
    this.#at = this.#registeredAt;
    this.#state = this.#initial();
    this.#events.push({
      id: drawnUuid(draw, this.#at),
      at: this.#at,
      actor: byMachine ? null : context.staff.some(draw, 'coordination_clerk', this.#at),
      action: 'complaint.register',
      fromStatus: null,
      toStatus: 'received',
      note: null,
      data: { sourceId: context.sourceIds.get(this.#sourceCode), kind: incoming.kind, urgency: incoming.urgency },
    });
  }

  order(): DemoOrder {
    return {
      incoming: this.#incoming,
      sourceCode: this.#sourceCode,
      registeredAt: this.#registeredAt,
      state: this.#state,
      finishedRounds: this.#rounds,
      events: this.#events,
      clockEntries: this.#clock,
      requests: this.#requests,
      notices: this.#notices,
    };
  }

  run(): void {
    if (!this.#intake()) return;
    for (;;) {
      if (this.#state.status !== 'following_up') this.#handle();
      this.#maybeExclude(0.004);
      this.#followUp();
      if (this.#state.status === 'closed') break;
    }
    if (this.#state.outcome === 'unsolved') this.#maybeExclude(0.08);
  }

  #initial(): ComplaintState {
    const { incoming, calendar, budgetRule } = { incoming: this.#incoming, ...this.#context };
    const { place, subject } = incoming.matter;
    const round: RoundState = {
      round: 1,
      kind: incoming.kind,
      urgency: incoming.urgency,
      unitId: null,
      officerId: null,
      startedAt: incoming.receivedAt,
      firstContactDueAt: incoming.receivedAt,
      dueAt: incoming.receivedAt,
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
    const state: ComplaintState = {
      id: drawnUuid(this.#draw, this.#registeredAt),
      version: 1,
      status: 'received',
      kind: incoming.kind,
      urgency: incoming.urgency,
      anonymous: incoming.caller === null,
      unitId: null,
      townId: this.#context.organisation.towns[place.town]!.id,
      categoryCode: subject.category,
      officerId: null,
      jointUnitIds: [],
      reopenCount: 0,
      receivedAt: incoming.receivedAt,
      dispatchedAt: null,
      closedAt: null,
      outcome: null,
      excludedAt: null,
      pausedAt: null,
      nextCheckAt: null,
      round,
      ledger: [],
      requests: [],
    };
    return withDeadlines(state, { now: this.#registeredAt, calendar, budgetRule });
  }

  /** @returns whether there is anything left to handle */
  #intake(): boolean {
    const draw = this.#draw;
    const clerk = this.#coordinator(this.#after(draw.long(22, 0.8)));
    if (draw.chance(0.015)) {
      this.#do(this.#after(draw.long(60, 0.6)), clerk, { action: 'decline', reason: draw.pick(DECLINE_REASONS) });
      return false;
    }
    if (draw.chance(0.75)) this.#do(this.#after(draw.long(15, 0.6)), clerk, { action: 'accept' });
    if (this.#state.kind === 'enquiry' && draw.chance(0.6)) {
      this.#do(this.#after(draw.long(110, 0.5)), clerk, { action: 'answer', result: this.#finding().text });
      return true;
    }
    const right = this.#squadron();
    const wrong = draw.chance(0.025) && right.town !== null;
    const unit = wrong
      ? draw.pick(this.#context.organisation.squadrons.filter((s) => s !== right && s.town !== null)).unit
      : right.unit;
    this.#do(this.#after(draw.long(20, 0.7)), clerk, {
      action: 'dispatch',
      unitId: unit.id,
      jointUnitIds: this.#partners(),
    });
    if (wrong) this.#correctDispatch(right.unit.id);
    return true;
  }

  /** Sent to the wrong squadron: it gives the order back or hands it on, and coordination agrees. */
  #correctDispatch(rightId: string): void {
    const draw = this.#draw;
    const kind: RequestKind = draw.chance(0.5) ? 'return' : 'transfer';
    this.#sign();
    this.#request(kind, kind === 'transfer' ? { targetUnitId: rightId } : {});
    this.#decide(kind, true, '情况属实，同意');
    if (kind === 'return')
      this.#do(this.#after(draw.long(30, 0.6)), this.#coordinator(), { action: 'dispatch', unitId: rightId });
  }

  #handle(): void {
    const draw = this.#draw;
    if (this.#state.status === 'dispatched') this.#sign();
    const { quality } = this.#responsible();
    if (this.#state.officerId === null || draw.chance(0.25)) this.#assign();
    this.#contact(quality.contact);
    for (let n = draw.between(1, 2); n > 0; n--) {
      const { measures } = this.#finding();
      this.#do(this.#after(draw.long(100, 0.7)), this.#officer(), {
        action: 'visit',
        note: draw.pick(VISIT_NOTES),
        measures: measures.slice(0, 1),
      });
    }
    this.#ask();
    this.#conclude(quality.onTime);
  }

  #sign(): void {
    const slow = this.#responsible().quality.onTime < 0.85 ? 90 : 35;
    this.#do(this.#after(this.#draw.long(slow, 0.7)), this.#clerk(), { action: 'sign' });
  }

  #assign(): void {
    const at = this.#after(this.#draw.long(25, 0.7));
    const officer = this.#context.staff.some(this.#draw, 'officer', at, this.#unitId());
    this.#do(at, this.#clerk(), { action: 'assign', officerId: officer.personId });
  }

  #contact(chance: number): void {
    const draw = this.#draw;
    if (this.#state.anonymous) return;
    const due = this.#state.round.firstContactDueAt;
    const at = draw.chance(chance)
      ? this.#within(due, 0.05 + 0.8 * draw.next())
      : this.#context.calendar.addWorkingMinutes(Math.max(due, this.#at), draw.long(150, 0.8));
    const attempts = draw.chance(0.12) ? draw.between(1, 3) : 0;
    for (let n = 0; n < attempts; n++) {
      this.#do(n === 0 ? at : this.#after(draw.long(60, 0.5)), this.#officer(), {
        action: 'contact',
        outcome: 'unreached',
        note: draw.pick(UNREACHED_NOTES),
      });
    }
    if (attempts === 3) return;
    const refused = draw.chance(0.01);
    this.#do(attempts === 0 ? at : this.#after(draw.long(60, 0.5)), this.#officer(), {
      action: 'contact',
      outcome: refused ? 'refused' : 'reached',
      note: refused ? '诉求人不愿沟通，要求直接处理' : draw.pick(CONTACT_NOTES),
    });
  }

  /** Time asked for where the matter is hard. */
  #ask(): void {
    const draw = this.#draw;
    const hard = 1.5 - this.#incoming.matter.subject.ease;
    if (this.#state.round.kind === 'ordinary' && draw.chance(0.06 * hard)) {
      this.#request('complex');
      this.#decide('complex', draw.chance(0.7));
    }
    if (this.#incoming.matter.subject.category === 'house.bearing_wall' ? draw.chance(0.16) : draw.chance(0.02)) {
      this.#request('pause');
      if (this.#decide('pause', draw.chance(0.85)) && draw.chance(0.9)) {
        this.#do(this.#after(draw.long(900, 0.5)), this.#officer(), { action: 'resume', note: '条件具备，恢复办理' });
      }
    }
    if (this.#state.round.kind !== 'enquiry' && draw.chance(0.07 * hard)) {
      this.#request('extend', { workdays: draw.between(2, 7) });
      this.#decide('extend', draw.chance(0.75));
    }
  }

  #conclude(chance: number): void {
    const draw = this.#draw;
    const due = this.#state.round.dueAt;
    const inTime = draw.chance(chance) && due > this.#at;
    if (inTime) this.#at = this.#within(due, 0.1 + 0.68 * draw.next() ** 0.8);
    else {
      const late = this.#context.calendar.addWorkingMinutes(Math.max(due, this.#at), draw.long(620, 0.9));
      if (due > this.#at && draw.chance(0.6)) {
        this.#do(this.#context.calendar.addWorkingMinutes(due, draw.long(50, 0.5)), this.#coordinator(), {
          action: 'urge',
          note: '该件已超办理时限，请抓紧办结并说明原因',
        });
      }
      this.#at = Math.max(late, this.#at);
    }
    this.#submit();
    if (draw.chance(0.05)) {
      const at = this.#after(draw.long(60, 0.5));
      this.#do(at, this.#leader(at), {
        action: 'send_back',
        reason: draw.pick(['处置结果描述不清，请补充整改情况', '缺少现场照片，请补充', '未写明与诉求人沟通情况']),
      });
      this.#at = this.#after(draw.long(120, 0.5));
      this.#submit();
    }
    const at = inTime ? this.#within(due, 0.15 + 0.4 * draw.next()) : this.#after(draw.long(45, 0.6));
    this.#do(at, this.#leader(at), { action: 'conclude' });
  }

  #submit(): void {
    const { text, measures, law } = this.#finding();
    this.#do(this.#at + this.#draw.between(1, 40) * 1000, this.#officer(), {
      action: 'submit',
      result: `${text}${this.#draw.chance(0.6) ? '已将处理情况告知诉求人。' : ''}`,
      measures,
      ...(law ? { legalBasis: law } : {}),
    });
  }

  #followUp(): void {
    const draw = this.#draw;
    const { round, reopenCount } = this.#state;
    const at = this.#after(draw.long(560, 0.6));
    const clerk = this.#coordinator(at);
    if (this.#state.anonymous || draw.chance(0.08)) {
      this.#do(at, clerk, {
        action: 'follow_up',
        channel: 'phone',
        reached: false,
        note: this.#state.anonymous ? '匿名诉求，无法回访' : draw.pick(FOLLOW_UP_NOTES.none),
      });
      return;
    }
    const late = round.concludedAt !== null && round.concludedAt > round.dueAt;
    const rate = this.#unit() === null ? 0.92 : this.#responsible().quality.solved;
    const solved = draw.chance(
      Math.min(
        0.96,
        rate * (0.55 + 0.5 * this.#incoming.matter.subject.ease) * (late ? 0.86 : 1) * (reopenCount > 0 ? 1.06 : 1),
      ),
    );
    const satisfaction = (['satisfied', 'fairly', 'neutral', 'dissatisfied'] as const)[
      draw.weighted(solved ? [62, 27, 9, 2] : [0, 2, 24, 74])
    ] as Satisfaction;
    const unhappy = !solved || satisfaction === 'dissatisfied';
    const final = unhappy && reopenCount > 0 && (reopenCount >= 2 || draw.chance(0.4));
    const notes = unhappy
      ? FOLLOW_UP_NOTES.bad
      : satisfaction === 'satisfied'
        ? FOLLOW_UP_NOTES.good
        : FOLLOW_UP_NOTES.fair;
    this.#do(at, clerk, {
      action: 'follow_up',
      channel: draw.chance(0.8) ? 'phone' : draw.chance(0.7) ? 'hotline' : 'visit',
      reached: true,
      solved,
      satisfaction,
      note: draw.pick<string>(notes),
      ...(final ? { final } : {}),
    });
    // An order answered without a squadron and reopened has to find one now.
    if (this.#state.status === 'accepted') {
      this.#do(this.#after(draw.long(40, 0.6)), clerk, { action: 'dispatch', unitId: this.#squadron().unit.id });
    }
  }

  #maybeExclude(chance: number): void {
    if (this.#unit() === null || this.#state.excludedAt !== null || !this.#draw.chance(chance)) return;
    this.#request('exclude');
    this.#decide('exclude', this.#draw.chance(0.6));
  }

  #request(kind: RequestKind, extra: { workdays?: number; targetUnitId?: string } = {}): void {
    const at = this.#after(this.#draw.long(70, 0.7));
    this.#do(at, this.#clerk(), {
      action: 'request',
      requestId: drawnUuid(this.#draw, at),
      kind,
      reason: this.#draw.pick<string>(REQUEST_REASONS[kind]),
      ...extra,
    });
  }

  #decide(kind: RequestKind, approve: boolean, note = approve ? '同意' : '理由不充分，请抓紧办理'): boolean {
    const at = this.#after(this.#draw.long(260, 0.7));
    const { staff } = this.#context;
    const actor =
      kind === 'exclude' ? staff.some(this.#draw, 'supervisor', at) : staff.some(this.#draw, 'coordination_chief', at);
    const request = this.#state.requests.find((open) => open.kind === kind)!;
    this.#do(at, actor, { action: 'decide', requestId: request.id, approve, note });
    return approve;
  }

  #do(wanted: number, actor: DemoActor, command: Command): void {
    const at = Math.max(wanted, this.#at + 20_000);
    if (at > this.#context.until) throw CUTOFF;
    const { calendar, budgetRule } = this.#context;
    const before = this.#state;
    const result = decide(before, command, actor, { now: at, calendar, budgetRule });
    if (!result.ok) throw new Error(`${command.action} in ${before.status}: ${REFUSALS[result.code]}`);
    const { decision } = result;
    this.#at = at;
    this.#state = decision.next;
    this.#events.push({
      id: drawnUuid(this.#draw, at),
      at,
      actor,
      action: `complaint.${command.action}`,
      fromStatus: before.status,
      toStatus: decision.next.status,
      note: decision.event.note,
      data: decision.event.data,
    });
    for (const draft of decision.notices) this.#notices.push({ id: drawnUuid(this.#draw, at), at, draft });
    for (const { requestId, ...entry } of decision.ledgerEntries) {
      this.#clock.push({
        id: drawnUuid(this.#draw, at),
        round: before.round.round,
        entry,
        requestId: requestId ?? null,
      });
    }
    if (decision.finishedRound) this.#rounds.push(decision.finishedRound);
    if (decision.newRequest) {
      this.#requests.push({
        ...decision.newRequest,
        round: before.round.round,
        requestedAt: at,
        decidedBy: null,
        decidedAt: null,
        approved: null,
        decisionNote: null,
      });
    }
    const decided = decision.decidedRequest;
    const row = decided && this.#requests.find(({ id }) => id === decided.id);
    if (row)
      Object.assign(row, {
        decidedBy: actor.personId,
        decidedAt: at,
        approved: decided.approved,
        decisionNote: decided.note,
      });
  }

  #after(workingMinutes: number): number {
    return this.#context.calendar.addWorkingMinutes(this.#at, workingMinutes);
  }

  /** The instant that uses up a part of the working time left until `due`; soon, where nothing is left. */
  #within(due: number, part: number): number {
    const { calendar } = this.#context;
    const from = calendar.positionOf(this.#at);
    const left = calendar.positionOf(due) - from;
    return left > 0 ? calendar.instantAt(Math.round(from + left * part)) : this.#after(this.#draw.long(20, 0.4));
  }

  #unit(): string | null {
    return this.#state.unitId;
  }

  #unitId(): string {
    return this.#state.unitId as string;
  }

  #responsible(): DemoSquadron {
    return this.#context.organisation.squadrons.find(({ unit }) => unit.id === this.#state.unitId)!;
  }

  /** Who should have it: the town's squadron, or a mobile one for part of the muck lorries. */
  #squadron(): DemoSquadron {
    const { squadrons } = this.#context.organisation;
    const { place, subject } = this.#incoming.matter;
    const mobileOnes = squadrons.filter(({ town }) => town === null);
    if (subject.category === 'muck.truck' && this.#draw.chance(0.35)) return this.#draw.pick(mobileOnes);
    return squadrons[place.town]!;
  }

  #partners(): string[] {
    const { category } = this.#incoming.matter.subject;
    const code = category.startsWith('house.')
      ? 'fangguan'
      : category.startsWith('muck.') || category.startsWith('street.')
        ? 'lvrong'
        : 'chengyun';
    if (!this.#draw.chance(category === 'house.group_rent' || category === 'house.bearing_wall' ? 0.2 : 0.03))
      return [];
    return this.#context.organisation.units.filter((unit) => unit.code === code).map(({ id }) => id);
  }

  #coordinator(at = this.#at): DemoActor {
    return this.#context.staff.some(this.#draw, 'coordination_clerk', at);
  }

  #clerk(): DemoActor {
    return this.#context.staff.some(this.#draw, 'squadron_clerk', this.#at, this.#unitId());
  }

  #leader(at: number): DemoActor {
    return this.#context.staff.some(this.#draw, 'squadron_leader', at, this.#unitId());
  }

  /** The officer in charge; whoever has moved to another squadron is replaced first. */
  #officer(): DemoActor {
    const { staff } = this.#context;
    const officer = staff.byId(this.#state.officerId as string, this.#unitId(), 'officer', this.#at);
    if (officer) return officer;
    this.#assign();
    return this.#officer();
  }

  #finding() {
    return this.#draw.pick(this.#incoming.matter.subject.findings);
  }
}
