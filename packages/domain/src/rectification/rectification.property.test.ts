import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, permits, ROLE_NAMES, type Role } from '../access/index.ts';
import { DEFAULT_CALENDAR_DATA, deriveClock, WorkCalendar } from '../workday/index.ts';
import {
  allowedRectificationActions,
  decideRectification,
  nextReminderAt,
  RECTIFICATION_ACTIONS,
  type RectificationAction,
  type RectificationCommand,
  type RectificationState,
  rectificationClock,
  rectificationDueAt,
  reminderInstants,
} from './index.ts';

const calendar = new WorkCalendar(DEFAULT_CALENDAR_DATA);
const START = Date.parse('2023-06-05T10:00:00+08:00');
const HOUR = 3_600_000;
const UNITS = ['owing', 'supervision', 'coordination', 'bureau'];

const begun = (changes: Partial<RectificationState> = {}): RectificationState => ({
  id: 'r',
  status: 'open',
  version: 1,
  source: 'inspection',
  ownerUnitId: 'owing',
  ownerPersonId: null,
  issuedBy: 'p0',
  issuedUnitId: 'supervision',
  issuedAt: START,
  workdays: 5,
  ledger: [],
  cycle: 1,
  cause: null,
  measure: null,
  result: null,
  lastingRule: null,
  isRecurrence: false,
  doerIds: [],
  submittedAt: null,
  submittedBy: null,
  verifiedBy: null,
  sentBackCount: 0,
  objectedBy: null,
  objectionDecidedBy: null,
  appealed: false,
  extension: null,
  extensionsGranted: 0,
  ...changes,
});
const WORDS = '写明情况';
const commandOf = (action: RectificationAction, yes: boolean): RectificationCommand => {
  switch (action) {
    case 'assign':
      return { action, personId: 'p3' };
    case 'plan':
      return { action, cause: WORDS, measure: WORDS };
    case 'submit':
      return { action, result: WORDS, lastingRule: WORDS, fileIds: ['f'] };
    case 'report':
    case 'urge':
      return { action, note: WORDS };
    case 'decide_objection':
    case 'decide_appeal':
      return { action, upheld: yes, reason: WORDS };
    case 'request_extension':
      return { action, workdays: 3, reason: WORDS };
    case 'decide_extension':
      return { action, granted: yes, reason: WORDS };
    case 'verify':
      return { action, passed: yes, note: WORDS };
    case 'sign_off':
      return { action };
    default:
      return { action, reason: WORDS };
  }
};
const ACTIONS = Object.keys(RECTIFICATION_ACTIONS) as RectificationAction[];
const POSTS = [
  ['owing', 'squadron_leader'],
  ['supervision', 'supervisor'],
  ['supervision', 'supervision_chief'],
  ['bureau', 'bureau_leader'],
] as const satisfies readonly (readonly [string, Role])[];
/** Six people, each in any role of any unit at any time, so that one person has several posts; mostly the usual ones. */
const anyActor = fc
  .tuple(
    fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4', 'p5'),
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom<readonly [string, Role]>(...POSTS) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...UNITS), fc.constantFrom(...ROLE_NAMES)) },
    ),
  )
  .map(([personId, [unitId, role]]): Actor => ({ personId, unitId, townId: null, role }));
const anySteps = fc.array(fc.tuple(anyActor, fc.nat(), fc.boolean(), fc.integer({ min: 0, max: 40 })), {
  minLength: 15,
  maxLength: 60,
  size: 'max',
});

describe('the way of a rectification', () => {
  it('whoever tries whatever in whatever posts: nobody checks, judges or closes what he owes or did; checker and closer are two', () => {
    const seen = { closed: 0, sentBack: 0, upheld: 0, appealed: 0 };
    fc.assert(
      fc.property(anySteps, fc.boolean(), (steps, isRecurrence) => {
        let state = begun({ isRecurrence });
        let now = START;
        const hands = new Set<string>();
        for (const [actor, n, yes, hours] of steps) {
          now += hours * HOUR;
          const allowed = allowedRectificationActions(state, actor);
          const action = n % 4 > 0 && allowed.length > 0 ? allowed[n % allowed.length]! : ACTIONS[n % ACTIONS.length]!;
          const result = decideRectification(state, commandOf(action, yes), actor, now);
          // What is offered can be done, what is not offered cannot.
          expect(result.ok).toBe(allowed.includes(action));
          if (!result.ok) continue;
          const { next } = result.decision;
          expect(permits(actor, RECTIFICATION_ACTIONS[action].permission)).toBe(true);
          expect(next.version).toBe(state.version + 1);
          if (['plan', 'report', 'submit'].includes(action)) hands.add(actor.personId);
          if (
            [
              'verify',
              'sign_off',
              'send_back',
              'decide_objection',
              'decide_appeal',
              'decide_extension',
              'cancel',
            ].includes(action)
          ) {
            expect(actor.unitId).not.toBe(state.ownerUnitId);
            expect(actor.personId).not.toBe(state.ownerPersonId);
            expect(hands.has(actor.personId)).toBe(false);
          }
          if (action === 'sign_off') expect(actor.personId).not.toBe(state.verifiedBy);
          if (action === 'decide_objection') expect(actor.personId).not.toBe(state.issuedBy);
          if (action === 'decide_appeal')
            expect([state.issuedBy, state.objectionDecidedBy]).not.toContain(actor.personId);
          if (next.status === 'closed') {
            seen.closed += 1;
            expect(state.status).toBe('verified');
            expect([next.cause, next.measure, next.result]).not.toContain(null);
            if (isRecurrence) expect(next.lastingRule).not.toBeNull();
          }
          if (next.sentBackCount > state.sentBackCount) seen.sentBack += 1;
          if (next.status === 'cancelled') seen.upheld += 1;
          if (next.status === 'appealed') seen.appealed += 1;
          state = next;
          // The ledger of the clock is always one that can be read, and only grows.
          expect(() => deriveClock(rectificationClock(state), calendar, now)).not.toThrow();
        }
      }),
      { numRuns: 800, seed: 11 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });

  it('the clock stands still while others decide: the time left is the same before and after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 400 }), (used, waited) => {
        const owner: Actor = { personId: 'p1', unitId: 'owing', townId: null, role: 'squadron_leader' };
        const judge: Actor = { personId: 'p4', unitId: 'supervision', townId: null, role: 'supervision_chief' };
        const at = START + used * HOUR;
        const left = (state: RectificationState, now: number) =>
          deriveClock(rectificationClock(state), calendar, now).remainingMinutes;
        const before = begun();
        const objected = decideRectification(before, commandOf('object', true), owner, at);
        if (!objected.ok) throw new Error(objected.code);
        const later = at + waited * HOUR;
        const back = decideRectification(objected.decision.next, commandOf('decide_objection', false), judge, later);
        if (!back.ok) throw new Error(back.code);
        expect(left(back.decision.next, later)).toBe(left(before, at));
      }),
    );
  });

  it('reminders come in order, none before its time, and there is always a next one until the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 2000 }), (workdays, hours) => {
        const state = begun({ workdays });
        const now = START + hours * HOUR;
        const all = reminderInstants(state, calendar, now);
        expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => a - b));
        expect(all[1]!.at).toBe(rectificationDueAt(state, calendar, now));
        const next = nextReminderAt(state, calendar, now);
        expect(next).toBe(all.find(({ at }) => at > now)?.at ?? null);
      }),
    );
  });

  it.each([
    ['verify', 'own_work', { personId: 'p9', unitId: 'owing', townId: null, role: 'supervisor' }],
    ['verify', 'own_work', { personId: 'p1', unitId: 'supervision', townId: null, role: 'supervisor' }],
    ['sign_off', 'own_check', { personId: 'p2', unitId: 'supervision', townId: null, role: 'supervision_chief' }],
    ['sign_off', 'not_permitted', { personId: 'p5', unitId: 'supervision', townId: null, role: 'supervisor' }],
  ] as const)('%s by the wrong one is refused: %s', (action, code, actor) => {
    const state = begun({
      status: action === 'verify' ? 'submitted' : 'verified',
      doerIds: ['p1'],
      verifiedBy: action === 'verify' ? null : 'p2',
    });
    expect(decideRectification(state, commandOf(action, true), actor, START)).toEqual({ ok: false, code });
  });
});
