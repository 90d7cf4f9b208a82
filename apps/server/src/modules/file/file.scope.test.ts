import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, type TestDistrict, testDistrict } from '../../testing/complaint.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function upload(as: TestPerson | null, content: Buffer, fields: Record<string, string> = {}, name = '现场.png') {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append('file', new Blob([new Uint8Array(content)]), name);
  const encoded = new Response(form);
  return encoded
    .arrayBuffer()
    .then((body) =>
      t.call(as, 'POST', '/files', Buffer.from(body), { 'content-type': encoded.headers.get('content-type')! }),
    );
}

test('evidence is taken with where and when the device recorded it, and comes back unchanged', async () => {
  const { status, body } = await upload(d.officer, PNG, {
    capturedAt: '2023-06-05T09:58:00+08:00',
    lng: '121.48',
    lat: '31.4',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: '现场.png', mime: 'image/png', size: PNG.length });
  const [row] = await t.deps.db.query(null, 'select captured_at, captured_lng, captured_lat from file where id = $1', [
    body.id,
  ]);
  expect(row).toEqual({ captured_at: new Date('2023-06-05T01:58:00Z'), captured_lng: 121.48, captured_lat: 31.4 });
  const back = await t.call(d.officer, 'GET', `/files/${body.id}`);
  expect(back.raw).toEqual(PNG);
  expect(back.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent('现场.png')}`,
  });
  expect(back.headers['content-security-policy']).toContain('sandbox');
});

test('a photo with the hash of its capture is compared with it: kept and shown as checked, or refused', async () => {
  const sha256 = createHash('sha256').update(PNG).digest('hex');
  const changed = Buffer.from(PNG);
  changed[60] = changed[60]! ^ 1;
  const before = await count();
  const refused = await upload(d.officer, changed, { sha256 });
  expect(refused.body).toMatchObject({ status: 422, code: 'upload_damaged' });
  expect(refused.body.detail).toContain('请重新上传');
  expect((await upload(d.officer, PNG, { sha256: 'abc' })).status).toBe(400);
  expect(await count()).toBe(before);
  const checked = (await upload(d.officer, PNG, { sha256: sha256.toUpperCase() })).body;
  const unchecked = (await upload(d.officer, PNG)).body;
  const { id: complaintId } = await handledOrder(t, d);
  const [event] = await t.deps.db.query<{ id: string }>(
    null,
    'select id from audit_event where object_id = $1 order by at desc, id desc limit 1',
    [complaintId],
  );
  for (const { id } of [checked, unchecked])
    await t.deps.db.query(null, 'insert into complaint_file (complaint_id, file_id, event_id) values ($1,$2,$3)', [
      complaintId,
      id,
      event!.id,
    ]);
  const { body } = await t.call(d.officer, 'GET', `/complaints/${complaintId}`);
  const files = body.timeline.flatMap((one: { files: unknown[] }) => one.files);
  expect(files).toContainEqual(expect.objectContaining({ id: checked.id, capturedSha256: sha256 }));
  expect(files).toContainEqual(expect.objectContaining({ id: unchecked.id, capturedSha256: null }));
});

const count = async () => (await t.deps.db.query(null, 'select id from file')).length;

test('what is not a photo or document is only ever saved, never shown', async () => {
  const { body } = await upload(d.officer, Buffer.from('<script>alert(1)</script>'), {}, 'page.html');
  expect(body.code ?? body.mime).toBe('unsupported_file');
  const text = (await upload(d.officer, Buffer.from('<script>alert(1)</script>'), {}, 'page.txt')).body;
  const back = await t.call(d.officer, 'GET', `/files/${text.id}`);
  expect(back.headers['content-type']).toMatch(/^text\/plain/);
  expect(back.headers['content-disposition']).toMatch(/^attachment/);
});

test('bad uploads are refused with a reason', async () => {
  expect((await upload(d.officer, Buffer.alloc(0))).body).toMatchObject({ status: 400, code: 'empty_file' });
  expect((await upload(d.officer, PNG, { lng: '121' })).status).toBe(400);
  expect((await upload(d.officer, PNG, { capturedAt: '昨天' })).status).toBe(400);
  expect((await t.call(d.officer, 'POST', '/files', {})).status).toBe(400);
  expect((await upload(null, PNG)).status).toBe(401);
  expect((await upload(d.sysadmin, PNG)).status).toBe(403);
});

test('a file opens for who uploaded it and for whoever may see its complaint; for all others there is none', async () => {
  const { id: complaintId } = await handledOrder(t, d);
  const { id } = (await upload(d.officer, PNG)).body;
  const opens = async (person: TestPerson) => (await t.call(person, 'GET', `/files/${id}`)).status;
  expect(await opens(d.officer)).toBe(200);
  expect(await opens(d.inner)).toBe(404);
  await t.deps.db.query(null, 'insert into complaint_file (complaint_id, file_id, event_id) values ($1,$2,$3)', [
    complaintId,
    id,
    randomUUID(),
  ]);
  const expected: [keyof TestDistrict, number][] = [
    ['officer', 200],
    ['inner', 200],
    ['leader', 200],
    ['director', 200],
    ['liaison', 200],
    ['colleague', 404],
    ['otherInner', 404],
    ['otherLeader', 404],
    ['partnerLiaison', 404],
    ['auditadmin', 404],
    ['sysadmin', 404],
  ];
  for (const [who, status] of expected) expect(await opens(d[who] as TestPerson), who).toBe(status);
  expect((await t.call(d.inner, 'GET', `/files/${randomUUID()}`)).status).toBe(404);
});
