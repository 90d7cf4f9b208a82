import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { command, registerOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { randoms } from '../../testing/scope.ts';
import { fillUnfiled, trainCategories } from './index.ts';

const STALL = 'street.stall';
const NOISE = 'environment.noise';
const WORDS: readonly (readonly [string, readonly string[]])[] = [
  [STALL, ['流动摊贩占道设摊', '夜市摆摊卖水果', '三轮车占着人行道叫卖', '马路菜场占道']],
  [NOISE, ['广场舞音响太大', '高音喇叭叫卖', '半夜打桩吵得睡不着', '店铺外放音乐扰民']],
  ['house.bearing_wall', ['装修砸掉承重墙', '结构墙开了门洞', '敲掉剪力墙', '拆改承重结构']],
];
const SURE = { title: '夜市流动摊贩占道设摊', content: '三轮车占着人行道叫卖，夜市摆摊卖水果' };
const VAGUE = { title: '有事反映', content: '想了解一下办事流程' };

let t: TestApp;
let d: TestDistrict;
beforeEach(async () => {
  t = await testApp();
  d = await testDistrict(t);
  // Only the model speaks: no keywords.
  await t.deps.db.query(null, "update category set keywords = '{}'");
});
afterEach(() => t.close());

/** Closed orders as they came in hour by hour; a share of them filed under any category. */
async function insertClosed(count: number, from: string, wrong = 0): Promise<void> {
  const random = randoms(count + from.length);
  const rows = Array.from({ length: count }, (_, at) => {
    const [code, said] = random.pick(WORDS);
    return {
      number: `${from}-${at}`,
      title: `${random.pick(['友谊路', '牡丹江路', '同济路'])}${random.pick(said)}`,
      content: `${random.pick(['请尽快处理', '影响生活', '多次反映'])}，${random.pick(said)}`,
      code: random.next() < wrong ? random.pick(WORDS)[0] : code,
      at: new Date(Date.parse(`${from}T00:00:00+08:00`) + at * 3_600_000).toISOString(),
    };
  });
  await t.deps.db.query(
    null,
    `insert into complaint (number, source_id, kind, urgency, title, content, status, category_code, received_at, due_at, first_contact_due_at)
     select number, (select id from intake_source where code = 'walk_in'), 'ordinary', 'normal', title, content, 'closed', code, at, at, at
       from jsonb_to_recordset($1::jsonb) as g (number text, title text, content text, code text, at timestamptz)`,
    [JSON.stringify(rows)],
  );
}

const order = async (id: string) =>
  (
    await t.deps.db.query<{ code: string | null; round: string | null; guessed: boolean; version: number }>(
      null,
      `select c.category_code as code, c.version, exists (select 1 from category_guess j where j.complaint_id = c.id) as guessed,
              (select r.category_code from handling_round r where r.complaint_id = c.id and r.round = c.round) as round
         from complaint c where c.id = $1`,
      [id],
    )
  )[0]!;

describe('orders registered before there was a model', () => {
  it('are filled in and marked once one is in use, with an entry in the ledger; what it is not sure of stays without', async () => {
    const [early, vague] = [await registerOrder(t, d.clerk, SURE), await registerOrder(t, d.clerk, VAGUE)];
    await insertClosed(800, '2023-01-01');
    await trainCategories(t.deps, null);
    expect(await order(early.id)).toEqual({ code: STALL, round: STALL, guessed: true, version: 2 });
    expect(await order(vague.id)).toMatchObject({ code: null, guessed: false, version: 1 });
    const { timeline } = (await t.call(d.clerk, 'GET', `/complaints/${early.id}`)).body;
    expect(timeline.at(-1)).toMatchObject({ label: '机器判定类别', actor: null });
    expect(await fillUnfiled(t.deps)).toBe(0);
  });

  it('keep what a person said, also that it is left open, in every later run', async () => {
    const [changed, opened, cleared] = [
      await registerOrder(t, d.clerk, SURE),
      await registerOrder(t, d.clerk, SURE),
      await registerOrder(t, d.clerk, SURE),
    ];
    const amend = (categoryCode: string | null) =>
      ({ action: 'amend', reason: '核对', changes: { categoryCode } }) as const;
    await walk(t, opened.id, [d.clerk, amend(NOISE)], [d.clerk, amend(null)]);
    await insertClosed(800, '2023-01-01');
    await trainCategories(t.deps, null);
    await walk(t, changed.id, [d.clerk, amend(NOISE)]);
    await walk(t, cleared.id, [d.clerk, amend(null)]);
    await trainCategories(t.deps, null);
    await fillUnfiled(t.deps);
    expect(await order(changed.id)).toMatchObject({ code: NOISE, guessed: false });
    expect(await order(opened.id)).toMatchObject({ code: null, guessed: false });
    expect(await order(cleared.id)).toMatchObject({ code: null, guessed: false });
  });

  it('that machine and person say at the same time are as the person says', async () => {
    await insertClosed(800, '2023-01-01');
    const ids: string[] = [];
    for (let n = 0; n < 15; n++) ids.push((await registerOrder(t, d.clerk, SURE)).id);
    await trainCategories(t.deps, null);
    // Without a word from anybody, as before the training.
    await t.deps.db.query(null, 'update complaint set category_code = null where id = any($1::uuid[])', [ids]);
    const said = ids.slice(0, 12);
    const [filled, ...answers] = await Promise.all([
      fillUnfiled(t.deps),
      ...said.map((id) =>
        command(t, d.clerk, id, { action: 'amend', reason: '核对', changes: { categoryCode: NOISE } }),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(said.map(() => 200));
    expect(filled).toBeGreaterThanOrEqual(3);
    for (const id of said) expect(await order(id)).toMatchObject({ code: NOISE, round: NOISE, guessed: false });
    for (const id of ids.slice(12)) expect(await order(id)).toMatchObject({ code: STALL, guessed: true });
  });
});

it('a new model is measured against the one in use on the same orders, which that one cannot have learnt', async () => {
  await insertClosed(800, '2023-01-01');
  await trainCategories(t.deps, null);
  const versions = () =>
    t.deps.db.query<{ id: number; state: string; accuracy: number }>(
      null,
      "select id, state, (score->>'accuracy')::float8 as accuracy from category_model order by id",
    );
  const [first] = await versions();
  expect(first!.accuracy).toBe(1);
  // From now on three in ten are filed at random: nobody can do as well as before, the version in use does no better.
  await insertClosed(1500, '2023-06-06', 0.3);
  t.clock.set(Date.parse('2023-09-01T10:00:00+08:00'));
  await trainCategories(t.deps, null);
  const [before, after] = await versions();
  expect(after!.accuracy).toBeLessThan(0.9);
  expect([before!.state, after!.state]).toEqual(['retired', 'active']);
});
