import type { JointCommand } from '@bihuan/contract/joint';
import { JOINT_ACTIONS, type JointAction } from '@bihuan/domain/joint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  act,
  duty,
  dutyOf,
  finishing,
  idsOf,
  type JointWorld,
  jointWorld,
  made,
  meeting,
  must,
} from './joint.fixture.ts';

let t: TestApp;
let d: JointWorld;
let colleague: TestPerson;
beforeAll(async () => {
  t = await testApp();
  d = await jointWorld(t);
  colleague = await t.person(d.units.partner.id, 'partner_liaison');
});
afterAll(() => t.close());

interface Race {
  readonly id: string;
  readonly both: readonly [[TestPerson, JointCommand], [TestPerson, JointCommand]];
}
/** Two at once for every transition. */
async function races(): Promise<Race[]> {
  const all: Race[] = [];
  const add = async (both: (id: string) => Promise<Race['both']>) => {
    const id = await made(t, d);
    all.push({ id, both: await both(id) });
  };
  const partner = d.units.partner.id;
  await add(async (id) => {
    const dutyId = await dutyOf(t, d, id, partner);
    return [
      [d.partnerLiaison, await finishing(t, d.partnerLiaison, dutyId)],
      [colleague, await finishing(t, colleague, dutyId)],
    ];
  });
  await add(async (id) => {
    const dutyId = await dutyOf(t, d, id, partner);
    await must(t, id, [d.partnerLiaison, await finishing(t, d.partnerLiaison, dutyId)]);
    return [
      [d.supervisor, { action: 'confirm_duty', dutyId }],
      [d.chief, { action: 'send_back_duty', dutyId, reason: '缺照片' }],
    ];
  });
  await add(async () => [
    [d.supervisor, { action: 'close', summary: '全部完成' }],
    [d.chief, duty(partner, '再查一遍')],
  ]);
  await add(async () => [
    [d.supervisor, { action: 'close', summary: '全部完成' }],
    [d.chief, { action: 'cancel', reason: '另行安排' }],
  ]);
  await add(async () => [
    [d.supervisor, meeting([{ unitId: partner, text: '三日内反馈' }])],
    [d.chief, { action: 'cancel', reason: '另行安排' }],
  ]);
  await add(async (id) => {
    await must(t, id, [d.supervisor, meeting([{ unitId: d.units.a.id, text: '三日内立案' }])]);
    const [decisionId] = await idsOf(t, 'joint_decision', id);
    const rectify: JointCommand = { action: 'rectify_decision', decisionId: decisionId!, type: 'street', workdays: 5 };
    return [
      [d.supervisor, rectify],
      [d.chief, rectify],
    ];
  });
  await add(async (id) => {
    await must(t, id, [
      d.supervisor,
      { action: 'send_letter', toUnitId: partner, subject: '移交线索', text: '请核查' },
    ]);
    const [letterId] = await idsOf(t, 'joint_letter', id);
    return [
      [d.partnerLiaison, { action: 'receive_letter', letterId: letterId! }],
      [colleague, { action: 'receive_letter', letterId: letterId! }],
    ];
  });
  await add(async () => [
    [d.supervisor, { action: 'send_letter', toUnitId: partner, subject: '移交线索', text: '请核查' }],
    [d.chief, { action: 'close', summary: '全部完成' }],
  ]);
  return all;
}

describe('two at once', () => {
  it('at every transition: with the version both saw one wins, the other is told; nothing is there twice', async () => {
    const seen = new Set<JointAction>();
    for (const { id, both } of await races()) {
      const { version } = (await t.call(d.chief, 'GET', `/joint-tasks/${id}`)).body;
      const answers = await Promise.all(both.map(([as, command]) => act(t, as, id, command, { version })));
      expect(answers.map((one) => one.status).sort(), JSON.stringify(answers.map((one) => one.body))).toEqual([
        200, 412,
      ]);
      for (const [, command] of both) seen.add(command.action);
      const [row] = await t.deps.db.query<{ version: number; events: number; opened: number }>(
        null,
        `select v.version, (select count(*)::int from audit_event e where e.object_type = 'joint' and e.object_id = v.id) as events,
                (select count(*)::int from rectification r where r.source_id = v.id) as opened from joint_task v where v.id = $1`,
        [id],
      );
      expect(row).toMatchObject({ version: version + 1, events: version + 1 });
      expect(row!.opened).toBeLessThanOrEqual(1);
    }
    expect([...seen].sort()).toEqual(Object.keys(JOINT_ACTIONS).sort());
  });

  it('partners work side by side: without a version each finishes his own duty, and the same one is finished once', async () => {
    const id = await made(t, d);
    const [theirs, towns] = [await dutyOf(t, d, id, d.units.partner.id), await dutyOf(t, d, id, d.units.a.townId!)];
    const side = await Promise.all([
      act(t, d.partnerLiaison, id, await finishing(t, d.partnerLiaison, theirs)),
      act(t, d.liaison, id, await finishing(t, d.liaison, towns)),
    ]);
    expect(side.map((one) => one.status)).toEqual([200, 200]);
    const again = await dutyOf(t, d, id, d.units.partner.id);
    const same = await Promise.all([
      act(t, d.partnerLiaison, id, await finishing(t, d.partnerLiaison, again)),
      act(t, colleague, id, await finishing(t, colleague, again)),
    ]);
    expect(same.map((one) => one.status).sort()).toEqual([200, 409]);
  });
});
