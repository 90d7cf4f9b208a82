import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, testDistrict } from '../../testing/complaint.ts';

let t: TestApp;
let d: Awaited<ReturnType<typeof testDistrict>>;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

let counter = 0;
async function newPerson(): Promise<string> {
  counter += 1;
  const answer = await t.call(d.sysadmin, 'POST', '/org/people', {
    staffNo: `NP${counter}`,
    name: `新人${counter}`,
    badgeNo: null,
    mobile: null,
  });
  expect(answer.status).toBe(200);
  return answer.body.id;
}
const post = (unitId: string, role: string, more: Record<string, unknown> = {}) => ({
  commandId: randomUUID(),
  unitId,
  role,
  title: null,
  startsOn: '2023-06-05',
  replacesPostingId: null,
  reason: '工作需要',
  ...more,
});
const propose = (personId: string, body: Record<string, unknown>, as: TestPerson = d.sysadmin) =>
  t.call(as, 'POST', `/org/people/${personId}/grants`, body);
const decide = (id: string, grant = true, as: TestPerson = d.secadmin) =>
  t.call(as, 'POST', `/org/grants/${id}/decision`, { grant, note: grant ? null : '不符合任职条件' });
const person = async (id: string) => (await t.call(d.sysadmin, 'GET', `/org/people/${id}`)).body;

describe('a post', () => {
  it('carries no right until the security administrator grants it', async () => {
    const id = await newPerson();
    const body = post(d.units.a.id, 'officer');
    const proposed = await propose(id, body);
    expect(proposed.status).toBe(200);
    expect((await person(id)).postings).toEqual([]);
    expect((await propose(id, body)).body).toEqual(proposed.body);
    expect((await person(id)).grants).toHaveLength(1);
    expect((await decide(body.commandId, true, d.sysadmin)).status).toBe(403);
    expect((await decide(body.commandId)).status).toBe(204);
    expect((await decide(body.commandId)).status).toBe(204);
    const [posting, ...others] = (await person(id)).postings;
    expect([posting.role, posting.startedOn, posting.endedOn, others]).toEqual(['officer', '2023-06-05', null, []]);
  });

  it('is not proposed for oneself, nor granted to oneself', async () => {
    expect((await propose(d.sysadmin.actor.personId, post(d.units.a.id, 'officer'))).body.code).toBe('own_grant');
    const body = post(d.units.coordination.id, 'section_staff', { replacesPostingId: d.secadmin.actor.postingId });
    expect((await propose(d.secadmin.actor.personId, body)).status).toBe(200);
    expect((await decide(body.commandId)).body.code).toBe('own_grant');
    expect((await decide(body.commandId, false)).body.code).toBe('own_grant');
    expect((await t.call(d.sysadmin, 'POST', `/org/grants/${body.commandId}/withdrawal`)).status).toBe(204);
  });

  it('of an administrator excludes every other, also when two were proposed before either was granted', async () => {
    const id = await newPerson();
    const [officer, admin] = [post(d.units.bureau.id, 'bureau_leader'), post(d.units.bureau.id, 'audit_admin')];
    await propose(id, officer);
    await propose(id, admin);
    const answers = await Promise.all([decide(officer.commandId), decide(admin.commandId)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
    expect((await person(id)).postings).toHaveLength(1);
  });

  it('belongs to a kind of unit', async () => {
    const answer = await propose(await newPerson(), post(d.units.a.id, 'bureau_leader'));
    expect([answer.status, answer.body.code]).toEqual([409, 'unit_kind']);
  });

  it('that was refused says why, and to begin later is granted later', async () => {
    const id = await newPerson();
    const refused = post(d.units.a.id, 'officer');
    await propose(id, refused);
    const silent = await t.call(d.secadmin, 'POST', `/org/grants/${refused.commandId}/decision`, {
      grant: false,
      note: null,
    });
    expect(silent.status).toBe(400);
    expect((await decide(refused.commandId, false)).status).toBe(204);
    const later = post(d.units.a.id, 'officer', { startsOn: '2023-07-01' });
    await propose(id, later);
    expect((await decide(later.commandId)).body.code).toBe('not_yet');
    expect((await person(id)).postings).toEqual([]);
  });
});

describe('a transfer', () => {
  it('waits until the person’s open orders are assigned anew, ends the old post the day before and its session at once', async () => {
    await handledOrder(t, d);
    const { personId, postingId } = d.officer.actor;
    const body = post(d.units.b.id, 'officer', { replacesPostingId: postingId });
    const proposed = await propose(personId, body);
    expect(proposed.body.openOrders).toBe(1);
    const held = await decide(body.commandId);
    expect([held.status, held.body.code, held.body.openOrders]).toEqual([409, 'open_orders', 1]);
    expect(held.raw.toString()).not.toContain('承重墙');
    await t.deps.db.query(null, 'update complaint set officer_id = $2 where officer_id = $1', [
      personId,
      d.colleague.actor.personId,
    ]);
    expect((await t.call(d.officer, 'GET', '/complaints')).status).toBe(200);
    expect((await decide(body.commandId)).status).toBe(204);
    expect((await t.call(d.officer, 'GET', '/complaints')).status).toBe(401);
    const { postings } = await person(personId);
    expect(
      postings.map((row: { unit: { name: string }; startedOn: string; endedOn: string | null }) => [
        row.unit.name,
        row.startedOn,
        row.endedOn,
      ]),
    ).toEqual([
      ['乙中队', '2023-06-05', null],
      ['甲中队', '2020-01-01', '2023-06-04'],
    ]);
  });
});

describe('leaving', () => {
  it('ends posts, sessions and the account; coming back restores none of them', async () => {
    const gone = await t.person(d.units.b.id, 'squadron_clerk');
    const { personId } = gone.actor;
    const leave = { version: 1, left: true, reason: '调离本局' };
    expect((await t.call(d.sysadmin, 'POST', `/org/people/${personId}/left`, leave)).status).toBe(200);
    expect((await t.call(d.sysadmin, 'POST', `/org/people/${personId}/left`, leave)).status).toBe(412);
    expect((await t.call(gone, 'GET', '/session')).body.actor).toBeNull();
    const back = { version: 2, left: false, reason: '返回本局' };
    expect((await t.call(d.sysadmin, 'POST', `/org/people/${personId}/left`, back)).status).toBe(200);
    expect((await t.call(gone, 'GET', '/session')).body.actor).toBeNull();
    const [account] = (await t.call(d.sysadmin, 'GET', `/accounts?personId=${personId}`)).body.items;
    expect(account.disabled).toBe(true);
    expect((await person(personId)).postings[0].endedOn).toBe('2023-06-05');
  });

  it('never takes the last of the three administrators', async () => {
    const { personId, postingId, accountId } = d.secadmin.actor;
    const answers = [
      await t.call(d.sysadmin, 'POST', `/org/people/${personId}/left`, { version: 1, left: true, reason: '调离' }),
      await t.call(d.sysadmin, 'POST', `/org/postings/${postingId}/end`, { reason: '免职' }),
      await t.call(d.sysadmin, 'POST', `/accounts/${accountId}/disabled`, { disabled: true, reason: '停用' }),
    ];
    expect(answers.map((answer) => answer.body.code)).toEqual(Array(3).fill('last_administrator'));
  });

  it('of the last two administrators at the same moment lets only one go', async () => {
    const two = [await t.person(d.units.bureau.id, 'audit_admin'), d.auditadmin];
    const answers = await Promise.all(
      two.map(({ actor }) => t.call(d.sysadmin, 'POST', `/org/postings/${actor.postingId}/end`, { reason: '免职' })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
  });
});

describe('units', () => {
  const unit = (more: Record<string, unknown> = {}) => ({
    name: '区级机动三中队',
    shortName: '机动三',
    kind: 'squadron',
    parentId: d.units.bureau.id,
    townId: null,
    phone: null,
    sort: 90,
    ...more,
  });

  it('are created, edited against the version seen, and closed only when empty', async () => {
    const { id } = (await t.call(d.sysadmin, 'POST', '/org/units', { code: 'jidong3', ...unit() })).body;
    expect((await t.call(d.sysadmin, 'POST', '/org/units', { code: 'jidong3', ...unit() })).body.code).toBe(
      'code_taken',
    );
    const edit = { version: 1, ...unit({ phone: '021-56600001' }) };
    expect((await t.call(d.sysadmin, 'PUT', `/org/units/${id}`, edit)).body.version).toBe(2);
    expect((await t.call(d.sysadmin, 'PUT', `/org/units/${id}`, edit)).status).toBe(412);
    const close = { version: 2, closed: true, reason: '机构调整' };
    expect((await t.call(d.sysadmin, 'POST', `/org/units/${id}/closed`, close)).body.version).toBe(3);
    const names = (await t.call(d.clerk, 'GET', '/org/unit-names')).body;
    expect(names.some((row: { id: string }) => row.id === id)).toBe(false);
    const inUse = await t.call(d.sysadmin, 'POST', `/org/units/${d.units.a.id}/closed`, { ...close, version: 1 });
    expect([inUse.status, inUse.body.code]).toEqual([409, 'unit_in_use']);
  });

  it('never hang under themselves, and a town has one squadron', async () => {
    const under = unit({ parentId: d.units.a.id, name: '甲中队', townId: d.units.a.townId });
    const circle = await t.call(d.sysadmin, 'PUT', `/org/units/${d.units.a.id}`, { version: 1, ...under });
    expect([circle.status, circle.body.errors[0].field]).toEqual([400, '/parentId']);
    const second = await t.call(d.sysadmin, 'POST', '/org/units', {
      code: 'second',
      ...unit({ townId: d.units.a.townId }),
    });
    expect(second.body.code).toBe('town_taken');
  });
});

describe('names', () => {
  it('are for everyone signed in, and hold nothing but name, unit and role', async () => {
    const rows = (await t.call(d.liaison, 'GET', `/org/person-names?unitId=${d.units.b.id}`)).body;
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row).sort()).toEqual(['id', 'name', 'roleLabel', 'unit']);
    expect((await t.call(null, 'GET', '/org/person-names')).status).toBe(401);
    expect((await t.call(d.liaison, 'GET', '/org/people')).status).toBe(403);
  });

  it('are read page by page without losing or repeating anybody', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = (await t.call(d.sysadmin, 'GET', `/org/people?limit=3${after && `&after=${after}`}`)).body;
      seen.push(...page.items.map((item: { id: string }) => item.id));
      after = page.next ? encodeURIComponent(page.next) : '';
      expect(page.total).toBeGreaterThan(3);
    } while (after);
    const [all] = await t.deps.db.query<{ n: number }>(
      null,
      'select count(*)::int as n from person where left_at is null',
    );
    expect(new Set(seen).size).toBe(all!.n);
    expect(seen).toHaveLength(all!.n);
  });

  it('a mobile number is encrypted where it lies', async () => {
    const id = await newPerson();
    const { version, staffNo, name } = await person(id);
    const edit = { version, staffNo, name, badgeNo: null, mobile: '13800001234' };
    expect((await t.call(d.sysadmin, 'PUT', `/org/people/${id}`, edit)).status).toBe(200);
    expect((await person(id)).mobile).toBe('13800001234');
    const [row] = await t.deps.db.query<{ n: number }>(
      null,
      "select count(*)::int as n from person p where row_to_json(p)::text like '%13800001234%' or encode(mobile_enc, 'escape') like '%13800001234%'",
    );
    expect(row!.n).toBe(0);
  });
});
