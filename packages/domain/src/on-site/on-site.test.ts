import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Actor, permits, ROLE_NAMES, type Role } from '../access/index.ts';
import {
  allowedVisitActions,
  decideVisit,
  differenceOf,
  movementOf,
  VISIT_ACTIONS,
  type VisitAction,
  type VisitCommand,
  type VisitState,
} from './index.ts';

const planned: VisitState = {
  id: 'v',
  status: 'planned',
  version: 1,
  month: '2023-05',
  unitId: 'squadron',
  leaderId: 'cai',
  participantIds: [],
  plannedOn: '2023-06-08',
  visitedOn: null,
  answeredBy: null,
};
const TODAY = '2023-06-09';
const COMMANDS: Record<VisitAction, VisitCommand> = {
  replan: { action: 'replan', plannedOn: '2023-06-12', leaderId: 'cai', participantIds: [], reason: '领导另有会议' },
  minute: { action: 'minute', visitedOn: '2023-06-08', minutes: '逐件过堂', commitments: [] },
  open_rectification: { action: 'open_rectification', type: 'late', problem: '签收后未指派', workdays: 5 },
  answer: { action: 'answer', answer: '已排班' },
  conclude: { action: 'conclude', conclusion: '有好转' },
  cancel: { action: 'cancel', reason: '并入专项督察' },
};
const someone = fc
  .tuple(
    fc.constantFrom('ann', 'bea', 'cai'),
    fc.constantFrom('squadron', 'supervision', 'bureau'),
    fc.oneof(
      fc.constantFrom(...ROLE_NAMES),
      fc.constantFrom<Role>('supervisor', 'supervision_chief', 'squadron_leader', 'squadron_clerk'),
    ),
  )
  .map(([personId, unitId, role]): Actor => ({ personId, unitId, townId: null, role }));

describe('separation of duties', () => {
  test('under every role and order of steps the squadron answers only for itself, and nobody who answered looks back on it', () => {
    let concluded = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<VisitState>(
          planned,
          { ...planned, status: 'visited', visitedOn: '2023-06-08' },
          { ...planned, status: 'answered', visitedOn: '2023-06-08', answeredBy: 'ann' },
        ),
        fc.array(fc.tuple(someone, fc.constantFrom(...(Object.keys(COMMANDS) as VisitAction[]))), {
          minLength: 40,
          maxLength: 120,
        }),
        (from, steps) => {
          let state = from;
          for (const [by, action] of steps) {
            const result = decideVisit(state, COMMANDS[action], by, TODAY);
            expect(result.ok).toBe(allowedVisitActions(state, by).includes(action));
            if (!result.ok) continue;
            expect(permits(by, VISIT_ACTIONS[action].permission)).toBe(true);
            expect(by.unitId === 'squadron').toBe(action === 'answer');
            if (action !== 'answer') expect(by.personId).not.toBe(state.answeredBy);
            if (action === 'conclude') {
              expect(state.answeredBy).not.toBeNull();
              concluded++;
            }
            state = result.decision.next;
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(concluded).toBeGreaterThan(50);
  });

  test('a visit is minuted after it took place, and it takes place after the month that gave cause', () => {
    const chief: Actor = { personId: 'ann', unitId: 'supervision', townId: null, role: 'supervision_chief' };
    const code = (command: VisitCommand) => {
      const result = decideVisit(planned, command, chief, TODAY);
      return result.ok ? null : result.code;
    };
    expect(code({ ...COMMANDS.minute, visitedOn: '2023-06-10' } as VisitCommand)).toBe('in_future');
    expect(code({ ...COMMANDS.minute, visitedOn: '2023-05-31' } as VisitCommand)).toBe('before_month');
    expect(code({ ...COMMANDS.replan, plannedOn: '2023-05-31' } as VisitCommand)).toBe('before_month');
    expect(code({ ...COMMANDS.minute, minutes: ' ' } as VisitCommand)).toBe('reason_required');
  });
});

describe('did the indicator move', () => {
  test('as in Newcombe’s paper: 56/70 less 48/80', () => {
    const { change, low, high } = differenceOf({ numerator: 48, denominator: 80 }, { numerator: 56, denominator: 70 })!;
    expect([change, low, high].map((value) => Number(value.toFixed(4)))).toEqual([0.2, 0.0524, 0.3339]);
  });

  test('few orders say nothing, many say what they say, an unfinished month says nothing yet', () => {
    const [low, high] = [
      { numerator: 6, denominator: 10 },
      { numerator: 8, denominator: 10 },
    ];
    const times = (figure: { numerator: number; denominator: number }, n: number) => ({
      numerator: figure.numerator * n,
      denominator: figure.denominator * n,
    });
    expect(movementOf(low, high, true)).toBe('unclear');
    expect(movementOf(times(low, 10), times(high, 10), true)).toBe('better');
    expect(movementOf(times(high, 10), times(low, 10), true)).toBe('worse');
    expect(movementOf(low, high, false)).toBe('waiting');
    expect(movementOf(low, { numerator: 0, denominator: 0 }, true)).toBe('none');
  });

  test('turned round, better is worse; the interval holds the difference', () => {
    const figure = fc
      .tuple(fc.nat(200), fc.integer({ min: 1, max: 200 }))
      .map(([a, b]) => ({ numerator: Math.min(a, b), denominator: b }));
    fc.assert(
      fc.property(figure, figure, (one, two) => {
        const opposite = { better: 'worse', worse: 'better', unclear: 'unclear' } as Record<string, string>;
        expect(movementOf(two, one, true)).toBe(opposite[movementOf(one, two, true)]);
        const { change, low, high } = differenceOf(one, two)!;
        expect(low).toBeLessThanOrEqual(change + 1e-12);
        expect(high).toBeGreaterThanOrEqual(change - 1e-12);
      }),
    );
  });
});
