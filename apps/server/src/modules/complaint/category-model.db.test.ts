import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { registerOrder, type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { randoms } from '../../testing/scope.ts';
import { trainCategories, trainIfGrown } from './index.ts';

const WORDS = [
  ['饭店油烟直排', '烧烤油烟呛人', '厨房排烟管道朝居民楼', '油烟净化器没有开'],
  ['工地夜间施工噪声', '广场舞音响太大', '高音喇叭叫卖', '半夜打桩吵得睡不着'],
  ['楼顶违法搭建', '搭建阳光房', '破墙开门', '一楼天井加盖'],
] as const;
let t: TestApp;
let d: TestDistrict;
let codes: string[];
/** Registered before there was a model. */
let early: { id: string };

beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  const rows = await t.deps.db.query<{ code: string }>(
    null,
    'select code from category where parent_code is not null and closed_at is null order by code limit 3',
  );
  codes = rows.map(({ code }) => code);
  // Only the model speaks: no keywords.
  await t.deps.db.query(null, "update category set keywords = '{}'");
});
afterAll(() => t.close());

async function insertConfirmed(count: number, seed: number, wrong = 0): Promise<void> {
  const random = randoms(seed);
  const rows = Array.from({ length: count }, (_, at) => {
    const of = Math.floor(random.next() * 3);
    const said = random.next() < wrong ? Math.floor(random.next() * 3) : of;
    return {
      number: `K${seed}-${at}`,
      title: `${random.pick(['友谊路', '牡丹江路', '同济路'])}${random.pick(WORDS[of]!)}`,
      content: `${random.pick(['请尽快处理', '影响生活', '多次反映'])}，${random.pick(WORDS[of]!)}`,
      category: codes[said],
      at: new Date(Date.parse('2023-01-01T00:00:00Z') + at * 3_600_000).toISOString(),
    };
  });
  await t.deps.db.query(
    null,
    `insert into complaint (number, source_id, kind, urgency, title, content, status, category_code, received_at, due_at, first_contact_due_at)
     select number, (select id from intake_source where code = 'walk_in'), 'ordinary', 'normal', title, content, 'closed', category, at, at, at
       from jsonb_to_recordset($1::jsonb) as g (number text, title text, content text, category text, at timestamptz)`,
    [JSON.stringify(rows)],
  );
}
const detail = async (id: string) => (await t.call(d.clerk, 'GET', `/complaints/${id}`)).body;
const models = async () => (await t.call(d.sysadmin, 'GET', '/dictionary/categories/models')).body;

describe('categories learnt from what people confirmed', () => {
  it('too few teach nothing: no model, no suggestion, nothing filled in', async () => {
    await insertConfirmed(200, 1);
    expect(await trainIfGrown(t.deps)).toBe(false);
    early = await registerOrder(t, d.clerk, { title: '友谊路饭店油烟直排', content: '油烟呛人' });
    expect(await detail(early.id)).toMatchObject({ category: null, categoryGuess: null });
  });

  it('enough make a version with its figures; what it is sure of is filled in and marked, anything else only suggested', async () => {
    await insertConfirmed(800, 2, 0.02);
    expect(await trainIfGrown(t.deps)).toBe(true);
    const { models: versions } = await models();
    expect(versions[0]).toMatchObject({ state: 'active', trainedBy: null });
    expect(versions[0].score.accuracy).toBeGreaterThan(0.9);
    expect(versions[0].threshold).toBeGreaterThan(0);
    const sure = await registerOrder(t, d.clerk, { title: '同济路烧烤油烟呛人', content: '影响生活，饭店油烟直排' });
    expect(await detail(sure.id)).toMatchObject({ category: { code: codes[0] }, categoryGuess: { byWords: false } });
    expect((await detail(sure.id)).categoryGuess.confidence).toBeGreaterThanOrEqual(versions[0].threshold);
    const vague = await registerOrder(t, d.clerk, { title: '有事反映', content: '想咨询一下办事流程' });
    expect(await detail(vague.id)).toMatchObject({ category: null, categoryGuess: null });
    const { body } = await t.call(d.clerk, 'POST', '/complaints/category-suggestions', {
      title: '半夜打桩',
      content: '工地夜间施工噪声',
    });
    expect(body.suggestions[0]).toMatchObject({ code: codes[1], sure: true });
    const list = await t.call(d.clerk, 'GET', '/complaints?guessed=true');
    // The one registered before there was a model has been looked at since.
    expect(new Map(list.body.items.map((item: { id: string; title: string }) => [item.title, item.id]))).toEqual(
      new Map([
        ['同济路烧烤油烟呛人', sure.id],
        ['友谊路饭店油烟直排', early.id],
      ]),
    );
  });

  it('a category that a person chose is never marked, and one that the machine chose never teaches', async () => {
    const chosen = await registerOrder(t, d.clerk, {
      title: '同济路烧烤油烟呛人',
      content: '饭店油烟直排',
      categoryCode: codes[2],
    });
    expect(await detail(chosen.id)).toMatchObject({ category: { code: codes[2] }, categoryGuess: null });
    const before = (await models()).confirmed;
    await registerOrder(t, d.clerk, { title: '同济路烧烤油烟呛人', content: '饭店油烟直排，第二次' });
    expect((await models()).confirmed).toBe(before);
  });

  it('a person’s word takes the mark away: confirmed as it is, or changed; the second of two is told', async () => {
    const order = await registerOrder(t, d.clerk, { title: '牡丹江路高音喇叭叫卖', content: '广场舞音响太大' });
    const confirm = { commandId: randomUUID(), code: codes[1] };
    const [one, other] = await Promise.all([
      t.call(d.clerk, 'POST', `/complaints/${order.id}/category-confirmation`, confirm),
      t.call(d.chief, 'POST', `/complaints/${order.id}/category-confirmation`, { ...confirm, commandId: randomUUID() }),
    ]);
    expect([one!.status, other!.status].sort()).toEqual([200, 409]);
    expect(await detail(order.id)).toMatchObject({ category: { code: codes[1] }, categoryGuess: null });
    expect((await detail(order.id)).timeline.map((event: { label: string }) => event.label)).toContain('确认类别');
    const changed = await registerOrder(t, d.clerk, { title: '牡丹江路高音喇叭叫卖', content: '广场舞音响太大，又来' });
    expect((await detail(changed.id)).categoryGuess).not.toBeNull();
    const amend = await t.call(d.clerk, 'POST', `/complaints/${changed.id}/commands`, {
      commandId: randomUUID(),
      command: { action: 'amend', reason: '类别不对', changes: { categoryCode: codes[2] } },
    });
    expect(amend.status, JSON.stringify(amend.body)).toBe(200);
    expect(await detail(changed.id)).toMatchObject({ category: { code: codes[2] }, categoryGuess: null });
  });

  it('confirming is for those who may edit, within their scope; retraining is the system administrator’s', async () => {
    const order = await registerOrder(t, d.clerk, { title: '牡丹江路破墙开门', content: '楼顶违法搭建' });
    for (const person of [d.officer, d.leader, d.liaison, d.director])
      expect(
        (
          await t.call(person, 'POST', `/complaints/${order.id}/category-confirmation`, {
            commandId: randomUUID(),
            code: codes[2],
          })
        ).status,
        person.actor.role,
      ).toBe(403);
    for (const person of [d.clerk, d.officer, d.director]) {
      expect((await t.call(person, 'GET', '/dictionary/categories/models')).status).toBe(403);
      expect((await t.call(person, 'POST', '/dictionary/categories/models', { commandId: randomUUID() })).status).toBe(
        403,
      );
    }
  });

  it('two trainings at once leave one version in use; one that is clearly worse is kept aside with the reason', async () => {
    await Promise.all([trainCategories(t.deps, null), trainCategories(t.deps, null)]);
    const used = (await models()).models.filter((model: { state: string }) => model.state === 'active');
    expect(used).toHaveLength(1);
    await insertConfirmed(2500, 9, 0.9);
    await t.call(d.sysadmin, 'POST', '/dictionary/categories/models', { commandId: randomUUID() });
    expect((await models()).training).toBe(true);
    await t.deps.jobs.drain();
    const after = await models();
    expect(after.models[0]).toMatchObject({ state: 'rejected', trainedBy: { id: d.sysadmin.actor.personId } });
    expect(after.models[0].note).toContain('低于现用版本');
    expect(after.models.find((model: { state: string }) => model.state === 'active').id).toBe(used[0].id);
  });

  it('a training that is stopped leaves the version in use as it was', async () => {
    const before = (await models()).models;
    expect(await trainCategories(t.deps, null, AbortSignal.timeout(30))).toBe(false);
    expect((await models()).models).toEqual(before);
  });
});
