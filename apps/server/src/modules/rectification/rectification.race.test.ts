import { randomUUID } from 'node:crypto';
import type { RectificationCommand } from '@bihuan/contract/rectification';
import { RECTIFICATION_ACTIONS, type RectificationAction } from '@bihuan/domain/rectification';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { evidenceOf } from '../../testing/evidence.ts';

let t: TestApp;
let d: TestDistrict;
let closer: TestPerson;
let secondLeader: TestPerson;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  closer = await t.person(d.units.supervision.id, 'supervision_chief');
  secondLeader = await t.person(d.units.bureau.id, 'bureau_leader');
});
afterAll(() => t.close());

type Step = [TestPerson, RectificationCommand];
const act = (as: TestPerson, id: string, command: RectificationCommand) =>
  t.call(as, 'POST', `/rectifications/${id}/commands`, { commandId: randomUUID(), command });
async function begun(...steps: Step[]): Promise<string> {
  const { status, body } = await t.call(d.supervisor, 'POST', '/rectifications', {
    commandId: randomUUID(),
    rectification: {
      source: 'inspection',
      type: 'evidence',
      problem: '现场记录不完整',
      ownerUnitId: d.units.a.id,
      workdays: 5,
    },
  });
  expect(status).toBe(200);
  for (const [as, command] of steps) {
    const answer = await act(as, body.id, command);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
  return body.id;
}
const plan: RectificationCommand = { action: 'plan', cause: '没有交底', measure: '逐人交底' };
const submit = async (as: TestPerson): Promise<RectificationCommand> => ({
  action: 'submit',
  result: '已经补齐',
  fileIds: [await evidenceOf(t, as)],
});
const object: RectificationCommand = { action: 'object', reason: '不属本中队' };
const refuse: RectificationCommand = { action: 'decide_objection', upheld: false, reason: '属本中队' };
const pass: RectificationCommand = { action: 'verify', passed: true, note: '属实' };
const fail: RectificationCommand = { action: 'verify', passed: false, note: '不属实' };
const ask: RectificationCommand = { action: 'request_extension', workdays: 2, reason: '等待配合' };
const submitted = async () => begun([d.leader, plan], [d.leader, await submit(d.leader)]);
const verified = async () => begun([d.leader, plan], [d.leader, await submit(d.leader)], [d.supervisor, pass]);

/** For each action: what comes before it, two who want different things at once, and how many may have their way. */
const RACES: Record<RectificationAction, () => Promise<{ id: string; rivals: Step[]; winners: number }>> = {
  assign: async () => ({
    id: await begun(),
    rivals: [
      [d.leader, { action: 'assign', personId: d.officer.actor.personId }],
      [d.leader, { action: 'assign', personId: d.colleague.actor.personId }],
    ],
    winners: 2,
  }),
  plan: async () => ({
    id: await begun(),
    rivals: [
      [d.leader, plan],
      [d.inner, { action: 'plan', cause: '另一原因', measure: '另一措施' }],
    ],
    winners: 2,
  }),
  report: async () => ({
    id: await begun(),
    rivals: [
      [d.leader, { action: 'report', note: '已布置' }],
      [d.inner, { action: 'report', note: '已补拍' }],
    ],
    winners: 2,
  }),
  submit: async () => ({
    id: await begun([d.leader, plan]),
    rivals: [
      [d.leader, await submit(d.leader)],
      [d.inner, await submit(d.inner)],
    ],
    winners: 1,
  }),
  withdraw: async () => ({
    id: await submitted(),
    rivals: [
      [d.leader, { action: 'withdraw', reason: '照片传错' }],
      [d.supervisor, pass],
    ],
    winners: 1,
  }),
  object: async () => ({
    id: await begun(),
    rivals: [
      [d.leader, object],
      [d.inner, object],
    ],
    winners: 1,
  }),
  decide_objection: async () => ({
    id: await begun([d.leader, object]),
    rivals: [
      [closer, refuse],
      [d.director, { action: 'decide_objection', upheld: true, reason: '成立' }],
    ],
    winners: 1,
  }),
  appeal: async () => ({
    id: await begun([d.leader, object], [closer, refuse]),
    rivals: [
      [d.leader, { action: 'appeal', reason: '附批复' }],
      [d.inner, { action: 'appeal', reason: '附批复' }],
    ],
    winners: 1,
  }),
  decide_appeal: async () => ({
    id: await begun([d.leader, object], [closer, refuse], [d.leader, { action: 'appeal', reason: '附批复' }]),
    rivals: [
      [d.director, { action: 'decide_appeal', upheld: true, reason: '成立' }],
      [secondLeader, { action: 'decide_appeal', upheld: false, reason: '维持' }],
    ],
    winners: 1,
  }),
  request_extension: async () => ({
    id: await begun(),
    rivals: [
      [d.leader, ask],
      [d.inner, ask],
    ],
    winners: 1,
  }),
  decide_extension: async () => ({
    id: await begun([d.leader, ask]),
    rivals: [
      [closer, { action: 'decide_extension', granted: true, reason: '属实' }],
      [d.director, { action: 'decide_extension', granted: false, reason: '不属实' }],
    ],
    winners: 1,
  }),
  verify: async () => ({
    id: await submitted(),
    rivals: [
      [d.supervisor, pass],
      [d.clerk, fail],
    ],
    winners: 1,
  }),
  sign_off: async () => ({
    id: await verified(),
    rivals: [
      [closer, { action: 'sign_off' }],
      [d.director, { action: 'sign_off' }],
    ],
    winners: 1,
  }),
  send_back: async () => ({
    id: await verified(),
    rivals: [
      [closer, { action: 'send_back', reason: '还差一处' }],
      [d.director, { action: 'sign_off' }],
    ],
    winners: 1,
  }),
  urge: async () => ({
    id: await begun(),
    rivals: [
      [d.supervisor, { action: 'urge', note: '请抓紧' }],
      [d.clerk, { action: 'urge', note: '请抓紧' }],
    ],
    winners: 2,
  }),
  cancel: async () => ({
    id: await begun([d.leader, plan]),
    rivals: [
      [closer, { action: 'cancel', reason: '重复下发' }],
      [d.leader, await submit(d.leader)],
    ],
    winners: 1,
  }),
};

describe('two at once', () => {
  it.each(
    Object.keys(RECTIFICATION_ACTIONS) as RectificationAction[],
  )('%s: who comes second is told, nothing is lost or done twice', async (action) => {
    const { id, rivals, winners } = await RACES[action]();
    const before = (await t.call(d.supervisor, 'GET', `/rectifications/${id}`)).body;
    const answers = await Promise.all(rivals.map(([as, command]) => act(as, id, command)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won, JSON.stringify(answers.map(({ body }) => body))).toHaveLength(winners);
    for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
      expect([403, 409]).toContain(status);
      expect(body.detail).toMatch(/\p{Script=Han}/u);
    }
    const after = (await t.call(d.supervisor, 'GET', `/rectifications/${id}`)).body;
    expect(after.version).toBe(before.version + winners);
    expect(after.timeline).toHaveLength(before.timeline.length + winners);
  });

  it('the version that a person saw is asked for: what changed since is not written over', async () => {
    const id = await begun();
    const seen = (await t.call(d.leader, 'GET', `/rectifications/${id}`)).body.version;
    await act(d.inner, id, plan);
    const late = await t.call(d.leader, 'POST', `/rectifications/${id}/commands`, {
      commandId: randomUUID(),
      version: seen,
      command: { action: 'plan', cause: '旧的原因', measure: '旧的措施' },
    });
    expect([late.status, late.body.code]).toEqual([412, 'stale_version']);
    expect((await t.call(d.leader, 'GET', `/rectifications/${id}`)).body.cause).toBe('没有交底');
  });

  it('a command sent again answers the same and changes nothing; its id on another record is refused', async () => {
    const id = await begun();
    const other = await begun();
    const commandId = randomUUID();
    const send = (to: string) =>
      t.call(d.leader, 'POST', `/rectifications/${to}/commands`, { commandId, command: plan });
    const answers = [await send(id), await send(id)];
    expect(answers.map(({ body }) => [body.version, body.repeated])).toEqual([
      [2, false],
      [2, true],
    ]);
    expect((await send(other)).body.code).toBe('command_id_used');
  });

  it('the database itself refuses a checker or closer who had a hand in it', async () => {
    const id = await verified();
    const [row] = await t.deps.db.query<{ doer: string }>(
      null,
      'select doer_ids[1] as doer from rectification where id = $1',
      [id],
    );
    for (const change of [
      'verified_by = $2',
      "closed_by = $2, closed_at = now(), status = 'closed'",
      "closed_by = verified_by, closed_at = now(), status = 'closed'",
    ])
      await expect(
        t.deps.db.query(null, `update rectification set ${change} where id = $1 and ($2::uuid is not null)`, [
          id,
          row!.doer,
        ]),
      ).rejects.toThrow(/check constraint/);
  });
});
