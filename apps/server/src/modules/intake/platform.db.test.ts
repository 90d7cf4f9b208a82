import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { deliverDue, nextAttempt } from './callback.service.ts';
import { sign, verify } from './signature.ts';

let t: TestApp;
let d: TestDistrict;
let secret: string;
let source: { id: string; version: number; code: string };
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  const listed = await t.call(d.sysadmin, 'GET', '/intake/sources');
  source = listed.body.items.find(({ code }: { code: string }) => code === 'city_operation');
  const made = await t.call(d.sysadmin, 'POST', `/intake/sources/${source.id}/secret`, {
    commandId: randomUUID(),
    version: source.version,
  });
  ({ secret, source } = made.body);
});
afterAll(() => t.close());

const order = (no: string, overrides: object = {}) => ({
  externalNo: no,
  receivedAt: '2023-06-01T09:00:00+08:00',
  title: '占道经营',
  content: '测试路口长期占道经营',
  complainantPhone: '13812345678',
  ...overrides,
});

interface Signing {
  key?: string;
  secret?: string;
  code?: string;
  algorithm?: 'sha256' | 'sm3';
  at?: number;
  tamper?: (body: string) => string;
}

function push(orders: unknown, given: Signing = {}) {
  const body = JSON.stringify({ orders });
  const path = `/api/v1/intake/${given.code ?? source.code}/orders`;
  const key = given.key ?? randomUUID();
  const timestamp = String(Math.floor((given.at ?? t.clock.now()) / 1000));
  const signature = sign(given.algorithm ?? 'sha256', given.secret ?? secret, {
    method: 'POST',
    path,
    timestamp,
    idempotencyKey: key,
    body: Buffer.from(body),
  });
  return t.call(null, 'POST', path.replace('/api/v1', ''), given.tamper ? given.tamper(body) : body, {
    'content-type': 'application/json',
    'x-bihuan-timestamp': timestamp,
    'x-bihuan-signature': signature,
    'idempotency-key': key,
  });
}

describe('orders pushed by a platform', () => {
  test('are registered with their clocks, told apart order by order, and can be asked for', async () => {
    const { status, body } = await push([
      order('P1'),
      order('P2', { receivedAt: '2023-09-01T09:00:00+08:00' }),
      order('P1', { content: '同号的另一件' }),
    ]);
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { externalNo: 'P1', result: 'created', reasons: [] },
      { externalNo: 'P2', result: 'rejected', number: null, reasons: ['受理时间晚于现在'] },
      { externalNo: 'P1', result: 'conflict' },
    ]);
    const again = await push([order('P1'), order('P1')]);
    expect(again.body.results.map(({ result }: { result: string }) => result)).toEqual(['unchanged', 'unchanged']);
    const changed = await push([order('P1', { address: '测试路1号' })]);
    expect(changed.body.results[0]).toMatchObject({ result: 'updated' });
    const path = `/api/v1/intake/${source.code}/orders/P1`;
    const timestamp = String(Math.floor(t.clock.now() / 1000));
    const signature = sign('sha256', secret, {
      method: 'GET',
      path,
      timestamp,
      idempotencyKey: '',
      body: Buffer.alloc(0),
    });
    const asked = await t.call(null, 'GET', path.replace('/api/v1', ''), undefined, {
      'x-bihuan-timestamp': timestamp,
      'x-bihuan-signature': signature,
    });
    expect(asked.body).toMatchObject({ externalNo: 'P1', status: 'received', statusLabel: '待受理' });
  });

  test('a category that the machine filled in gives way to the one the source names later; a person’s does not', async () => {
    const row = async (no: string) =>
      (
        await t.deps.db.query<{ code: string | null; guessed: boolean; round: string | null; id: string }>(
          null,
          `select c.id, c.category_code as code, exists (select 1 from category_guess j where j.complaint_id = c.id) as guessed,
                  (select r.category_code from handling_round r where r.complaint_id = c.id and r.round = c.round) as round
             from complaint c where c.external_no = $1`,
          [no],
        )
      )[0]!;
    await push(['G1', 'G2', 'G3', 'G4'].map((no) => order(no)));
    expect(await row('G1')).toMatchObject({ code: 'street.stall', guessed: true });
    const { id } = await row('G3');
    await walk(t, id, [d.clerk, { action: 'amend', reason: '核对', changes: { categoryCode: 'street.over_door' } }]);
    await t.call(d.clerk, 'POST', `/complaints/${(await row('G4')).id}/category-confirmation`, {
      commandId: randomUUID(),
      code: 'street.stall',
    });
    const named = (no: string, name: string) => order(no, { categories: [name] });
    const { body } = await push([
      named('G1', '社会生活噪声'),
      named('G2', '占道设摊'),
      named('G3', '社会生活噪声'),
      named('G4', '社会生活噪声'),
    ]);
    expect(body.results.map(({ result }: { result: string }) => result)).toEqual([
      'updated',
      'updated',
      'conflict',
      'conflict',
    ]);
    // Another than the machine’s, and the same: either way it is the source’s now.
    expect(await row('G1')).toMatchObject({ code: 'environment.noise', guessed: false, round: 'environment.noise' });
    expect(await row('G2')).toMatchObject({ code: 'street.stall', guessed: false });
    expect(await row('G3')).toMatchObject({ code: 'street.over_door', guessed: false });
    expect(await row('G4')).toMatchObject({ code: 'street.stall', guessed: false });
  });

  test('one key, one answer: the same body again is answered the same, another body is refused', async () => {
    const key = randomUUID();
    const first = await push([order('K1')], { key });
    const both = await Promise.all([push([order('K1')], { key }), push([order('K1')], { key })]);
    for (const { body } of both) expect(body).toEqual(first.body);
    expect(first.body.results[0].result).toBe('created');
    expect((await push([order('K2')], { key })).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect((await push([order('K3')], { key: 'short' })).status).toBe(400);
  });

  test('a wrong signature, an unknown source, a stale clock and a changed body are answered alike', async () => {
    const answers = await Promise.all([
      push([order('X')], { secret: 'wrong' }),
      push([order('X')], { code: 'no_such_source' }),
      // Known, but without a secret.
      push([order('X')], { code: 'letter' }),
      push([order('X')], { at: t.clock.now() - 301_000 }),
      push([order('X')], { at: t.clock.now() + 301_000 }),
      push([order('X')], { tamper: (body) => body.replace('X', 'Y') }),
      push([order('X')], { algorithm: 'sm3' }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect({ ...body, instance: '' }).toEqual({ ...answers[0]!.body, instance: '' });
    }
    expect((await push([order('X')], { at: t.clock.now() - 299_000 })).status).toBe(200);
  });

  test('batches have limits and no unknown fields', async () => {
    expect((await push(Array.from({ length: 501 }, (_, n) => order(`L${n}`)))).status).toBe(400);
    expect((await push([order('F', { unknown: 1 })])).status).toBe(400);
    expect((await push(Array.from({ length: 500 }, (_, n) => order(`M${n}`)))).body.results).toHaveLength(500);
  });

  test('HMAC-SM3 works as HMAC-SHA256 does', () => {
    const message = {
      method: 'POST',
      path: '/x',
      timestamp: '1685930400',
      idempotencyKey: 'k',
      body: Buffer.from('{}'),
    };
    const signature = sign('sm3', 's', message);
    expect(signature).toMatch(/^sm3=[0-9a-f]{64}$/);
    expect(verify('sm3', 's', message, signature)).toBe(true);
    for (const change of [
      { path: '/y' },
      { timestamp: '1685930401' },
      { idempotencyKey: 'l' },
      { body: Buffer.from('{ }') },
    ])
      expect(verify('sm3', 's', { ...message, ...change }, signature)).toBe(false);
  });
});

describe('sources', () => {
  test('are the system administrator’s; the secret is told once', async () => {
    for (const who of [d.clerk, d.chief, d.secadmin, d.auditadmin, d.director])
      expect((await t.call(who, 'GET', '/intake/sources')).status).toBe(403);
    const listed = await t.call(d.sysadmin, 'GET', '/intake/sources');
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect(listed.body.items.find(({ id }: { id: string }) => id === source.id)).toMatchObject({ hasSecret: true });
  });

  test('call-back addresses that lead to link-local or metadata services, or nowhere, are refused', async () => {
    const change = (callbackUrl: string) =>
      t.call(d.sysadmin, 'PUT', `/intake/sources/${source.id}`, {
        commandId: randomUUID(),
        version: source.version,
        name: '区城运中心',
        signatureAlgorithm: 'sha256',
        callbackUrl,
        closed: false,
      });
    for (const url of [
      'http://169.254.169.254/latest',
      'http://[fe80::1]/x',
      'http://[::ffff:169.254.169.254]/x',
      'http://0xa9fea9fe/',
      'http://100.100.100.200/',
      'http://0.0.0.0/',
      'ftp://example.com/',
      'http://user:pass@example.com/',
      'not a url',
    ])
      expect((await change(url)).status, url).toBe(400);
  });
});

describe('call-backs', () => {
  let server: Server;
  let answer: (request: IncomingMessage) => number | null = () => 200;
  const received: { headers: IncomingMessage['headers']; url: string; body: string }[] = [];

  async function listen(): Promise<string> {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push({ headers: request.headers, url: request.url!, body });
      const status = answer(request);
      if (status === null) return;
      response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback?from=bihuan`;
  }

  beforeAll(async () => {
    const changed = await t.call(d.sysadmin, 'PUT', `/intake/sources/${source.id}`, {
      commandId: randomUUID(),
      version: source.version,
      name: '区城运中心',
      signatureAlgorithm: 'sm3',
      callbackUrl: await listen(),
      closed: false,
    });
    expect(changed.status).toBe(200);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function statusChange(no: string): Promise<string> {
    await push([order(no)], { algorithm: 'sm3' });
    const [row] = await t.deps.db.query<{ id: string }>(null, 'select id from complaint where external_no = $1', [no]);
    await walk(t, row!.id, [d.clerk, { action: 'accept' }]);
    return row!.id;
  }
  const delivery = async () =>
    (await t.call(d.sysadmin, 'GET', '/intake/deliveries', undefined)).body.items.find(
      ({ createdAt }: { createdAt: string }) => createdAt !== '',
    );

  test('bring each change of state, signed, once', async () => {
    received.length = 0;
    await statusChange('C1');
    await deliverDue(t.deps);
    await deliverDue(t.deps);
    expect(received).toHaveLength(1);
    const [{ headers, url, body }] = received as [(typeof received)[0]];
    expect(JSON.parse(body)).toMatchObject({ event: 'complaint.status', externalNo: 'C1', status: 'accepted' });
    expect(
      verify(
        'sm3',
        secret,
        {
          method: 'POST',
          path: url,
          timestamp: String(headers['x-bihuan-timestamp']),
          idempotencyKey: String(headers['idempotency-key']),
          body: Buffer.from(body),
        },
        String(headers['x-bihuan-signature']),
      ),
    ).toBe(true);
    expect(await delivery()).toMatchObject({ state: 'delivered', lastStatus: 200, attempts: 1 });
  });

  test('are repeated after failures with growing pauses, under the same id; redirects are not followed', async () => {
    received.length = 0;
    const answers = [500, 302, 503, 200];
    answer = () => answers.shift()!;
    await statusChange('C2');
    await deliverDue(t.deps);
    expect(received).toHaveLength(1);
    for (const minutes of [1, 2, 4]) {
      await deliverDue(t.deps);
      t.clock.advance(minutes * 60_000);
      await deliverDue(t.deps);
    }
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    answer = () => 200;
  });

  test('stop after three days, stay visible, and go out when asked for by hand', async () => {
    expect(nextAttempt(1, 0, 0)).toBe(60_000);
    expect(nextAttempt(20, 0, 1000)).toBe(1000 + 6 * 3_600_000);
    expect(nextAttempt(30, 0, 3 * 86_400_000)).toBeNull();
    answer = () => 500;
    const id = await statusChange('C3');
    await t.deps.db.query(null, 'update webhook_delivery set created_at = $2 where complaint_id = $1', [
      id,
      new Date(t.clock.now() - 3 * 86_400_000),
    ]);
    await deliverDue(t.deps);
    const { body } = await t.call(d.sysadmin, 'GET', '/intake/deliveries?state=given_up');
    expect(body.items).toMatchObject([
      { externalNo: 'C3', state: 'given_up', lastStatus: 500, lastError: '对方答复 500' },
    ]);
    answer = () => 200;
    await t.call(d.sysadmin, 'POST', `/intake/deliveries/${body.items[0].id}/retry`);
    await t.deps.jobs.drain();
    expect((await t.call(d.sysadmin, 'GET', '/intake/deliveries?state=given_up')).body.items).toEqual([]);
  });

  test('that get no answer are given up after ten seconds and tried again', { timeout: 30_000 }, async () => {
    answer = () => null;
    await statusChange('C4');
    await deliverDue(t.deps);
    const { body } = await t.call(d.sysadmin, 'GET', '/intake/deliveries?state=waiting');
    expect(body.items[0]).toMatchObject({ externalNo: 'C4', lastError: '对方 10 秒内没有答复', attempts: 1 });
    answer = () => 200;
  });

  test('are left by a killed process to the next one', async () => {
    received.length = 0;
    await statusChange('C5');
    // What a process leaves that died between taking and sending.
    await t.deps.db.query(
      null,
      "update webhook_delivery set attempts = 1, next_attempt_at = $1 where payload ->> 'externalNo' = 'C5'",
      [new Date(t.clock.now() + 60_000)],
    );
    await deliverDue(t.deps);
    expect(received.filter(({ body }) => body.includes('C5'))).toHaveLength(0);
    t.clock.advance(61_000);
    await deliverDue(t.deps);
    expect(received.filter(({ body }) => body.includes('C5'))).toHaveLength(1);
  });
});
