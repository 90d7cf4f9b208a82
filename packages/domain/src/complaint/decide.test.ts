import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, ROLE_NAMES, type Role } from '../access/index.ts';
import { type Budget, DEFAULT_CALENDAR_DATA, WorkCalendar } from '../workday/index.ts';
import {
  ACTION_NAMES,
  allowedActions,
  type Command,
  type ComplaintState,
  type DecisionContext,
  decidableRequests,
  decide,
  passedMarks,
  REQUEST_RULES,
  roundClocks,
  STATUSES,
  withDeadlines,
} from './index.ts';

const at = (text: string): number => Date.parse(`${text}+08:00`);
const calendar = new WorkCalendar(DEFAULT_CALENDAR_DATA);
const days = (amount: number): Budget => ({ unit: 'workday', amount });
const HANDLING = { enquiry: days(1), ordinary: days(5), complex: days(15), rehandle: days(3) };
const context = (now: number): DecisionContext => ({
  now,
  calendar,
  budgetRule: (purpose, kind) => (purpose === 'first_contact' ? days(1) : HANDLING[kind]),
});

const RECEIVED = at('2023-06-05T10:00:00');
const people = {
  clerk: { personId: 'p-clerk', unitId: 'coordination', townId: null, role: 'coordination_clerk' },
  chief: { personId: 'p-chief', unitId: 'coordination', townId: null, role: 'coordination_chief' },
  supervisor: { personId: 'p-supervisor', unitId: 'supervision', townId: null, role: 'supervisor' },
  inner: { personId: 'p-inner', unitId: 'squadron', townId: 'town', role: 'squadron_clerk' },
  leader: { personId: 'p-leader', unitId: 'squadron', townId: 'town', role: 'squadron_leader' },
  officer: { personId: 'p-officer', unitId: 'squadron', townId: 'town', role: 'officer' },
  otherLeader: { personId: 'p-other', unitId: 'other', townId: 'town2', role: 'squadron_leader' },
} as const satisfies Record<string, Actor>;

function received(overrides: Partial<ComplaintState> = {}): ComplaintState {
  return withDeadlines(
    {
      id: 'c',
      version: 1,
      status: 'received',
      kind: 'ordinary',
      urgency: 'normal',
      anonymous: false,
      unitId: null,
      townId: 'town',
      categoryCode: null,
      officerId: null,
      jointUnitIds: [],
      reopenCount: 0,
      receivedAt: RECEIVED,
      dispatchedAt: null,
      closedAt: null,
      outcome: null,
      excludedAt: null,
      pausedAt: null,
      nextCheckAt: null,
      round: {
        round: 1,
        kind: 'ordinary',
        urgency: 'normal',
        unitId: null,
        officerId: null,
        startedAt: RECEIVED,
        firstContactDueAt: 0,
        dueAt: 0,
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
      },
      ledger: [],
      requests: [],
      ...overrides,
    },
    context(RECEIVED),
  );
}

/** Plays commands one after another; each must be accepted. */
function play(state: ComplaintState, ...steps: [Actor, Command, string][]): ComplaintState {
  return steps.reduce((current, [actor, command, when]) => {
    const result = decide(current, command, actor, context(at(when)));
    if (!result.ok) throw new Error(`${command.action} refused: ${result.code}`);
    return result.decision.next;
  }, state);
}

const refusalOf = (state: ComplaintState, command: Command, actor: Actor, when = '2023-06-06T10:00:00') => {
  const result = decide(state, command, actor, context(at(when)));
  return result.ok ? null : result.code;
};

const dispatched = () =>
  play(received(), [people.clerk, { action: 'dispatch', unitId: 'squadron' }, '2023-06-05T10:30:00']);
const handling = () =>
  play(
    dispatched(),
    [people.inner, { action: 'sign' }, '2023-06-05T11:00:00'],
    [people.inner, { action: 'assign', officerId: 'p-officer' }, '2023-06-05T11:05:00'],
  );
const submit: Command = { action: 'submit', result: '已责令改正', measures: ['order'] };
const followingUp = () =>
  play(
    handling(),
    [people.officer, submit, '2023-06-07T10:00:00'],
    [people.leader, { action: 'conclude' }, '2023-06-07T11:00:00'],
  );

describe('the loop', () => {
  it('runs from receipt to a citizen who says solved', () => {
    const closed = play(followingUp(), [
      people.clerk,
      { action: 'follow_up', channel: 'phone', reached: true, solved: true, satisfaction: 'satisfied', note: '满意' },
      '2023-06-08T10:00:00',
    ]);
    expect(closed.status).toBe('closed');
    expect(closed.outcome).toBe('solved');
    expect(closed.nextCheckAt).toBeNull();
  });

  it.each([
    ['not solved', { solved: false, satisfaction: 'satisfied' }],
    ['solved but dissatisfied', { solved: true, satisfaction: 'dissatisfied' }],
  ] as const)('opens another round with three working days when the citizen says %s', (_name, answer) => {
    const reopened = play(followingUp(), [
      people.clerk,
      { action: 'follow_up', channel: 'phone', reached: true, note: '', ...answer },
      '2023-06-08T10:00:00',
    ]);
    expect(reopened.status).toBe('handling');
    expect(reopened.reopenCount).toBe(1);
    expect(reopened.round).toMatchObject({ round: 2, kind: 'rehandle', unitId: 'squadron', officerId: 'p-officer' });
    // Thursday + 3 working days.
    expect(reopened.round.dueAt).toBe(at('2023-06-13T17:00:00'));
  });

  it('closes as unsolved only after at least one re-handling', () => {
    const final: Command = {
      action: 'follow_up',
      channel: 'phone',
      reached: true,
      solved: false,
      satisfaction: 'dissatisfied',
      note: '',
      final: true,
    };
    expect(refusalOf(followingUp(), final, people.clerk)).toBe('not_reopened_yet');
    const second = play(
      followingUp(),
      [
        people.clerk,
        { action: 'follow_up', channel: 'phone', reached: true, solved: false, satisfaction: 'dissatisfied', note: '' },
        '2023-06-08T10:00:00',
      ],
      [people.officer, submit, '2023-06-09T10:00:00'],
      [people.leader, { action: 'conclude' }, '2023-06-09T11:00:00'],
      [people.clerk, final, '2023-06-12T10:00:00'],
    );
    expect(second).toMatchObject({ status: 'closed', outcome: 'unsolved' });
  });

  it('counts a citizen who cannot be reached apart, neither solved nor unsolved', () => {
    const closed = play(followingUp(), [
      people.clerk,
      { action: 'follow_up', channel: 'phone', reached: false, note: '三次未接' },
      '2023-06-08T10:00:00',
    ]);
    expect(closed).toMatchObject({ outcome: 'unreachable', round: { solved: null, satisfaction: null } });
  });
});

describe('first contact', () => {
  it('is made by reaching the citizen', () => {
    const state = play(handling(), [
      people.officer,
      { action: 'contact', outcome: 'reached', note: '已联系' },
      '2023-06-05T14:00:00',
    ]);
    expect(state.round.firstContactAt).toBe(at('2023-06-05T14:00:00'));
  });

  it('counts after three attempts in vain, not before', () => {
    const attempt = (when: string): [Actor, Command, string] => [
      people.officer,
      { action: 'contact', outcome: 'unreached', note: '无人接听' },
      when,
    ];
    const two = play(handling(), attempt('2023-06-05T14:00:00'), attempt('2023-06-05T15:00:00'));
    expect(two.round.firstContactAt).toBeNull();
    expect(play(two, attempt('2023-06-05T16:00:00')).round.firstContactAt).toBe(at('2023-06-05T16:00:00'));
  });

  it('is going to the place when the citizen is anonymous', () => {
    const visit: [Actor, Command, string] = [
      people.officer,
      { action: 'visit', note: '到场', measures: [] },
      '2023-06-05T15:00:00',
    ];
    expect(play(handling(), visit).round.firstContactAt).toBeNull();
    expect(play({ ...handling(), anonymous: true }, visit).round.firstContactAt).toBe(at('2023-06-05T15:00:00'));
  });
});

describe('the clock', () => {
  it('keeps a pause that is still open when the work is handed in', () => {
    const paused = play(
      handling(),
      [people.inner, { action: 'request', requestId: 'q', kind: 'pause', reason: '等待鉴定' }, '2023-06-06T09:00:00'],
      [people.chief, { action: 'decide', requestId: 'q', approve: true, note: '' }, '2023-06-06T10:00:00'],
    );
    expect(paused.pausedAt).toBe(at('2023-06-06T10:00:00'));
    expect(paused.nextCheckAt).toBeNull();
    const handedIn = play(
      paused,
      [people.officer, submit, '2023-06-12T10:00:00'],
      [people.leader, { action: 'conclude' }, '2023-06-12T10:30:00'],
    );
    expect(handedIn.pausedAt).toBeNull();
    // 4 working days paused: due moved from Monday 12 June 17:00 to Friday 16 June 17:00.
    expect(handedIn.round.dueAt).toBe(at('2023-06-16T17:00:00'));
    expect(roundClocks(handedIn, context(at('2023-06-20T10:00:00'))).handling.overdue).toBe(false);
  });

  it('does not let an extension of handling move the first-contact deadline', () => {
    const before = handling();
    const extended = play(
      before,
      [
        people.inner,
        { action: 'request', requestId: 'q', kind: 'extend', reason: '情况复杂', workdays: 5 },
        '2023-06-06T09:00:00',
      ],
      [people.chief, { action: 'decide', requestId: 'q', approve: true, note: '' }, '2023-06-06T10:00:00'],
    );
    expect(extended.round.firstContactDueAt).toBe(before.round.firstContactDueAt);
    expect(extended.round.dueAt).toBe(at('2023-06-19T17:00:00'));
  });

  it('keeps the pauses when the order is made complex and the budget changes', () => {
    const complex = play(
      handling(),
      [people.inner, { action: 'request', requestId: 'q', kind: 'pause', reason: '等待鉴定' }, '2023-06-06T09:00:00'],
      [people.chief, { action: 'decide', requestId: 'q', approve: true, note: '' }, '2023-06-06T10:00:00'],
      [people.inner, { action: 'resume', note: '鉴定已出' }, '2023-06-07T10:00:00'],
      [
        people.inner,
        { action: 'request', requestId: 'q2', kind: 'complex', reason: '涉及多部门' },
        '2023-06-07T10:10:00',
      ],
      [people.chief, { action: 'decide', requestId: 'q2', approve: true, note: '' }, '2023-06-07T10:20:00'],
    );
    // 15 working days over 端午 22–24 June (25 June worked) end on 27 June; one paused day carries it to the same hour of the 28th.
    const without = calendar.addWorkdays(RECEIVED, 15);
    expect(calendar.workingMinutesBetween(without, complex.round.dueAt)).toBe(calendar.workingMinutesPerDay);
  });

  it('names every mark passed on a running clock and none on a stopped one', () => {
    const marks = passedMarks(handling(), context(at('2023-06-20T10:00:00')));
    expect(marks.map((mark) => `${mark.clock} ${mark.level}`)).toEqual([
      'first_contact 50',
      'first_contact 80',
      'first_contact 100',
      'handling 50',
      'handling 80',
      'handling 100',
    ]);
    expect(passedMarks(followingUp(), context(at('2023-06-20T10:00:00')))).toEqual([]);
  });
});

describe('requests', () => {
  it('are decided by somebody else, and an exclusion outside the unit that asked', () => {
    const asked = play(handling(), [
      people.inner,
      { action: 'request', requestId: 'q', kind: 'return', reason: '非本辖区' },
      '2023-06-06T09:00:00',
    ]);
    expect(refusalOf(asked, { action: 'decide', requestId: 'q', approve: true, note: '' }, people.inner)).toBe(
      'not_permitted',
    );
    expect(refusalOf(asked, { action: 'decide', requestId: 'q', approve: true, note: '' }, people.supervisor)).toBe(
      'request_not_found',
    );
    const back = play(asked, [
      people.chief,
      { action: 'decide', requestId: 'q', approve: true, note: '' },
      '2023-06-06T10:00:00',
    ]);
    expect(back).toMatchObject({ status: 'accepted', unitId: null, officerId: null });
  });

  it('of the same kind wait one at a time', () => {
    const asked = play(handling(), [
      people.inner,
      { action: 'request', requestId: 'q', kind: 'extend', reason: '情况复杂', workdays: 3 },
      '2023-06-06T09:00:00',
    ]);
    expect(
      refusalOf(
        asked,
        { action: 'request', requestId: 'q2', kind: 'extend', reason: '再来', workdays: 3 },
        people.inner,
      ),
    ).toBe('request_pending');
  });

  it('refused need a reason', () => {
    const asked = play(handling(), [
      people.inner,
      { action: 'request', requestId: 'q', kind: 'pause', reason: '等待鉴定' },
      '2023-06-06T09:00:00',
    ]);
    expect(refusalOf(asked, { action: 'decide', requestId: 'q', approve: false, note: ' ' }, people.chief)).toBe(
      'reason_required',
    );
  });

  it('lapse when the order has moved on', () => {
    const moved = play(
      handling(),
      [people.inner, { action: 'request', requestId: 'q', kind: 'pause', reason: '等待鉴定' }, '2023-06-06T09:00:00'],
      [people.officer, submit, '2023-06-06T10:00:00'],
    );
    expect(refusalOf(moved, { action: 'decide', requestId: 'q', approve: true, note: '' }, people.chief)).toBe(
      'wrong_status',
    );
  });
});

describe('separation', () => {
  it('lets nobody conclude what he submitted himself', () => {
    const byLeader = play(handling(), [people.leader, submit, '2023-06-07T10:00:00']);
    expect(refusalOf(byLeader, { action: 'conclude' }, people.leader)).toBe('self_review');
    expect(allowedActions(byLeader, people.leader)).not.toContain('conclude');
  });

  it('keeps another squadron out', () => {
    expect(refusalOf(dispatched(), { action: 'sign' }, people.otherLeader)).toBe('not_responsible_unit');
    expect(allowedActions(handling(), people.otherLeader)).toEqual([]);
  });

  it('lets an officer handle only what is assigned to him', () => {
    expect(
      refusalOf(
        handling(),
        { action: 'contact', outcome: 'reached', note: '' },
        { ...people.officer, personId: 'p-else' },
      ),
    ).toBe('not_handler');
  });
});

const NOTE = '说明';
const commandOf = (action: Command['action'], n: number): Command => {
  const kinds = Object.keys(REQUEST_RULES) as (keyof typeof REQUEST_RULES)[];
  switch (action) {
    case 'decline':
    case 'send_back':
      return { action, reason: NOTE };
    case 'answer':
      return { action, result: NOTE };
    case 'dispatch':
      return { action, unitId: n % 3 === 0 ? 'other' : 'squadron', jointUnitIds: n % 5 === 0 ? ['partner'] : [] };
    case 'assign':
      return { action, officerId: 'p-officer' };
    case 'contact':
      return { action, outcome: n % 2 ? 'reached' : 'unreached', note: NOTE };
    case 'visit':
      return { action, note: NOTE, measures: [] };
    case 'note':
    case 'urge':
    case 'resume':
      return { action, note: NOTE };
    case 'request':
      return {
        action,
        requestId: `q${n}`,
        kind: kinds[n % kinds.length]!,
        reason: NOTE,
        workdays: 3,
        targetUnitId: 'other',
      };
    case 'withdraw':
      return { action, requestId: `q${n}` };
    case 'decide':
      return { action, requestId: `q${n}`, approve: n % 4 !== 0, note: NOTE };
    case 'submit':
      return { action, result: NOTE, measures: [] };
    case 'follow_up':
      return {
        action,
        channel: 'phone',
        reached: n % 4 !== 0,
        solved: n % 3 !== 0,
        satisfaction: n % 3 ? 'satisfied' : 'dissatisfied',
        note: NOTE,
        final: n % 7 === 0,
      };
    case 'amend':
      return { action, reason: NOTE, changes: n % 2 ? { kind: 'complex' } : { urgency: 'normal', townId: 'town' } };
    case 'locate':
      return { action, lng: 121.4 + n / 1e4, lat: 31.3, note: NOTE };
    default:
      return { action };
  }
};

describe('any order of any commands by anybody', () => {
  const actors: Actor[] = [
    ...Object.values(people),
    ...ROLE_NAMES.map((role: Role): Actor => ({ personId: `p-${role}`, unitId: 'squadron', townId: 'town', role })),
  ];
  const step = fc.record({
    action: fc.constantFrom(...ACTION_NAMES),
    actor: fc.constantFrom(...actors),
    n: fc.nat(60),
    minutes: fc.nat(2000),
  });

  it('keeps the invariants of a complaint', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = received();
        let now = RECEIVED;
        for (const { action, actor, n, minutes } of steps) {
          now += minutes * 60_000;
          // Half of the decisions and withdrawals aim at a request that exists, or they would never hit one.
          const command = commandOf(action, n);
          if ('requestId' in command && action !== 'request' && state.requests[0] && n % 2)
            command.requestId = state.requests[0].id;
          const allowed = allowedActions(state, actor);
          const result = decide(state, command, actor, context(now));
          if (!result.ok) continue;
          // Whatever is carried out had been offered.
          expect(allowed).toContain(action);
          const { next, ledgerEntries, finishedRound } = result.decision;
          expect(next.version).toBe(state.version + 1);
          expect(next.round.round).toBe(state.round.round + (finishedRound ? 1 : 0));
          expect(next.reopenCount).toBe(next.round.round - 1);
          // Closed stays closed, except that it may be excluded.
          if (!STATUSES[state.status].open) expect(next.status).toBe(state.status);
          if (['dispatched', 'handling', 'reviewing'].includes(next.status)) expect(next.unitId).not.toBeNull();
          if (next.pausedAt !== null) expect(next.status).toBe('handling');
          // The ledger of a round alternates pause and resume; the open pause is the state's.
          const open = next.ledger.reduce(
            (paused, entry) => (entry.kind === 'pause' ? true : entry.kind === 'resume' ? false : paused),
            false,
          );
          expect(open).toBe(next.pausedAt !== null);
          expect(ledgerEntries.every((entry) => entry.at === now)).toBe(true);
          expect(new Set(next.requests.map((r) => r.kind)).size).toBe(next.requests.length);
          for (const request of decidableRequests(next, actor)) expect(request.requestedBy).not.toBe(actor.personId);
          if (next.nextCheckAt !== null) expect(next.nextCheckAt).toBeGreaterThan(now);
          state = next;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
