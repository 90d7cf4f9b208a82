import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLE_NAMES } from '../access/index.ts';
import {
  allowedFindingActions,
  allowedPlanActions,
  allowedVisitActions,
  decideFinding,
  decidePlan,
  decideVisit,
  FINDING_STATUSES,
  type FindingCommand,
  type FindingState,
  type Inspector,
  isSealed,
  PLAN_STATUSES,
  type PlanCommand,
  type PlanState,
  scoreOf,
  servesAt,
  VISIT_STATUSES,
  type VisitState,
} from './index.ts';

const NOW = 1_000;
const PEOPLE = ['p1', 'p2', 'p3'] as const;
const UNITS = ['u1', 'u2', 'supervision'] as const;
const keys = <T extends object>(of: T) => fc.constantFrom(...(Object.keys(of) as (keyof T & string)[]));
const person = fc.constantFrom(...PEOPLE);
const unit = fc.constantFrom(...UNITS);
const actor: fc.Arbitrary<Inspector> = fc.record({
  personId: person,
  unitId: unit,
  townId: fc.constant(null),
  role: fc.constantFrom(...ROLE_NAMES),
  unitIds: fc.subarray([...UNITS]),
});
const plan: fc.Arbitrary<PlanState> = fc.record({
  id: fc.constant('plan'),
  status: keys(PLAN_STATUSES),
  version: fc.constant(1),
  manner: fc.constantFrom('open', 'covert'),
  openedAt: fc.constantFrom(null, 500),
  createdBy: person,
  approvedBy: fc.option(person),
  unitIds: fc.subarray(['u1', 'u2']),
  publicAt: fc.constantFrom(500, 1_500),
  visitsLeft: fc.nat(1),
  visitsSigned: fc.nat(1),
  findingsLeft: fc.nat(1),
});
const planCommand: fc.Arbitrary<PlanCommand> = fc.constantFrom(
  { action: 'submit' },
  { action: 'recall' },
  { action: 'return', reason: '补充依据' },
  { action: 'approve' },
  { action: 'draw', publicValue: '3 1 7' },
  { action: 'start' },
  { action: 'open', reason: '督察已结束' },
  { action: 'finish', note: '全部完成' },
  { action: 'cancel', reason: '安排有变' },
);

describe('a plan', () => {
  it('is approved by another person, and handled by nobody who serves in a unit it touches, whatever posts he holds', () => {
    fc.assert(
      fc.property(plan, planCommand, actor, (state, command, by) => {
        const result = decidePlan(state, command, by, NOW);
        if (!result.ok) return;
        expect(state.unitIds.some((one) => servesAt(by, one))).toBe(false);
        if (command.action === 'approve' || command.action === 'return') expect(by.personId).not.toBe(state.createdBy);
        if (command.action === 'approve') expect(result.decision.next.approvedBy).not.toBe(state.createdBy);
        expect(result.decision.next.version).toBe(state.version + 1);
        expect(['done', 'draft'].includes(state.status) && command.action === 'open').toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it('offers exactly the actions that would be carried out', () => {
    fc.assert(
      fc.property(plan, planCommand, actor, (state, command, by) => {
        expect(allowedPlanActions(state, by, NOW).includes(command.action)).toBe(
          decidePlan(state, command, by, NOW).ok,
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('is drawn only once the public value is known and approved only before, and a covert one ends opened', () => {
    fc.assert(
      fc.property(plan, planCommand, actor, (state, command, by) => {
        const result = decidePlan(state, command, by, NOW);
        if (!result.ok) return;
        if (command.action === 'draw') expect(state.publicAt).toBeLessThanOrEqual(NOW);
        if (command.action === 'approve') expect(state.publicAt).toBeGreaterThan(NOW);
        if (command.action === 'finish') expect(isSealed(state)).toBe(false);
        if (command.action === 'open') expect(state.visitsLeft).toBe(0);
      }),
      { numRuns: 3_000 },
    );
  });
});

const visit: fc.Arbitrary<VisitState> = fc.record({
  id: fc.constant('visit'),
  status: keys(VISIT_STATUSES),
  version: fc.constant(1),
  planStatus: keys(PLAN_STATUSES),
  unitId: unit,
  inspectorIds: fc.subarray([...PEOPLE], { minLength: 2, maxLength: 2 }),
  signedBy: fc.subarray([...PEOPLE], { maxLength: 1 }),
  items: fc.constant([
    { no: 1, weight: 60, photoRequired: true },
    { no: 2, weight: 40, photoRequired: false },
  ]),
  answers: fc.constantFrom(
    [],
    [
      { no: 1, result: 'pass' as const, note: null, photos: 1 },
      { no: 2, result: 'fail' as const, note: '台账缺页', photos: 0 },
    ],
    [
      { no: 1, result: 'fail' as const, note: '现场无人值守', photos: 0 },
      { no: 2, result: 'not_applicable' as const, note: null, photos: 0 },
    ],
  ),
});

describe('a visit', () => {
  it('is filled in and signed only by those drawn, never at a unit they serve in, and concluded by two different people', () => {
    fc.assert(
      fc.property(visit, actor, fc.boolean(), (state, by, sign) => {
        const command = sign
          ? ({ action: 'sign' } as const)
          : ({ action: 'record', answers: [{ no: 2, result: 'pass' }] } as const);
        const result = decideVisit(state, command, by);
        if (!result.ok) return;
        expect(state.inspectorIds).toContain(by.personId);
        expect(servesAt(by, state.unitId)).toBe(false);
        const { next, concluded } = result.decision;
        if (!sign) expect(next.signedBy).toEqual([]);
        if (next.status === 'signed') {
          expect(new Set(next.signedBy).size).toBe(2);
          expect(concluded).toEqual({ score: 60, failed: [expect.objectContaining({ no: 2 })] });
        } else expect(concluded).toBe(null);
      }),
      { numRuns: 5_000 },
    );
  });

  it('offers signing only to those who may', () => {
    fc.assert(
      fc.property(visit, actor, (state, by) => {
        const actions = allowedVisitActions(state, by);
        if (actions.length > 0) expect(state.inspectorIds).toContain(by.personId);
      }),
    );
  });

  it('scores by the weights of what applied, and has no score where nothing did', () => {
    const items = [
      { no: 1, weight: 30, photoRequired: false },
      { no: 2, weight: 10, photoRequired: false },
    ];
    const answer = (no: number, result: 'pass' | 'fail' | 'not_applicable') => ({ no, result, note: null, photos: 0 });
    expect(scoreOf({ items, answers: [answer(1, 'pass'), answer(2, 'fail')] })).toBe(75);
    expect(scoreOf({ items, answers: [answer(1, 'not_applicable'), answer(2, 'fail')] })).toBe(0);
    expect(scoreOf({ items, answers: [answer(1, 'not_applicable'), answer(2, 'not_applicable')] })).toBe(null);
  });
});

const finding: fc.Arbitrary<FindingState> = fc.record({
  id: fc.constant('finding'),
  status: keys(FINDING_STATUSES),
  version: fc.constant(1),
  unitId: unit,
  inspectorIds: fc.subarray([...PEOPLE], { minLength: 2, maxLength: 2 }),
  sealed: fc.boolean(),
  accepted: fc.constantFrom(null, true, false),
  answeredBy: fc.option(person),
  answerDueAt: fc.constantFrom(500, 1_500),
});
const findingCommand: fc.Arbitrary<FindingCommand> = fc.constantFrom(
  { action: 'answer', accepted: true, text: '情况属实' },
  { action: 'answer', accepted: false, text: '当时正在出警' },
  { action: 'confirm', type: 'patrol', problem: '夜间巡查缺失', workdays: 5 },
  { action: 'withdraw', reason: '说明属实' },
);

describe('a finding', () => {
  it('is answered by the inspected unit alone and decided by nobody of it, nor by whoever answered; disputed, by a third person', () => {
    fc.assert(
      fc.property(finding, findingCommand, actor, (state, command, by) => {
        const result = decideFinding(state, command, by, NOW);
        expect(allowedFindingActions(state, by, NOW).includes(command.action)).toBe(result.ok);
        if (!result.ok) return;
        expect(state.sealed).toBe(false);
        if (command.action === 'answer') {
          expect(by.unitId).toBe(state.unitId);
          expect(state.inspectorIds).not.toContain(by.personId);
        } else {
          expect(servesAt(by, state.unitId)).toBe(false);
          expect(state.answeredBy).not.toBe(by.personId);
          if (state.accepted === false) expect(state.inspectorIds).not.toContain(by.personId);
          if (state.status === 'open') expect(state.answerDueAt).toBeLessThan(NOW);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
