import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAudit, sealAudit, verifyAuditFile } from '../../platform/audit/index.ts';
import { TEST_NOW, type TestApp, testApp } from '../../testing/app.ts';
import { handledOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';

const SAID = '住户王某说楼上不让进门';
let t: TestApp;
let d: TestDistrict;
let complaintId: string;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  complaintId = (await handledOrder(t, d)).id;
  await walk(t, complaintId, [d.officer, { action: 'contact', outcome: 'reached', note: SAID }]);
  await recordAudit(t.deps.db, {
    at: TEST_NOW,
    actor: d.secadmin.actor,
    action: 'session.revoke',
    objectType: 'session',
    note: '口令可能泄露',
  });
  await t.deps.jobs.drain();
  await sealAudit(t.deps.db);
});
afterAll(() => t.close());

test('only the audit administrator reads, verifies and exports the ledger', async () => {
  const range = 'from=2023-06-01T00:00:00Z&to=2023-07-01T00:00:00Z';
  for (const person of [d.sysadmin, d.secadmin, d.director, d.officer]) {
    expect((await t.call(person, 'GET', '/audit/events')).status).toBe(403);
    expect((await t.call(person, 'POST', '/audit/verify', {})).status).toBe(403);
    expect((await t.call(person, 'GET', `/audit/export.jsonl?${range}`)).status).toBe(403);
  }
  expect((await t.call(null, 'GET', '/audit/events')).status).toBe(401);
});

test('of a complaint the auditor sees who did what and when, not what was said', async () => {
  const { status, body, raw } = await t.call(d.auditadmin, 'GET', `/audit/events?objectId=${complaintId}`);
  expect(status).toBe(200);
  const contact = body.items.find((item: { action: string }) => item.action === 'complaint.contact');
  expect(contact).toMatchObject({ actor: { name: d.officer.actor.name }, note: null, data: {}, textWithheld: true });
  expect(contact.seq).toBeGreaterThan(0);
  expect(raw.toString()).not.toContain(SAID);
});

test('other events show their note', async () => {
  const { body } = await t.call(d.auditadmin, 'GET', '/audit/events?action=session');
  expect(body.items).toEqual([
    expect.objectContaining({ action: 'session.revoke', note: '口令可能泄露', textWithheld: false }),
  ]);
});

test('pages follow one another without gap or repetition', async () => {
  const all = (await t.call(d.auditadmin, 'GET', '/audit/events?limit=200')).body.items.map(
    (item: { id: string }) => item.id,
  );
  const paged: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const { body } = await t.call(
      d.auditadmin,
      'GET',
      `/audit/events?limit=2${after ? `&after=${encodeURIComponent(after)}` : ''}`,
    );
    paged.push(...body.items.map((item: { id: string }) => item.id));
    after = body.next;
  }
  expect(paged).toEqual(all);
  expect((await t.call(d.auditadmin, 'GET', '/audit/events?after=x~y')).status).toBe(400);
});

test('the chain verifies, and a head noted before is compared', async () => {
  const { body } = await t.call(d.auditadmin, 'POST', '/audit/verify', {});
  expect(body).toMatchObject({ ok: true, problems: [] });
  expect(body.checked).toBe(body.head.seq);
  expect((await t.call(d.auditadmin, 'POST', '/audit/verify', { anchor: body.head })).body.ok).toBe(true);
  const wrong = { seq: body.head.seq, hash: '0'.repeat(64) };
  expect((await t.call(d.auditadmin, 'POST', '/audit/verify', { anchor: wrong })).body).toMatchObject({ ok: false });
});

test('the export verifies offline, holds nothing said in a complaint, and is itself an event', async () => {
  const { status, raw, headers } = await t.call(
    d.auditadmin,
    'GET',
    '/audit/export.jsonl?from=2023-06-01T00:00:00Z&to=2023-07-01T00:00:00Z',
  );
  expect(status).toBe(200);
  expect(headers['content-disposition']).toContain('attachment');
  const folder = await mkdtemp(join(tmpdir(), 'bihuan-export-'));
  try {
    await writeFile(join(folder, 'a.jsonl'), raw);
    expect(await verifyAuditFile(join(folder, 'a.jsonl'))).toMatchObject({ ok: true });
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(raw.toString()).not.toContain(SAID);
  expect((await t.call(d.auditadmin, 'GET', '/audit/events?action=audit.export')).body.items).toHaveLength(1);
});
