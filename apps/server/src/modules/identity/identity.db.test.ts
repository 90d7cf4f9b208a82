import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { createAccount } from './create-account.service.ts';
import { SESSION_COOKIE } from './session.repo.ts';

let t: TestApp;
let squadron: { id: string };
let bureau: { id: string };
let system: TestPerson;
let security: TestPerson;
beforeAll(async () => {
  t = await testApp();
  squadron = await t.unit('squadron');
  bureau = await t.unit('bureau');
  system = await t.person(bureau.id, 'system_admin');
  security = await t.person(bureau.id, 'security_admin');
});
afterAll(() => t.close());

let counter = 0;
/** A person with an account opened the real way. */
async function newcomer(role = 'officer', unitId = squadron.id) {
  counter += 1;
  const [person] = await t.deps.db.query<{ id: string }>(
    null,
    'insert into person (staff_no, name) values ($1,$1) returning id',
    [`N${counter}`],
  );
  await t.deps.db.query(
    null,
    "insert into posting (person_id, unit_id, role, started_on) values ($1,$2,$3,'2020-01-01')",
    [person!.id, unitId, role],
  );
  return createAccount(t.deps, { personId: person!.id, username: `newcomer${counter}` });
}

const signIn = (username: string, password: string) => t.call(null, 'POST', '/session', { username, password });
/** Signed in with the cookie the server set. */
function holding(answer: { headers: Record<string, unknown> }): TestPerson {
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!;
  return { cookie, actor: undefined as never };
}

describe('signing in', () => {
  it('sets a cookie scripts cannot read, and demands that the initial password be changed before anything else', async () => {
    const { username, password } = await newcomer();
    const answer = await signIn(username, password);
    expect(answer.status).toBe(200);
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/);
    const me = holding(answer);
    expect((await t.call(me, 'GET', '/complaints')).body.code).toBe('password_change_required');
    const weak = await t.call(me, 'POST', '/session/password', { current: password, next: 'short' });
    expect([weak.status, weak.body.errors[0].field]).toEqual([400, '/next']);
    expect(
      (await t.call(me, 'POST', '/session/password', { current: password, next: password })).body.detail,
    ).toContain('最近');
    expect(
      (await t.call(me, 'POST', '/session/password', { current: password, next: 'Chunfeng#2023' })).body
        .mustChangePassword,
    ).toBe(false);
    expect((await t.call(me, 'GET', '/complaints')).status).toBe(200);
    expect((await signIn(username, password)).status).toBe(401);
  });

  it('answers an unknown user and a wrong password alike', async () => {
    const { username } = await newcomer();
    const [unknown, wrong] = [await signIn('nobody-here', 'x'), await signIn(username, 'x')];
    expect(unknown.body.detail).toBe(wrong.body.detail);
    expect([unknown.status, wrong.status]).toEqual([401, 401]);
  });

  it('locks after five wrong passwords, also when they come all at once', async () => {
    const { username, password } = await newcomer();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(username, 'wrong')));
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(4);
    expect(answers.filter((answer) => answer.status === 423)).toHaveLength(8);
    expect((await signIn(username, password)).status).toBe(423);
    t.clock.advance(16 * 60_000);
    expect((await signIn(username, password)).status).toBe(200);
    t.clock.set(TEST_NOW);
  });

  it('ends after half an hour without a request', async () => {
    const { username, password } = await newcomer();
    const me = holding(await signIn(username, password));
    t.clock.advance(29 * 60_000);
    expect((await t.call(me, 'GET', '/session')).body.actor).not.toBeNull();
    t.clock.advance(31 * 60_000);
    expect((await t.call(me, 'GET', '/session')).body.actor).toBeNull();
    t.clock.set(TEST_NOW);
  });

  it('refuses requests that come from another site', async () => {
    const answer = await t.call(system, 'DELETE', '/session', undefined, { 'sec-fetch-site': 'cross-site' });
    expect(answer.body.code).toBe('cross_site');
    expect(
      (
        await t.call(
          system,
          'POST',
          '/session/password',
          { current: 'a', next: 'b' },
          { origin: 'https://evil.example' },
        )
      ).body.code,
    ).toBe('cross_site');
  });
});

describe('the second factor', () => {
  it('is required of administrators and each code is good once, also from two tabs', async () => {
    const { username, password } = await newcomer('audit_admin', bureau.id);
    const first = await signIn(username, password);
    expect(first.body.secondFactor).toBe('enrol');
    const me = holding(first);
    await t.call(me, 'POST', '/session/password', { current: password, next: 'Chunfeng#2023' });
    expect((await t.call(me, 'GET', '/session/all')).body.code).toBe('second_factor_required');
    const { secret, qrSvg } = (
      await t.call(me, 'POST', '/session/second-factor/enrolment', { password: 'Chunfeng#2023' })
    ).body;
    expect(qrSvg).toContain('<svg');
    const code = () => generateSync({ secret, epoch: Math.floor(t.clock.now() / 1000) });
    expect((await t.call(me, 'POST', '/session/second-factor/confirmation', { code: '000000' })).status).toBe(401);
    expect((await t.call(me, 'POST', '/session/second-factor/confirmation', { code: code() })).body.secondFactor).toBe(
      'done',
    );
    expect((await t.call(me, 'GET', '/session/all')).status).toBe(200);

    t.clock.advance(60_000);
    const second = await signIn(username, 'Chunfeng#2023');
    expect(second.body.secondFactor).toBe('pending');
    const again = holding(second);
    expect(
      (await t.call(again, 'POST', '/session/password', { current: 'Chunfeng#2023', next: 'Qiufeng#2023x' })).body.code,
    ).toBe('second_factor_required');
    const same = code();
    const answers = await Promise.all(
      [1, 2, 3].map(() => t.call(again, 'POST', '/session/second-factor', { code: same })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401]);
    t.clock.set(TEST_NOW);
  });
});

describe('accounts', () => {
  it('reset, disabled or revoked lose their sessions at once', async () => {
    const { id, username, password } = await newcomer();
    const alive = async (me: TestPerson) => (await t.call(me, 'GET', '/session')).body.actor !== null;
    let me = holding(await signIn(username, password));
    expect((await t.call(system, 'POST', `/accounts/${id}/password`, { reason: '本人遗忘' })).status).toBe(204);
    expect(await alive(me)).toBe(true);
    const reset = (await t.call(security, 'POST', `/accounts/${id}/password/issue`)).body;
    expect(await alive(me)).toBe(false);
    expect((await t.call(security, 'POST', `/accounts/${id}/password/issue`)).body.code).toBe('password_not_wanted');
    me = holding(await signIn(username, reset.password));
    const [session] = (await t.call(security, 'GET', `/sessions?q=${username}`)).body.items;
    expect((await t.call(security, 'DELETE', `/sessions/${session.id}`)).status).toBe(204);
    expect(await alive(me)).toBe(false);
    me = holding(await signIn(username, reset.password));
    await t.call(system, 'POST', `/accounts/${id}/disabled`, { disabled: true, reason: '调离' });
    expect(await alive(me)).toBe(false);
    expect((await signIn(username, reset.password)).body.code).toBe('account_disabled');
  });

  it('are opened by the system administrator, unlocked by the security administrator, and neither does the other’s job', async () => {
    const { id } = await newcomer();
    const reason = { reason: '本人遗忘' };
    expect((await t.call(security, 'POST', `/accounts/${id}/password`, reason)).status).toBe(403);
    expect((await t.call(system, 'POST', `/accounts/${id}/password/issue`)).status).toBe(403);
    expect((await t.call(system, 'POST', `/accounts/${id}/unlock`)).status).toBe(403);
    expect((await t.call(security, 'POST', `/accounts/${id}/unlock`)).status).toBe(204);
    expect((await t.call(system, 'POST', `/accounts/${system.actor.accountId}/password`, reason)).body.code).toBe(
      'own_account',
    );
    expect((await t.call(system, 'GET', '/complaints')).status).toBe(403);
  });

  it('leave every step in the ledger, and no password anywhere in it', async () => {
    const { username, password } = await newcomer();
    await signIn(username, 'wrong-Pass#1');
    await signIn(username, password);
    const rows = await t.deps.db.query<{ action: string; dump: string }>(
      null,
      "select action, row_to_json(e)::text as dump from audit_event e where action like 'identity.%'",
    );
    const actions = new Set(rows.map((row) => row.action));
    for (const action of [
      'identity.account_opened',
      'identity.sign_in',
      'identity.sign_in_failed',
      'identity.locked',
      'identity.password_changed',
    ])
      expect(actions).toContain(action);
    expect(rows.some((row) => row.dump.includes(password) || row.dump.includes('wrong-Pass#1'))).toBe(false);
  });

  it('and sessions are listed page by page, none left out and none twice', async () => {
    for (let i = 0; i < 3; i += 1) {
      const { username, password } = await newcomer();
      await signIn(username, password);
    }
    const lists: [TestPerson, string][] = [
      [system, '/accounts'],
      [security, '/sessions'],
    ];
    for (const [as, path] of lists) {
      const all = (await t.call(as, 'GET', `${path}?limit=200`)).body;
      const ids = all.items.map(({ id }: { id: string }) => id);
      expect(ids.length).toBeGreaterThan(3);
      expect(all.total).toBe(ids.length);
      const paged: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body } = await t.call(as, 'GET', `${path}?limit=2${next ? `&after=${encodeURIComponent(next)}` : ''}`);
        paged.push(...body.items.map(({ id }: { id: string }) => id));
        next = body.next;
      }
      expect(paged).toEqual(ids);
    }
    expect((await t.call(security, 'GET', '/sessions?after=x')).status).toBe(400);
  });

  it('show the cookie’s token nowhere in the database', async () => {
    const { username, password } = await newcomer();
    const token = holding(await signIn(username, password)).cookie.split(`${SESSION_COOKIE}=`)[1]!;
    const [found] = await t.deps.db.query<{ n: number }>(
      null,
      'select count(*)::int as n from session s where row_to_json(s)::text like $1',
      [`%${token}%`],
    );
    expect(found!.n).toBe(0);
  });
});

describe('saved views', () => {
  const put = (who: TestPerson, name: string, query: object) =>
    t.call(who, 'PUT', '/session/views', { list: 'complaints', name, query });
  const names = async (who: TestPerson) =>
    (await t.call(who, 'GET', '/session/views?list=complaints')).body.map((view: { name: string }) => view.name);

  it('belong to the account: the same name replaces, another account neither sees nor drops them', async () => {
    const [mine, other] = [
      await t.person(squadron.id, 'squadron_clerk'),
      await t.person(squadron.id, 'squadron_clerk'),
    ];
    await put(mine, '临期', { open: 'true' });
    const { body } = await put(mine, '临期', { open: 'true', q: '渣土 & 夜间' });
    expect(body).toEqual([{ id: expect.any(String), name: '临期', query: { open: 'true', q: '渣土 & 夜间' } }]);
    expect(await names(other)).toEqual([]);
    await t.call(other, 'DELETE', `/session/views/${body[0].id}`);
    expect(await names(mine)).toEqual(['临期']);
    await t.call(mine, 'DELETE', `/session/views/${body[0].id}`);
    expect(await names(mine)).toEqual([]);
  });

  it('keep no personal number, and are limited in number', async () => {
    const mine = await t.person(squadron.id, 'squadron_clerk');
    expect((await put(mine, '某人', { q: '13800138000' })).status).toBe(400);
    for (let n = 0; n < 30; n++) expect((await put(mine, `视图${n}`, { open: 'true' })).status).toBe(200);
    expect((await put(mine, '又一个', {})).body.code).toBe('too_many');
    expect(await names(mine)).toHaveLength(30);
  });
});
