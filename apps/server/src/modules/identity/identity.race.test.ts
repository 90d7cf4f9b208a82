import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { createAccount } from './create-account.service.ts';
import { ADDRESS_LIMIT } from './lockout.repo.ts';

let t: TestApp;
let system: TestPerson;
let security: TestPerson[];
let bureau: { id: string };
let squadron: { id: string };
beforeAll(async () => {
  t = await testApp();
  bureau = await t.unit('bureau');
  squadron = await t.unit('squadron');
  system = await t.person(bureau.id, 'system_admin');
  security = [await t.person(bureau.id, 'security_admin'), await t.person(bureau.id, 'security_admin')];
});
afterAll(() => t.close());

const signIn = (username: string, password: string) => t.call(null, 'POST', '/session', { username, password });
const newPerson = async (staffNo: string): Promise<string> =>
  (await t.call(system, 'POST', '/org/people', { staffNo, name: staffNo, badgeNo: null, mobile: null })).body.id;

it('a user name that does not exist locks after as many attempts as one that does, also when they come at once', async () => {
  const { username } = await createAccount(t.deps, { personId: await newPerson('R1'), username: 'known-user' });
  const outcomes = async (name: string) =>
    (await Promise.all(Array.from({ length: 8 }, () => signIn(name, 'wrong')))).map((answer) => answer.status).sort();
  const known = await outcomes(username);
  expect(await outcomes('unknown-user')).toEqual(known);
  expect(known.filter((status) => status === 401)).toHaveLength(4);
  t.clock.advance(16 * 60_000);
  expect([(await signIn(username, 'wrong')).status, (await signIn('unknown-user', 'wrong')).status]).toEqual([
    401, 401,
  ]);
  t.clock.set(TEST_NOW);
});

it('one grant decided by two hands at once is decided once', async () => {
  const personId = await newPerson('R2');
  const commandId = randomUUID();
  const body = {
    commandId,
    unitId: squadron.id,
    role: 'officer',
    title: null,
    startsOn: '2023-06-05',
    replacesPostingId: null,
    reason: '工作需要',
  };
  const proposals = await Promise.all(
    [1, 2, 3].map(() => t.call(system, 'POST', `/org/people/${personId}/grants`, body)),
  );
  expect(proposals.map((answer) => answer.status)).toEqual([200, 200, 200]);
  const answers = await Promise.all([
    t.call(security[0]!, 'POST', `/org/grants/${commandId}/decision`, { grant: true, note: null }),
    t.call(security[1]!, 'POST', `/org/grants/${commandId}/decision`, { grant: false, note: '不符合条件' }),
  ]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
  const [row] = await t.deps.db.query<{ status: string; posts: number; events: number }>(
    null,
    `select g.status, (select count(*)::int from posting o where o.person_id = g.person_id) as posts,
            (select count(*)::int from audit_event e where e.object_id = g.person_id and e.action like 'identity.role_%') as events
       from role_grant g where g.id = $1`,
    [commandId],
  );
  expect(row).toEqual({ status: row!.status, posts: row!.status === 'granted' ? 1 : 0, events: 1 });
});

it('an initial password is issued once, whoever else asks for it at the same moment', async () => {
  const { id } = (
    await t.call(system, 'POST', '/accounts', { personId: await newPerson('R3'), username: 'handed-over' })
  ).body;
  const answers = await Promise.all(security.map((one) => t.call(one, 'POST', `/accounts/${id}/password/issue`)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

it('an address that fails too often waits, whatever user name and cookie it tries next', async () => {
  // A new cookie each time, as somebody would send who wants to look like many.
  const attempt = (username: string, password: string) =>
    t.call(null, 'POST', '/session', { username, password }, { cookie: `bihuan_session=${randomUUID()}` });
  for (let n = 0; n < ADDRESS_LIMIT; n += 1) await attempt(`guess-${n}`, 'wrong');
  const { username, password } = await createAccount(t.deps, { personId: await newPerson('R4'), username: 'honest-1' });
  const refused = await attempt(username, password);
  expect([refused.status, refused.body.detail]).toEqual([429, '本机登录失败次数过多，请一刻钟后再试']);
  // Past the quarter of an hour; the right password is now recognised, though the person has no post yet.
  t.clock.advance(40 * 60_000);
  expect((await attempt(username, password)).body.code).toBe('no_posting');
  t.clock.set(TEST_NOW);
}, 60_000);
