import { randomUUID } from 'node:crypto';
import { ACTION_NAMES, type Command } from '@bihuan/domain/complaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  command,
  handledOrder,
  registerOrder,
  type TestDistrict,
  testDistrict,
  walk,
} from '../../testing/complaint.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

type Prepared = { id: string; rivals: [TestPerson, Command][]; winners: number };

const submit: Command = { action: 'submit', result: '已处理', measures: [] };
const reviewing = async () => {
  const { id } = await handledOrder(t, d);
  await walk(t, id, [d.officer, submit]);
  return id;
};
const followingUp = async () => {
  const id = await reviewing();
  await walk(t, id, [d.leader, { action: 'conclude' }]);
  return id;
};
const requested = async (kind: 'pause' | 'extend' | 'return' | 'transfer' | 'complex' | 'exclude') => {
  const { id } = await handledOrder(t, d);
  const requestId = randomUUID();
  await walk(t, id, [
    d.inner,
    { action: 'request', requestId, kind, reason: '理由', workdays: 3, targetUnitId: d.units.b.id },
  ]);
  return { id, requestId };
};
const paused = async () => {
  const { id, requestId } = await requested('pause');
  await walk(t, id, [d.chief, { action: 'decide', requestId, approve: true, note: '' }]);
  return id;
};
const solved: Command = {
  action: 'follow_up',
  channel: 'phone',
  reached: true,
  solved: true,
  satisfaction: 'satisfied',
  note: '',
};
const unsolved: Command = {
  action: 'follow_up',
  channel: 'phone',
  reached: true,
  solved: false,
  satisfaction: 'dissatisfied',
  note: '',
};

/** For every command a rival that may not also succeed, or (`winners: 2`) one that must not be lost. */
const RACES: Record<Command['action'], () => Promise<Prepared>> = {
  accept: async () => ({
    id: (await registerOrder(t, d.clerk)).id,
    rivals: [
      [d.clerk, { action: 'accept' }],
      [d.chief, { action: 'accept' }],
    ],
    winners: 1,
  }),
  decline: async () => ({
    id: (await registerOrder(t, d.clerk)).id,
    rivals: [
      [d.clerk, { action: 'decline', reason: '理由' }],
      [d.chief, { action: 'dispatch', unitId: d.units.a.id }],
    ],
    winners: 1,
  }),
  answer: async () => ({
    id: (await registerOrder(t, d.clerk, { kind: 'enquiry' })).id,
    rivals: [
      [d.clerk, { action: 'answer', result: '答复' }],
      [d.chief, { action: 'decline', reason: '理由' }],
    ],
    winners: 1,
  }),
  dispatch: async () => ({
    id: (await registerOrder(t, d.clerk)).id,
    rivals: [
      [d.clerk, { action: 'dispatch', unitId: d.units.a.id }],
      [d.chief, { action: 'dispatch', unitId: d.units.a.id }],
    ],
    winners: 1,
  }),
  sign: async () => {
    const { id } = await registerOrder(t, d.clerk);
    await walk(t, id, [d.clerk, { action: 'dispatch', unitId: d.units.a.id }]);
    return {
      id,
      rivals: [
        [d.inner, { action: 'sign' }],
        [d.leader, { action: 'sign' }],
      ],
      winners: 1,
    };
  },
  assign: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.inner, { action: 'assign', officerId: d.officer.actor.personId }],
      [d.leader, { action: 'assign', officerId: d.colleague.actor.personId }],
    ],
    winners: 2,
  }),
  contact: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.officer, { action: 'contact', outcome: 'unreached', note: '一' }],
      [d.inner, { action: 'contact', outcome: 'unreached', note: '二' }],
    ],
    winners: 2,
  }),
  visit: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.officer, { action: 'visit', note: '到场', measures: [] }],
      [d.inner, { action: 'visit', note: '到场', measures: [] }],
    ],
    winners: 2,
  }),
  note: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.officer, { action: 'note', note: '一' }],
      [d.clerk, { action: 'note', note: '二' }],
    ],
    winners: 2,
  }),
  urge: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.clerk, { action: 'urge', note: '一' }],
      [d.chief, { action: 'urge', note: '二' }],
    ],
    winners: 2,
  }),
  request: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.officer, { action: 'request', requestId: randomUUID(), kind: 'pause', reason: '一' }],
      [d.inner, { action: 'request', requestId: randomUUID(), kind: 'pause', reason: '二' }],
    ],
    winners: 1,
  }),
  withdraw: async () => {
    const { id, requestId } = await requested('extend');
    return {
      id,
      rivals: [
        [d.inner, { action: 'withdraw', requestId }],
        [d.chief, { action: 'decide', requestId, approve: true, note: '' }],
      ],
      winners: 1,
    };
  },
  decide: async () => {
    const { id, requestId } = await requested('return');
    return {
      id,
      rivals: [
        [d.chief, { action: 'decide', requestId, approve: true, note: '' }],
        [d.chief, { action: 'decide', requestId, approve: false, note: '不同意' }],
      ],
      winners: 1,
    };
  },
  resume: async () => ({
    id: await paused(),
    rivals: [
      [d.officer, { action: 'resume', note: '一' }],
      [d.chief, { action: 'resume', note: '二' }],
    ],
    winners: 1,
  }),
  submit: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.officer, submit],
      [d.inner, submit],
    ],
    winners: 1,
  }),
  send_back: async () => ({
    id: await reviewing(),
    rivals: [
      [d.leader, { action: 'send_back', reason: '理由' }],
      [d.leader, { action: 'conclude' }],
    ],
    winners: 1,
  }),
  conclude: async () => ({
    id: await reviewing(),
    rivals: [
      [d.leader, { action: 'conclude' }],
      [d.leader, { action: 'conclude' }],
    ],
    winners: 1,
  }),
  follow_up: async () => ({
    id: await followingUp(),
    rivals: [
      [d.clerk, solved],
      [d.chief, unsolved],
    ],
    winners: 1,
  }),
  amend: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.clerk, { action: 'amend', reason: '一', changes: { kind: 'complex' } }],
      [d.chief, { action: 'amend', reason: '二', changes: { urgency: 'urgent' } }],
    ],
    winners: 2,
  }),
  locate: async () => ({
    id: (await handledOrder(t, d)).id,
    rivals: [
      [d.clerk, { action: 'locate', lng: 121.48, lat: 31.4 }],
      [d.officer, { action: 'locate', lng: 121.49, lat: 31.41 }],
    ],
    winners: 2,
  }),
};

describe('two people on one order', () => {
  it.each(ACTION_NAMES)('%s: one transaction waits for the other and decides on what it left', async (action) => {
    const { id, rivals, winners } = await RACES[action]();
    const count = async () =>
      (
        await t.deps.db.query<{ version: number; events: number }>(
          null,
          'select version, (select count(*)::int from audit_event e where e.object_id = c.id) as events from complaint c where id = $1',
          [id],
        )
      )[0]!;
    const before = await count();
    const answers = await Promise.all(rivals.map(([as, given]) => command(t, as, id, given)));
    expect(
      answers.map((answer) => answer.status).filter((status) => status === 200),
      JSON.stringify(answers.map((a) => a.body)),
    ).toHaveLength(winners);
    for (const answer of answers) if (answer.status !== 200) expect([400, 403, 404, 409]).toContain(answer.status);
    const after = await count();
    // Every success is one version and one event: nothing lost, nothing double.
    expect(after.version - before.version).toBe(winners);
    expect(after.events - before.events).toBe(winners);
  });

  it('the same command sent many times at once is carried out once', async () => {
    const { id } = await handledOrder(t, d);
    const commandId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => command(t, d.officer, id, { action: 'note', note: '一次' }, commandId)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
    expect(answers.filter((answer) => !answer.body.repeated)).toHaveLength(1);
  });

  it('three attempts in vain made at once are all counted', async () => {
    const { id } = await handledOrder(t, d);
    await Promise.all(
      [1, 2, 3].map((n) => command(t, d.officer, id, { action: 'contact', outcome: 'unreached', note: `第${n}次` })),
    );
    const [row] = await t.deps.db.query<{ contact_attempts: number; first_contact_at: Date | null }>(
      null,
      'select contact_attempts, first_contact_at from handling_round where complaint_id = $1',
      [id],
    );
    expect(row!.contact_attempts).toBe(3);
    expect(row!.first_contact_at).not.toBeNull();
  });
});
