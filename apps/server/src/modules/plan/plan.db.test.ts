import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '@bihuan/contract/plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../platform/config.ts';
import { type TestApp, testApp } from '../../testing/app.ts';
import { currentPlan, findMeasure, loadPlans, PlanError } from './index.ts';

const OFFICIAL = join(PROJECT_ROOT, 'plans/2023-five-actions.json');
let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await testApp();
  folder = await mkdtemp(join(tmpdir(), 'bihuan-plans-'));
  await cp(OFFICIAL, join(folder, '2023-five-actions.json'));
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const other: Plan = {
  id: '2024-two-campaigns',
  year: 2024,
  title: '夏季市容两项整治方案',
  documentNumber: '测城执〔2024〕1号',
  issuedBy: '测试区城市管理行政执法局',
  issuedOn: '2024-05-01',
  from: '2024-06-01',
  to: '2024-08-31',
  goal: '街面干净，投诉下降。',
  actions: [
    {
      code: 'summer',
      name: '夏季整治',
      purpose: '市容整洁',
      measures: [
        {
          no: 1,
          title: '占道设摊整治',
          text: '每日巡查。',
          lead: '市容科',
          cooperating: ['各中队'],
          targets: ['投诉下降'],
          rooms: [{ key: 'complaint', name: '诉件办理' }],
        },
        {
          no: 2,
          title: '夜间检查',
          text: '每周一次。',
          lead: '督察科',
          cooperating: [],
          targets: [],
          rooms: [{ key: 'night', name: '夜间检查' }],
        },
      ],
    },
  ],
  requirements: [],
};

describe('the official plan of 2023', () => {
  test('has five actions and fifteen measures, numbered through, each with who leads it', async () => {
    const plan = loadPlans().get('2023-five-actions')!;
    expect(plan.actions.map((action) => action.name)).toEqual([
      '作风大讨论',
      '业务大提升',
      '普法大宣讲',
      '执法大督察',
      '效能大检视',
    ]);
    const measures = plan.actions.flatMap((action) => action.measures);
    expect(measures.map((measure) => measure.no)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    const leads = Object.fromEntries(measures.map((measure) => [measure.no, [measure.lead, ...measure.cooperating]]));
    expect(leads[13]).toEqual(['执法协调科', '执法监督科', '拆违办']);
    expect(leads[8]).toEqual(['办公室', '案件审理科', '执法协调科']);
    expect(leads[4]).toEqual(['政工科', '案件审理科', '执法协调科', '执法监督科']);
  });
});

describe('a plan is data', () => {
  test('another plan is put beside it, chosen by a setting, and in force without a change of code', async () => {
    await writeFile(join(folder, `${other.id}.json`), JSON.stringify(other));
    const plans = loadPlans(folder);
    await app.deps.db.query(
      null,
      `insert into setting (key, effective_from, value) values ('plan.current', '2023-01-01', '"2023-five-actions"')`,
    );
    expect((await currentPlan(app.deps, plans)).id).toBe('2023-five-actions');
    await app.deps.db.query(
      null,
      `insert into setting (key, effective_from, value) values ('plan.current', '2023-06-05', '"2024-two-campaigns"')`,
    );
    const plan = await currentPlan(app.deps, plans);
    expect(plan).toEqual(other);
    expect(findMeasure(plan, 2).measure.title).toBe('夜间检查');
    await app.deps.db.query(
      null,
      `insert into setting (key, effective_from, value) values ('plan.current', '2023-06-04', '"gone"') on conflict do nothing`,
    );
    await app.deps.db.query(null, `delete from setting where key = 'plan.current' and effective_from = '2023-06-05'`);
    await expect(currentPlan(app.deps, plans)).rejects.toMatchObject({ status: 409, code: 'plan_missing' });
    await app.deps.db.query(null, `delete from setting where key = 'plan.current'`);
    expect((await currentPlan(app.deps, plans)).id).toBe('2024-two-campaigns');
    await rm(join(folder, `${other.id}.json`));
  });

  test.each([
    ['an unknown field', (plan: Record<string, unknown>) => ({ ...plan, colour: 'red' })],
    [
      'a missing lead',
      (plan: Plan) => ({
        ...plan,
        actions: [{ ...plan.actions[0]!, measures: [{ ...plan.actions[0]!.measures[0]!, lead: '' }] }],
      }),
    ],
    ['a measure number used twice', (plan: Plan) => ({ ...plan, actions: [plan.actions[0]!, plan.actions[0]!] })],
    ['an id that is not its file name', (plan: Plan) => ({ ...plan, id: 'another' })],
    ['dates the wrong way round', (plan: Plan) => ({ ...plan, from: plan.to, to: plan.from })],
  ])('%s stops the start', async (_what, spoil) => {
    const path = join(folder, `${other.id}.json`);
    await writeFile(path, JSON.stringify((spoil as (plan: Plan) => unknown)(other)));
    expect(() => loadPlans(folder)).toThrow(PlanError);
    expect(() => loadPlans(folder)).toThrow(/2024-two-campaigns\.json/);
    await rm(path);
  });

  test('a file that is not JSON stops the start', async () => {
    const path = join(folder, 'x.json');
    await writeFile(path, (await readFile(OFFICIAL, 'utf8')).slice(0, 100));
    expect(() => loadPlans(folder)).toThrow(PlanError);
    await rm(path);
  });
});

describe('progress of a measure', () => {
  test('is counted from the records; a room not built yet says so and counts nothing', async () => {
    const section = await app.unit('section');
    const partner = await app.unit('partner');
    const clerk = await app.person(section.id, 'section_staff');
    const liaison = await app.person(partner.id, 'partner_liaison');
    const plan = await app.call(clerk, 'GET', '/plan');
    expect([plan.status, plan.body.actions.length]).toEqual([200, 5]);
    const thirteen = await app.call(clerk, 'GET', '/plan/measures/13');
    expect(thirteen.body.notBuilt).toBe(false);
    expect(thirteen.body.rooms.map((room: { key: string; built: boolean }) => [room.key, room.built])).toEqual([
      ['complaint', true],
      ['indicator', true],
      ['analysis', true],
      ['bulletin', true],
      ['matter', true],
    ]);
    for (const room of thirteen.body.rooms) expect(room.progress.length > 0).toBe(room.built);
    const one = await app.call(clerk, 'GET', '/plan/measures/1');
    expect([one.body.notBuilt, one.body.rooms[0].progress]).toEqual([true, []]);
    const partners = await app.call(liaison, 'GET', '/plan/measures/13');
    const rooms = Object.fromEntries(
      partners.body.rooms.map((room: { key: string; progress: unknown[] }) => [room.key, room.progress]),
    );
    expect([rooms.indicator, rooms.analysis]).toEqual([[], []]);
    expect(rooms.complaint[0].value).toBe(0);
  });
});
