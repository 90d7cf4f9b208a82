import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAudit, sealAudit, verifyAuditFile } from '../../platform/audit/index.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';

const SAID = '住户王某说楼上不让进门';
let t: TestApp;
let d: TestDistrict;
let complaintId: string;
let number: string;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  ({ id: complaintId, number } = await handledOrder(t, d));
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

test('only the audit administrator reads, verifies, cancels and exports', async () => {
  const range = 'from=2023-06-01T00:00:00Z&to=2023-07-01T00:00:00Z';
  const id = randomUUID();
  const everybodyElse = Object.values(d).filter(
    (one): one is TestPerson => 'actor' in one && one.actor.role !== 'audit_admin',
  );
  expect(everybodyElse.length).toBeGreaterThan(12);
  for (const person of everybodyElse) {
    for (const path of ['/audit/events', '/audit/chain', '/audit/verifications', `/audit/export.jsonl?${range}`])
      expect((await t.call(person, 'GET', path)).status, `${person.actor.role} ${path}`).toBe(403);
    expect((await t.call(person, 'POST', '/audit/verify', { commandId: id })).status).toBe(403);
    expect((await t.call(person, 'POST', `/audit/verifications/${id}/cancel`)).status).toBe(403);
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

test('an order is found by its number, its events by who did them, and nothing of what it says is shown', async () => {
  const find = async (query: string) => (await t.call(d.auditadmin, 'GET', `/audit/events?${query}`)).body.items;
  const byNumber = await find(`q=${encodeURIComponent(number)}`);
  expect(byNumber.length).toBeGreaterThan(3);
  for (const item of byNumber) expect(item).toMatchObject({ objectId: complaintId, objectLabel: number });
  const byActor = await find(`q=${encodeURIComponent(number)}&actor=${encodeURIComponent(d.officer.actor.name)}`);
  expect(byActor.map((item: { action: string }) => item.action)).toEqual(['complaint.contact']);
  expect(await find('q=nobody-of-this-name')).toEqual([]);
  expect(await find('actor=nobody-of-this-name')).toEqual([]);
  const actions = async (query: string) => [
    ...new Set((await find(query)).map((item: { action: string }) => item.action)),
  ];
  expect(await actions('action=session,complaint.contact')).toEqual(
    expect.arrayContaining(['session.revoke', 'complaint.contact']),
  );
  expect(await actions('action=session,complaint.contact')).toHaveLength(2);
  expect(await actions('objectType=session')).toEqual(['session.revoke']);
  const led = await find('toStatus=handling');
  expect(led.map((item: { action: string }) => item.action)).toContain('complaint.sign');
  expect(new Set(led.map((item: { toStatus: string }) => item.toStatus))).toEqual(new Set(['handling']));
});

test('what was searched for when exporting orders is not in the ledger', async () => {
  expect((await t.call(d.clerk, 'GET', '/complaints/export.xlsx?q=13800001111&open=true')).status).toBe(200);
  const { body, raw } = await t.call(d.auditadmin, 'GET', '/audit/events?action=complaint.export');
  expect(body.items[0].data).toEqual({ filter: { open: true }, searched: true });
  expect(raw.toString()).not.toContain('13800001111');
});

test('the chain’s state says how far it is sealed', async () => {
  await sealAudit(t.deps.db);
  const { head, unsealed } = (await t.call(d.auditadmin, 'GET', '/audit/chain')).body;
  expect(unsealed).toBe(0);
  expect(head.hash).toMatch(/^[0-9a-f]{64}$/);
  await recordAudit(t.deps.db, { at: TEST_NOW, actor: null, action: 'session.note', objectType: 'session' });
  expect((await t.call(d.auditadmin, 'GET', '/audit/chain')).body).toEqual({ head, unsealed: 1 });
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
