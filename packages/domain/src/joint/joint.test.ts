import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Actor, permits, ROLE_NAMES, type Role } from '../access/index.ts';
import { decideJoint, JOINT_ACTIONS, type JointAction, type JointCommand, type JointState } from './index.ts';

const task: JointState = {
  id: 't',
  status: 'running',
  version: 1,
  organiserUnitId: 'supervision',
  partyIds: ['supervision', 'squadron', 'partner'],
  duties: [
    { id: 'd1', unitId: 'squadron', status: 'todo', doneBy: null },
    { id: 'd2', unitId: 'partner', status: 'todo', doneBy: null },
    { id: 'd3', unitId: 'supervision', status: 'todo', doneBy: null },
  ],
  letters: [{ id: 'l1', toUnitId: 'partner', received: false }],
  decisions: [{ id: 'e1', unitId: 'squadron', rectified: false }],
};
const COMMANDS: Record<JointAction, (id: string) => JointCommand> = {
  add_duty: () => ({ action: 'add_duty', phase: 'after', unitId: 'town', content: '每周复查', dueOn: '2023-06-20' }),
  finish_duty: (dutyId) => ({ action: 'finish_duty', dutyId, note: '已排查', fileIds: ['f'] }),
  confirm_duty: (dutyId) => ({ action: 'confirm_duty', dutyId }),
  send_back_duty: (dutyId) => ({ action: 'send_back_duty', dutyId, reason: '缺照片' }),
  add_meeting: () => ({
    action: 'add_meeting',
    heldOn: '2023-06-05',
    place: '三楼',
    minutes: '议定三项',
    decisions: [],
  }),
  rectify_decision: () => ({ action: 'rectify_decision', decisionId: 'e1', type: 'street', workdays: 5 }),
  send_letter: () => ({ action: 'send_letter', toUnitId: 'partner', subject: '移交', text: '请依职责处理' }),
  receive_letter: () => ({ action: 'receive_letter', letterId: 'l1' }),
  close: () => ({ action: 'close', summary: '全部完成' }),
  cancel: () => ({ action: 'cancel', reason: '另行安排' }),
};
const someone = fc
  .tuple(
    fc.constantFrom('ann', 'bea', 'cai'),
    fc.constantFrom('supervision', 'squadron', 'partner', 'coordination'),
    fc.oneof(
      fc.constantFrom(...ROLE_NAMES),
      fc.constantFrom<Role>('supervisor', 'supervision_chief', 'partner_liaison', 'squadron_leader'),
    ),
  )
  .map(([personId, unitId, role]): Actor => ({ personId, unitId, townId: null, role }));
const step = fc.tuple(
  someone,
  fc.constantFrom(...(Object.keys(COMMANDS) as JointAction[]).filter((action) => action !== 'cancel')),
  fc.constantFrom('d1', 'd2', 'd3'),
);

/** Every duty anywhere on its way, done by anybody. */
const start = fc
  .array(fc.tuple(fc.constantFrom('todo', 'done', 'confirmed', 'confirmed'), fc.constantFrom('ann', 'bea', 'cai')), {
    minLength: 3,
    maxLength: 3,
  })
  .map(
    (stages): JointState => ({
      ...task,
      duties: task.duties.map((duty, index) => {
        const [status, by] = stages[index]!;
        return { ...duty, status: status as 'todo', doneBy: status === 'todo' ? null : by };
      }),
    }),
  );

describe('separation of duties', () => {
  test('under every role, post and order of steps a unit does only its own part, and nobody confirms what he or his unit did', () => {
    const counts = { finish_duty: 0, confirm_duty: 0, close: 0 };
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 80, maxLength: 200 }), (from, steps) => {
        let state = from;
        for (const [by, action, dutyId] of steps) {
          const result = decideJoint(state, COMMANDS[action](dutyId), by);
          if (!result.ok) continue;
          expect(permits(by, JOINT_ACTIONS[action].permission)).toBe(true);
          const duty = state.duties.find(({ id }) => id === dutyId)!;
          switch (action) {
            case 'finish_duty':
              expect(by.unitId).toBe(duty.unitId);
              break;
            case 'confirm_duty':
            case 'send_back_duty':
              expect(by.unitId).not.toBe(duty.unitId);
              expect(by.personId).not.toBe(duty.doneBy);
              if (duty.unitId !== 'supervision') expect(by.unitId).toBe('supervision');
              break;
            case 'receive_letter':
              expect(by.unitId).toBe('partner');
              break;
            default:
              expect(by.unitId).toBe('supervision');
          }
          if (action === 'close') expect(state.duties.every(({ status }) => status === 'confirmed')).toBe(true);
          if (action in counts) counts[action as keyof typeof counts]++;
          state = result.decision.next;
          if (state.status === 'closed') state = task;
        }
      }),
      { numRuns: 500 },
    );
    for (const [action, count] of Object.entries(counts)) expect(count, action).toBeGreaterThan(10);
  });

  test('a duty is done with words and evidence; what goes beyond the parties is refused', () => {
    const code = (by: Actor, command: JointCommand) => {
      const result = decideJoint(task, command, by);
      return result.ok ? null : result.code;
    };
    const chief: Actor = { personId: 'ann', unitId: 'supervision', townId: null, role: 'supervision_chief' };
    const partner: Actor = { personId: 'bea', unitId: 'partner', townId: null, role: 'partner_liaison' };
    expect(code(partner, { action: 'finish_duty', dutyId: 'd2', note: '已排查', fileIds: [] })).toBe(
      'evidence_required',
    );
    expect(code(partner, COMMANDS.finish_duty('d1'))).toBe('not_taker');
    expect(code(partner, COMMANDS.finish_duty('d9'))).toBe('not_there');
    expect(code(chief, { action: 'send_letter', toUnitId: 'town', subject: '移交', text: '请处理' })).toBe('not_party');
    expect(code(chief, { action: 'send_letter', toUnitId: 'supervision', subject: '移交', text: '请处理' })).toBe(
      'own_unit',
    );
    expect(code(chief, COMMANDS.close(''))).toBe('open_duties');
  });
});
