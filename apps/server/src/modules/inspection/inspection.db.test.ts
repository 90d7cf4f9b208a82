import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FindingCommand, NewPlan } from '@bihuan/contract/inspection';
import { verifyDraw } from '@bihuan/domain/sampling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawHash } from '../../platform/crypto/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { draftPlan, onPlan, onVisit, planOf, signVisit, startPlan, walkPlan } from '../../testing/inspection.ts';

let t: TestApp;
let d: TestDistrict;
let chief: TestPerson;
let second: TestPerson;
let third: TestPerson;
beforeEach(async () => {
  t = await testApp();
  d = await testDistrict(t);
  chief = await t.person(d.units.supervision.id, 'supervision_chief');
  second = await t.person(d.units.supervision.id, 'supervisor');
  third = await t.person(d.units.supervision.id, 'supervisor');
});
afterEach(() => t.close());

const plan = (more: Partial<NewPlan> = {}) => planOf(t, [d.units.a, d.units.b], [second, third, d.clerk], more);
const get = async (as: TestPerson, id: string) => (await t.call(as, 'GET', `/inspection-plans/${id}`)).body;
const visitOf = async (as: TestPerson, id: string) => (await t.call(as, 'GET', `/inspections/${id}`)).body;
const onFinding = (as: TestPerson, id: string, command: FindingCommand) =>
  t.call(as, 'POST', `/inspection-findings/${id}/commands`, { commandId: randomUUID(), command });
const byId = (id: string): TestPerson => [second, third, d.clerk].find(({ actor }) => actor.personId === id)!;
const notices = async (as: TestPerson): Promise<string[]> =>
  (await t.call(as, 'GET', '/notices')).body.items.map((item: { title: string }) => item.title);

/** A plan of one visit to squadron 甲, under way. @returns ids */
async function under(more: Partial<NewPlan> = {}): Promise<{ id: string; visit: string; inspectors: TestPerson[] }> {
  const id = await draftPlan(t, d.supervisor, await planOf(t, [d.units.a], [second, third, d.clerk], more));
  await startPlan(t, id, d.supervisor, chief);
  const [visit] = (await get(d.supervisor, id)).visitList;
  return { id, visit: visit.id, inspectors: visit.inspectors.map((one: { id: string }) => byId(one.id)) };
}

describe('from plan to rectification', () => {
  it('is drafted, approved by another, drawn, carried out by the two drawn, answered, and put right in the one ledger', async () => {
    const { id, visit, inspectors } = await under();
    expect(await notices(inspectors[0]!)).toContain('您被抽取参加督察');
    expect((await t.call(inspectors[0]!, 'GET', '/inspections?mine=true')).body.items).toHaveLength(1);
    expect((await t.call(d.inner, 'GET', `/inspections/${visit}`)).status).toBe(404);
    await signVisit(t, visit, inspectors);
    const seen = await visitOf(d.inner, visit);
    expect(seen).toMatchObject({ status: 'signed', score: 62.5, findings: { total: 1, left: 1 } });
    expect(seen.files).toHaveLength(2);
    expect((await t.call(d.inner, 'GET', `/files/${seen.files[0].id}`)).status).toBe(200);
    expect((await t.call(d.otherInner, 'GET', `/files/${seen.files[0].id}`)).status).toBe(404);
    expect(await notices(d.leader)).toContain('督察发现问题，请说明情况');
    const finding = seen.findingList[0];
    expect(finding).toMatchObject({ no: 2, status: 'open', allowedActions: ['answer'] });

    const confirm = { action: 'confirm', type: 'street', problem: '夜间设摊未处置', workdays: 7 } as const;
    expect((await onFinding(d.supervisor, finding.id, confirm)).body.code).toBe('not_answered');
    expect(
      (await onFinding(d.otherLeader, finding.id, { action: 'answer', accepted: true, text: '属实' })).status,
    ).toBe(404);
    expect(
      (await onFinding(d.leader, finding.id, { action: 'answer', accepted: false, text: '当晚抢险' })).status,
    ).toBe(200);
    const inspector = inspectors.find(({ actor }) => actor.role === 'supervisor')!;
    expect((await onFinding(inspector, finding.id, confirm)).body.code).toBe('own_check');
    expect((await onPlan(t, d.supervisor, id, { action: 'finish', note: '已完成' })).body.code).toBe('findings_left');
    const confirmed = await onFinding(d.supervisor, finding.id, confirm);
    expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
    const rectification = (await t.call(d.leader, 'GET', `/rectifications/${confirmed.body.rectificationId}`)).body;
    expect(rectification).toMatchObject({ source: 'inspection', sourceId: visit, problem: '夜间设摊未处置' });
    expect(rectification.files).toHaveLength(1);
    await walkPlan(t, id, [d.supervisor, { action: 'finish', note: '全部督察完毕，问题已转整改' }]);
    const done = await get(d.director, id);
    expect(done.timeline.map(({ label }: { label: string }) => label)).toEqual([
      '起草',
      '报批',
      '批准并冻结名单',
      '抽取',
      '开始督察',
      '完成',
    ]);
    const sheet = await t.call(d.inner, 'GET', '/inspection-plans/export');
    expect([sheet.status, sheet.raw.subarray(0, 2).toString()]).toEqual([200, 'PK']);
  });

  it('after the time to answer has passed, it is decided without one', async () => {
    const { visit, inspectors } = await under();
    await signVisit(t, visit, inspectors);
    const [finding] = (await visitOf(d.supervisor, visit)).findingList;
    expect(finding.answerDueAt).toBe('2023-06-08T09:00:00.000Z');
    t.clock.set(Date.parse('2023-06-08T17:30:00+08:00'));
    expect((await onFinding(d.supervisor, finding.id, { action: 'withdraw', reason: '复看照片不属实' })).status).toBe(
      200,
    );
    expect((await visitOf(d.supervisor, visit)).findingList[0]).toMatchObject({ status: 'withdrawn' });
  });

  it('is signed only when complete, and a change after the first signature undoes it', async () => {
    const { visit, inspectors } = await under();
    const [first, other] = inspectors as [TestPerson, TestPerson];
    expect((await onVisit(t, first, visit, { action: 'sign' })).body.code).toBe('answers_left');
    const answers = [1, 2, 3, 4].map((no) => ({ no, result: 'not_applicable' as const }));
    await onVisit(t, first, visit, { action: 'record', answers });
    expect((await onVisit(t, first, visit, { action: 'sign' })).body.status).toBe('signing');
    expect((await onVisit(t, first, visit, { action: 'sign' })).body.code).toBe('already_signed');
    await onVisit(t, other, visit, { action: 'record', answers: [{ no: 1, result: 'pass' }] });
    expect((await visitOf(first, visit)).inspectors.map((one: { signedAt: string | null }) => one.signedAt)).toEqual([
      null,
      null,
    ]);
    expect((await onVisit(t, first, visit, { action: 'sign' })).body.code).toBe('photo_required');
    const foreign = [{ no: 1, result: 'pass' as const, fileIds: [randomUUID()] }];
    expect((await onVisit(t, first, visit, { action: 'record', answers: foreign })).status).toBe(400);
    expect((await onVisit(t, d.supervisor, visit, { action: 'sign' })).body.code).toBe('not_inspector');
  });
});

describe('the draw', () => {
  it('publishes its commitment when the lists are frozen, waits for the public value, and verifies from its file alone', async () => {
    const id = await draftPlan(t, d.supervisor, await plan({ subjectsWanted: 1 }));
    await walkPlan(t, id, [d.supervisor, { action: 'submit' }]);
    expect((await onPlan(t, d.supervisor, id, { action: 'approve' })).status).toBe(403);
    await walkPlan(t, id, [chief, { action: 'approve' }]);
    const { commitment } = (await get(d.clerk, id)).draw;
    expect(commitment).toMatch(/^[0-9a-f]{64}$/);
    expect((await t.call(d.clerk, 'GET', `/inspection-plans/${id}/draw.json`)).status).toBe(404);
    expect((await onPlan(t, d.supervisor, id, { action: 'draw', publicValue: '3 1 7' })).body.code).toBe('too_early');
    t.clock.set(t.clock.now() + 3_600_000);
    await walkPlan(t, id, [third, { action: 'draw', publicValue: '3 1 7' }]);
    const { raw } = await t.call(d.clerk, 'GET', `/inspection-plans/${id}/draw.json`);
    expect(verifyDraw(drawHash, raw.toString(), commitment).ok).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'bihuan-draw-'));
    try {
      writeFileSync(join(folder, 'draw.json'), raw);
      const project = resolve(import.meta.dirname, '../../../../..');
      const run = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });
      expect(run(join(project, 'tools/verify-draw.mjs'), join(folder, 'draw.json'), commitment)).toContain('一致');
      expect(
        run(
          join(project, 'apps/server/src/cli.ts'),
          'draw',
          'verify',
          join(folder, 'draw.json'),
          '--commitment',
          commitment,
        ),
      ).toContain('一致');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const drawn = await get(d.clerk, id);
    expect(drawn.visitList).toHaveLength(1);
    expect(drawn.subjects.filter((one: { drawn: boolean }) => one.drawn)).toHaveLength(1);
  });

  it('keeps out by itself whoever served in the unit within three years, with the reason in the file', async () => {
    await t.deps.db.query(
      null,
      "insert into posting (person_id, unit_id, role, started_on, ended_on) values ($1, $2, 'officer', '2020-01-01', '2021-09-01')",
      [second.actor.personId, d.units.a.id],
    );
    const query = `unitId=${d.units.a.id},${d.units.b.id}&personId=${second.actor.personId},${third.actor.personId}`;
    const found = await t.call(d.supervisor, 'GET', `/inspection-plans/conflicts?${query}`);
    expect(found.body.items).toEqual([
      { personId: second.actor.personId, unitId: d.units.a.id, reason: '3 年内曾在该单位任职' },
    ]);
    const id = await draftPlan(t, d.supervisor, await plan());
    await startPlan(t, id, d.supervisor, chief);
    const { visitList, exclusions } = await get(d.supervisor, id);
    expect(exclusions).toEqual([expect.objectContaining({ automatic: true, reason: '3 年内曾在该单位任职' })]);
    const atA = visitList.find((one: { unit: { id: string } }) => one.unit.id === d.units.a.id);
    expect(atA.inspectors.map((one: { id: string }) => one.id)).not.toContain(second.actor.personId);
  });

  it('is not approved where too few are left after standing back, nor with a value already public', async () => {
    const few = await draftPlan(
      t,
      d.supervisor,
      await planOf(t, [d.units.a], [second, third], {
        exclusions: [{ personId: second.actor.personId, unitId: d.units.a.id, reason: '近亲属在该中队' }],
      }),
    );
    const known = await draftPlan(t, d.supervisor, await plan({ publicAt: new Date(t.clock.now()).toISOString() }));
    for (const [id, code] of [
      [few, 'too_few_inspectors'],
      [known, 'value_known'],
    ] as const) {
      await walkPlan(t, id, [d.supervisor, { action: 'submit' }]);
      expect((await onPlan(t, chief, id, { action: 'approve' })).body.code).toBe(code);
      await walkPlan(t, id, [chief, { action: 'return', reason: '请另行约定' }]);
    }
  });

  it('keeps its nonce encrypted, bound to its plan, until it is published', async () => {
    const id = await draftPlan(t, d.supervisor, await plan());
    await walkPlan(t, id, [d.supervisor, { action: 'submit' }], [chief, { action: 'approve' }]);
    const [row] = await t.deps.db.query<{ nonce: Buffer }>(null, 'select nonce from inspection_draw');
    t.clock.set(t.clock.now() + 3_600_000);
    await walkPlan(t, id, [d.supervisor, { action: 'draw', publicValue: '0 0 7' }]);
    const file = JSON.parse((await t.call(chief, 'GET', `/inspection-plans/${id}/draw.json`)).raw.toString());
    expect(row!.nonce.toString('latin1')).not.toContain(file.nonce);
    expect(() => t.deps.keyring.decrypt(row!.nonce, `inspection_draw.nonce:${randomUUID()}`)).toThrow();
    expect(t.deps.keyring.decrypt(row!.nonce, `inspection_draw.nonce:${id}`)).toBe(file.nonce);
  });
});

describe('a covert plan', () => {
  it('stays sealed until it is opened by name and time; only then is the unit heard and something to put right', async () => {
    const { id, visit, inspectors } = await under({ manner: 'covert', title: '夜间暗访' });
    expect((await get(d.supervisor, id)).sealed).toBe(true);
    expect((await onPlan(t, chief, id, { action: 'open', reason: '督察结束' })).body.code).toBe('visits_left');
    await signVisit(t, visit, inspectors);
    expect((await t.call(d.inner, 'GET', `/inspections/${visit}`)).status).toBe(404);
    expect(await notices(d.leader)).toEqual([]);
    const [finding] = (await visitOf(d.supervisor, visit)).findingList;
    expect(finding).toMatchObject({ answerDueAt: null, allowedActions: [] });
    const confirm = { action: 'confirm', type: 'street', problem: '夜间设摊未处置', workdays: 7 } as const;
    t.clock.set(t.clock.now() + 30 * 86_400_000);
    expect((await onFinding(d.supervisor, finding.id, confirm)).body.code).toBe('sealed');
    expect((await onPlan(t, d.supervisor, id, { action: 'finish', note: '完成' })).body.code).toBe('still_sealed');
    expect((await onPlan(t, d.supervisor, id, { action: 'open', reason: '自行启封' })).status).toBe(403);
    await walkPlan(t, id, [chief, { action: 'open', reason: '现场督察已全部完成' }]);
    expect(await get(d.inner, id)).toMatchObject({
      sealed: false,
      openedBy: { id: chief.actor.personId },
      openedAt: new Date(t.clock.now()).toISOString(),
    });
    expect(await notices(d.leader)).toContain('督察发现问题，请说明情况');
    expect((await onFinding(d.inner, finding.id, { action: 'answer', accepted: true, text: '属实' })).status).toBe(200);
    expect((await onFinding(d.supervisor, finding.id, confirm)).status).toBe(200);
  });

  it('has a number that tells nothing, and leaves no gap among those of open plans', async () => {
    const numbers: string[] = [];
    for (const manner of ['open', 'covert', 'open', 'covert'] as const)
      numbers.push((await get(d.supervisor, await draftPlan(t, d.supervisor, await plan({ manner })))).number);
    expect([numbers[0], numbers[2]]).toEqual(['DC2023-0001', 'DC2023-0002']);
    expect(numbers[1]).toMatch(/^AC2023-[2-9A-Z]{8}$/);
    expect(numbers[1]!.slice(7)).not.toBe(numbers[3]!.slice(7));
  });
});

describe('drafts and lists', () => {
  it('a draft is changed by its planner alone, with the version he read, and never from open to covert', async () => {
    const id = await draftPlan(t, d.supervisor, await plan());
    const put = (as: TestPerson, version: number, body: NewPlan) =>
      t.call(as, 'PUT', `/inspection-plans/${id}`, { version, plan: body });
    expect((await put(second, 1, await plan())).body.code).toBe('not_planner');
    expect((await put(d.supervisor, 1, await plan({ title: '改过的标题' }))).body).toEqual({ version: 2 });
    expect((await put(d.supervisor, 1, await plan())).status).toBe(412);
    expect((await put(d.supervisor, 2, await plan({ manner: 'covert' }))).status).toBe(400);
    expect((await put(d.supervisor, 2, await plan({ subjectsWanted: 3 }))).status).toBe(400);
    expect(
      (await put(d.supervisor, 2, await plan({ candidateIds: [d.inner.actor.personId, second.actor.personId] })))
        .status,
    ).toBe(400);
    await walkPlan(t, id, [d.supervisor, { action: 'submit' }]);
    expect((await put(d.supervisor, 3, await plan())).body.code).toBe('wrong_status');
  });

  it('nobody plans the inspection of a unit in which he serves himself', async () => {
    await t.deps.db.query(
      null,
      "insert into posting (person_id, unit_id, role, started_on) values ($1, $2, 'squadron_leader', '2023-01-01')",
      [d.supervisor.actor.personId, d.units.a.id],
    );
    const answer = await t.call(d.supervisor, 'POST', '/inspection-plans', {
      commandId: randomUUID(),
      plan: await plan(),
    });
    expect(answer.status).toBe(403);
  });

  it('a draft made twice with one command id is one draft', async () => {
    const body = { commandId: randomUUID(), plan: await plan() };
    const [one, two] = await Promise.all([1, 2].map(() => t.call(d.supervisor, 'POST', '/inspection-plans', body)));
    expect(one!.body).toEqual(two!.body);
    expect((await t.call(chief, 'GET', '/inspection-plans')).body.total).toBe(1);
  });

  it('a checklist gets a new version and keeps the old one for the plans that used it', async () => {
    const id = await draftPlan(t, d.supervisor, await plan());
    const reference = (await t.call(chief, 'GET', '/inspection-plans/reference')).body;
    const night = reference.checklists.find((one: { code: string }) => one.code === 'night');
    const body = { code: 'night', after: 1, name: '夜间设摊督察', items: night.items.slice(0, 2) };
    expect((await t.call(d.supervisor, 'POST', '/inspection-checklists', body)).status).toBe(403);
    expect((await t.call(chief, 'POST', '/inspection-checklists', body)).body.version).toBe(2);
    expect((await t.call(chief, 'POST', '/inspection-checklists', body)).status).toBe(412);
    expect((await get(d.supervisor, id)).checklist).toMatchObject({ version: 1, name: '夜间设摊专项督察' });
    const target = { version: null, kind: 'time', name: '午间时段', closed: false };
    expect((await t.call(chief, 'PUT', '/inspection-targets/noon', target)).body).toEqual({ version: 1 });
    expect((await t.call(chief, 'PUT', '/inspection-targets/noon', target)).status).toBe(409);
    expect(
      (await t.call(chief, 'PUT', '/inspection-targets/noon', { ...target, version: 1, closed: true })).body,
    ).toEqual({
      version: 2,
    });
  });
});
