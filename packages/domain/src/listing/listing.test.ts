import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Actor, permits, ROLE_NAMES, type Role } from '../access/index.ts';
import { DEFAULT_CALENDAR_DATA, WorkCalendar } from '../workday/index.ts';
import {
  allowedListingActions,
  decideListing,
  LISTING_ACTIONS,
  type ListingAction,
  type ListingCommand,
  type ListingState,
  listingDueAt,
  listingReminders,
  missedReports,
  nextListingCheckAt,
  reportDueAt,
  reportPeriodAt,
} from './index.ts';

const calendar = new WorkCalendar(DEFAULT_CALENDAR_DATA);
const at = (text: string) => Date.parse(`${text}+08:00`);
const START = at('2023-06-05T10:00:00');
const UNITS = ['squadron', 'other', 'supervision', 'bureau'];
const PEOPLE = ['ann', 'bea', 'cai'];
const actor = (personId: string, unitId: string, role: Role): Actor => ({ personId, unitId, townId: null, role });
const someone = fc
  .tuple(
    fc.constantFrom(...PEOPLE),
    fc.constantFrom(...UNITS),
    // Every role, and those that have to do with it more often.
    fc.oneof(
      fc.constantFrom(...ROLE_NAMES),
      fc.constantFrom<Role>('supervisor', 'supervision_chief', 'bureau_leader', 'squadron_leader'),
    ),
  )
  .map(([person, unit, role]) => actor(person, unit, role));
const proposed: ListingState = {
  id: 'l',
  status: 'proposed',
  version: 1,
  source: 'media',
  level: 'bureau',
  ownerUnitId: 'squadron',
  leaderId: 'cai',
  proposedBy: 'ann',
  listedAt: null,
  approvedBy: null,
  workdays: 20,
  reportEvery: 5,
  ledger: [],
  cycle: 1,
  doerIds: [],
  askedAt: null,
  checkedBy: null,
  sentBackCount: 0,
};
const COMMANDS: Record<ListingAction, ListingCommand> = {
  approve: { action: 'approve' },
  refuse: { action: 'refuse', reason: '理由不足' },
  report: { action: 'report', note: '已整治' },
  visit: { action: 'visit', note: '现场查看', fileIds: ['f'] },
  open_rectification: { action: 'open_rectification', type: 'street', problem: '仍有占道', workdays: 5 },
  extend: { action: 'extend', workdays: 5, reason: '等待批复' },
  ask_delisting: { action: 'ask_delisting', result: '已全部清理', fileIds: ['f'] },
  verify: { action: 'verify', passed: true, result: '现场无反弹' },
  delist: { action: 'delist' },
  send_back: { action: 'send_back', reason: '仍有反弹' },
};
const NONE = { openRectifications: 0 };
const step = fc.tuple(someone, fc.constantFrom(...(Object.keys(COMMANDS) as ListingAction[])), fc.boolean(), fc.nat(2));

const chief = actor('ann', 'supervision', 'supervision_chief');
const director = actor('cai', 'bureau', 'bureau_leader');
const owner = actor('bea', 'squadron', 'squadron_leader');
function play(state: ListingState, ...steps: [Actor, ListingCommand, number?][]): ListingState {
  for (const [by, command, now = START] of steps) {
    const result = decideListing(state, command, by, NONE, now);
    if (!result.ok) throw new Error(`${command.action}: ${result.code}`);
    state = result.decision.next;
  }
  return state;
}
const listed = play(proposed, [director, COMMANDS.approve]);

/** Anywhere on its way, with anyone having had a hand in it. */
const asked: ListingState = { ...listed, status: 'delisting', doerIds: ['bea'], askedAt: START };
const start = fc.constantFrom(
  proposed,
  listed,
  asked,
  { ...asked, status: 'checked' as const, checkedBy: 'ann' },
  { ...asked, status: 'checked' as const, checkedBy: 'cai', doerIds: ['bea', 'ann'] },
);

describe('separation of duties', () => {
  test('under every role, post and order of steps nobody approves his own proposal, checks or decides what he owes, or delists what he checked', () => {
    let carriedOut = 0;
    let delisted = 0;
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 60, maxLength: 120 }), (from, steps) => {
        let state = from;
        const asked = new Set(from.doerIds);
        for (const [by, action, passed, openRectifications] of steps) {
          const command = action === 'verify' ? { ...COMMANDS.verify, passed } : COMMANDS[action];
          const result = decideListing(state, command as ListingCommand, by, { openRectifications }, START);
          expect(result.ok).toBe(allowedListingActions(state, by, { openRectifications }).includes(action));
          if (!result.ok) continue;
          carriedOut++;
          expect(permits(by, LISTING_ACTIONS[action].permission)).toBe(true);
          if (action === 'report' || action === 'ask_delisting') {
            expect(by.unitId).toBe('squadron');
            asked.add(by.personId);
          } else {
            expect(by.unitId).not.toBe('squadron');
            expect(asked.has(by.personId)).toBe(false);
          }
          if (action === 'approve' || action === 'refuse') expect(by.personId).not.toBe(proposed.proposedBy);
          if (action === 'delist' || action === 'send_back') expect(by.personId).not.toBe(state.checkedBy);
          if (action === 'delist') {
            expect(state.checkedBy).not.toBeNull();
            expect(openRectifications).toBe(0);
          }
          state = result.decision.next;
          if (state.status === 'delisted') delisted++;
          // Over: the next proposal.
          if (state.status === 'delisted' || state.status === 'refused') {
            state = proposed;
            asked.clear();
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(carriedOut).toBeGreaterThan(1500);
    expect(delisted).toBeGreaterThan(0);
  });
});

describe('life cycle', () => {
  test('refused, the reason is asked for and it is over', () => {
    const bare = decideListing(proposed, { action: 'refuse', reason: ' ' }, director, NONE, START);
    expect(bare).toEqual({ ok: false, code: 'reason_required' });
    const refused = play(proposed, [director, COMMANDS.refuse]);
    expect(refused).toMatchObject({ status: 'refused', listedAt: null });
    for (const by of [chief, director, owner]) expect(allowedListingActions(refused, by, NONE)).toEqual([]);
  });

  test('a check without a stated result, a visit or a request without evidence is not taken', () => {
    const asked = play(listed, [owner, COMMANDS.ask_delisting]);
    const code = (state: ListingState, by: Actor, command: ListingCommand) => {
      const result = decideListing(state, command, by, NONE, START);
      return result.ok ? null : result.code;
    };
    expect(code(asked, chief, { action: 'verify', passed: true, result: '' })).toBe('reason_required');
    expect(code(listed, chief, { action: 'visit', note: '看过', fileIds: [] })).toBe('evidence_required');
    expect(code(listed, owner, { action: 'ask_delisting', result: '好了', fileIds: [] })).toBe('evidence_required');
    expect(code(listed, director, { action: 'extend', workdays: 31, reason: '等待批复' })).toBe('bad_days');
  });

  test('waiting for the check stands still; sent back it goes on with what was left', () => {
    expect(listingDueAt(listed, calendar, START)).toBe(at('2023-07-04T17:00:00'));
    const asked = play(listed, [owner, COMMANDS.ask_delisting, at('2023-06-12T10:00:00')]);
    const back = play(asked, [
      chief,
      { ...COMMANDS.verify, passed: false } as ListingCommand,
      at('2023-06-14T10:00:00'),
    ]);
    expect(back).toMatchObject({ status: 'listed', sentBackCount: 1, cycle: 2, checkedBy: null });
    expect(listingDueAt(back, calendar, at('2023-06-14T10:00:00'))).toBe(at('2023-07-06T17:00:00'));
    const longer = play(back, [director, COMMANDS.extend, at('2023-06-14T11:00:00')]);
    expect(listingDueAt(longer, calendar, at('2023-06-14T11:00:00'))).toBe(at('2023-07-13T17:00:00'));
  });
});

describe('periodic reports', () => {
  test('a report counts for the period in which it is made; periods without one are missed, but not while others are waited for', () => {
    // Listed on Monday 5 June, every five working days: 12, 19, 28 June (the dragon boat festival lies between).
    expect([1, 2, 3].map((period) => reportDueAt(listed, period, calendar))).toEqual([
      at('2023-06-12T17:00:00'),
      at('2023-06-19T17:00:00'),
      at('2023-06-27T17:00:00'),
    ]);
    const now = at('2023-06-28T10:00:00');
    expect(missedReports(listed, new Set([1]), calendar, now).map(({ period }) => period)).toEqual([2, 3]);
    const asked = play(listed, [owner, COMMANDS.ask_delisting, at('2023-06-16T10:00:00')]);
    expect(missedReports(asked, new Set([1]), calendar, now)).toEqual([]);
    const back = play(asked, [
      chief,
      { ...COMMANDS.verify, passed: false } as ListingCommand,
      at('2023-06-20T10:00:00'),
    ]);
    expect(missedReports(back, new Set([1]), calendar, now).map(({ period }) => period)).toEqual([3]);
  });

  test('the period of an instant is the first that ends at or after it, wherever and however long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 * 24 * 60 }), fc.integer({ min: 1, max: 20 }), (minutes, every) => {
        const state = { listedAt: START, reportEvery: every };
        const now = START + minutes * 60_000;
        const period = reportPeriodAt(state, now, calendar);
        expect(reportDueAt(state, period, calendar)).toBeGreaterThanOrEqual(now);
        if (period > 1) expect(reportDueAt(state, period - 1, calendar)).toBeLessThan(now);
      }),
    );
  });

  test('whoever looks again when told to misses no reminder', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40 }), (every, workdays) => {
        const state = { ...listed, reportEvery: every, workdays };
        const end = START + 70 * 86_400_000;
        const told = new Set<string>();
        for (let now: number | null = START; now !== null && now < end; now = nextListingCheckAt(state, calendar, now))
          for (const { reminder, n } of listingReminders(state, new Set(), calendar, now)) told.add(`${reminder} ${n}`);
        const all = listingReminders(state, new Set(), calendar, end - 8 * 86_400_000);
        for (const { reminder, n } of all) expect(told).toContain(`${reminder} ${n}`);
        expect(all.map(({ reminder }) => reminder)).toContain('report');
      }),
    );
  });
});
