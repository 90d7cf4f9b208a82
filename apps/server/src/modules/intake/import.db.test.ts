import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSheet, writeSheet } from '../../platform/spreadsheet/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { detectMatters } from '../matter/index.ts';
import { importFile } from './import.service.ts';
import { type FixtureRow, fixturePath, fixtureRow, HEADINGS, writeFixture, writeText } from './spreadsheet.fixture.ts';

let t: TestApp;
let d: TestDistrict;
let sourceId: string;
let base = 0;
const files: string[] = [];
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'hotline'");
  sourceId = source!.id;
});
afterAll(async () => {
  await t.close();
  for (const file of files) await rm(file, { force: true });
});
// Every test has order numbers of its own.
beforeEach(() => {
  base += 10_000;
});
const row = (n: number, overrides: Partial<FixtureRow> = {}) => fixtureRow(base + n, overrides);

async function take(path: string, overrides: Partial<Parameters<typeof importFile>[1]> = {}) {
  files.push(path);
  const result = await importFile(t.deps, {
    path,
    fileName: '工单.csv',
    sourceCode: 'hotline',
    createdBy: d.clerk.actor.personId,
    ...overrides,
  });
  files.push(result.rejects);
  return result;
}
const takeRows = async (rows: FixtureRow[]) => take(await writeFixture(rows));

async function orderOf(no: string) {
  const [order] = await t.deps.db.query<Record<string, never>>(
    null,
    `select c.*, p.phone_enc is not null as has_phone, p.content_enc is not null as has_content from complaint c join complainant p on p.complaint_id = c.id where external_no = $1`,
    [no],
  );
  return order! as unknown as {
    id: string;
    title: string;
    content: string;
    address: string | null;
    urgency: string;
    status: string;
    category_code: string | null;
    town_id: string | null;
    extras: Record<string, string>;
    due_at: Date;
    closed_at: Date | null;
    version: number;
    has_phone: boolean;
    has_content: boolean;
  };
}

async function returned(path: string): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { cells } of (await openSheet(path)).rows()) rows.push(cells.map((cell) => String(cell ?? '')));
  return rows;
}

const COUNTS = { created: 0, updated: 0, unchanged: 0, rejected: 0, conflicts: 0 };

describe('an export taken in', () => {
  test('makes orders with their clocks, ledger entries, masked texts and encrypted citizens', async () => {
    const result = await takeRows([
      row(1, { content: '请回电13912345678，门前占道设摊已经一周', note: '来电人13712345678', urgency: '紧急' }),
      row(2, { address: `${await townName(d.units.a.townId!)}某路1号` }),
    ]);
    expect(result).toMatchObject({ ...COUNTS, read: 2, created: 2, status: 'done' });
    const order = await orderOf(row(1).no!);
    expect(order).toMatchObject({
      status: 'received',
      urgency: 'critical',
      content: '请回电139****5678，门前占道设摊已经一周',
      extras: { 备注: '来电人137****5678' },
      has_phone: true,
      has_content: true,
    });
    expect(order.due_at.getTime()).toBeGreaterThan(0);
    expect((await orderOf(row(2).no!)).town_id).toBe(d.units.a.townId);
    const events = await t.deps.db.query(
      null,
      "select actor_id, actor_role, to_status from audit_event where object_id = $1 and action = 'complaint.import'",
      [order.id],
    );
    expect(events).toEqual([
      { actor_id: d.clerk.actor.personId, actor_role: 'coordination_clerk', to_status: 'received' },
    ]);
    const revealed = await t.call(d.clerk, 'POST', `/complaints/${order.id}/reveal`, { reason: '电话回访' });
    expect(revealed.body).toMatchObject({ phone: row(1).phone, content: '请回电13912345678，门前占道设摊已经一周' });
  });

  test('the same file again changes nothing', async () => {
    const rows = [row(1), row(2), row(3, { no: null }), row(4, { at: '去年' })];
    expect(await takeRows(rows)).toMatchObject({ ...COUNTS, read: 4, created: 3, rejected: 1 });
    const version = (await orderOf(row(1).no!)).version;
    const events = await eventCount();
    expect(await takeRows(rows)).toMatchObject({ ...COUNTS, read: 4, unchanged: 3, rejected: 1 });
    expect((await orderOf(row(1).no!)).version).toBe(version);
    // Only the start of the import itself.
    expect(await eventCount()).toBe(events + 1);
  });

  test('the returned rows, corrected, are taken as if they came from the export itself', async () => {
    const heading = '序号,工单信息,,诉求人,,备注\n,工单编号,受理时间,标题,电话,\n';
    const line = (n: number, at: string) => `${n},${row(n).no},${at},门前占道,${row(n).phone},老案\n`;
    const first = await take(await writeText(`${heading}${line(1, '2023-05-01')}${line(2, '上周三')}`));
    expect(first).toMatchObject({ ...COUNTS, read: 2, created: 1, rejected: 1 });
    const corrected = fixturePath('xlsx');
    const [titles, cells] = await returned(first.rejects);
    expect(titles).toEqual([
      '原行号',
      '退回情况',
      '原因',
      '系统内编号',
      '序号',
      '工单信息 工单编号',
      '工单信息 受理时间',
      '诉求人 标题',
      '诉求人 电话',
      '备注',
    ]);
    await writeSheet(corrected, {
      columns: titles!.map((header) => ({ header })),
      rows: [cells!.map((cell) => (cell === '上周三' ? '2023-05-03' : cell))],
    });
    expect(await take(corrected)).toMatchObject({ ...COUNTS, read: 1, created: 1 });
    expect(await orderOf(row(2).no!)).toMatchObject({ title: '门前占道', extras: { 备注: '老案' } });
    expect((await orderOf(row(2).no!)).extras).not.toHaveProperty('原因');
  });

  test('an order that comes twice under different running numbers is one order', async () => {
    const lines = [1, 2].map((n) => `${n},${row(1).no},2023-05-01,门前占道\n`).join('');
    expect(await take(await writeText(`基本情况,,,诉求\n序号,工单编号,受理时间,标题\n${lines}`))).toMatchObject({
      ...COUNTS,
      read: 2,
      created: 1,
      unchanged: 1,
    });
  });

  test('every row that cannot be taken comes back with its cells and all its reasons', async () => {
    const result = await takeRows([
      row(1),
      row(2, { at: '2023-02-30 10:00', title: '', content: '' }),
      row(3, { no: '3.10113E+17' }),
      row(4, { at: '2023-12-01 10:00' }),
      row(5, { phone: '123456789' }),
    ]);
    expect(result).toMatchObject({ ...COUNTS, read: 5, created: 2, rejected: 3 });
    const [heading, ...rows] = await returned(result.rejects);
    expect(heading).toEqual(['原行号', '退回情况', '原因', '系统内编号', ...HEADINGS]);
    expect(rows.map((cells) => cells[0])).toEqual(['3', '4', '5']);
    expect(rows[0]![2]).toMatch(/日期不存在.*标题和内容都是空的/);
    expect(rows[1]!.slice(4)).toEqual(expect.arrayContaining(['3.10113E+17', row(3).title, row(3).phone]));
    expect(rows[2]![2]).toBe('受理时间晚于现在，请核对');
    // The irregular number is an order all the same, and nothing of it is lost.
    const order = await orderOf(row(5).no!);
    expect((await t.call(d.clerk, 'POST', `/complaints/${order.id}/reveal`, { reason: '电话回访' })).body.phone).toBe(
      '123456789',
    );
  });

  test('a number twice in one file: identical is one order, different is returned', async () => {
    const rows = [row(1), row(2), row(1), row(2, { content: '另一件事情，与前一件完全不同' })];
    expect(await takeRows(rows)).toMatchObject({ ...COUNTS, read: 4, created: 2, unchanged: 1, conflicts: 1 });
    expect((await orderOf(row(2).no!)).content).toBe(row(2).content);
    expect(await takeRows(rows)).toMatchObject({ ...COUNTS, read: 4, unchanged: 3, conflicts: 1 });
  });

  test('answered rows become closed orders when asked for and the time of the answer is known', async () => {
    const text = `工单编号,受理时间,标题,内容,答复意见,答复时间\n${row(1).no},2023-03-01 10:00,噪声,夜间施工噪声,已责令停工,2023-03-03 15:00\n${row(2).no},2023-03-01 10:00,噪声,夜间施工噪声,已责令停工,\n`;
    expect(await take(await writeText(text), { closeAnswered: true })).toMatchObject({
      ...COUNTS,
      read: 2,
      created: 2,
    });
    expect(await orderOf(row(1).no!)).toMatchObject({
      status: 'closed',
      closed_at: new Date('2023-03-03T15:00:00+08:00'),
    });
    expect(await orderOf(row(2).no!)).toMatchObject({ status: 'received', extras: { 答复意见: '已责令停工' } });
  });
});

describe('a later export of the same orders', () => {
  test('updates what nobody has changed, with a ledger entry that says what', async () => {
    await takeRows([row(1, { address: '', note: '' }), row(2)]);
    const before = await orderOf(row(1).no!);
    const result = await takeRows([
      row(1, { address: '新路5号', content: `${row(1).content}市民再次来电催办。`, note: '已催办', urgency: '紧急' }),
      row(2),
    ]);
    expect(result).toMatchObject({ ...COUNTS, read: 2, updated: 1, unchanged: 1 });
    const after = await orderOf(row(1).no!);
    expect(after).toMatchObject({ address: '新路5号', urgency: 'critical', extras: { 备注: '已催办' } });
    expect(after.content).toMatch(/再次来电催办/);
    expect(after.due_at.getTime()).toBeLessThan(before.due_at.getTime());
    expect(after.version).toBe(before.version + 1);
    const [event] = await t.deps.db.query<{ note: string }>(
      null,
      "select note from audit_event where object_id = $1 and action = 'complaint.update'",
      [after.id],
    );
    expect(event!.note).toBe('来源更新：内容、诉求地址、紧急程度、附加信息');
  });

  test('does not overrule a person: what changed on both sides comes back as a conflict, the rest is taken', async () => {
    await takeRows([row(1)]);
    const { id } = await orderOf(row(1).no!);
    await walk(t, id, [d.clerk, { action: 'amend', reason: '核实后更正', changes: { address: '核实路8号' } }]);
    const later = [row(1, { address: '来源路9号', note: '第二次来电' })];
    const result = await takeRows(later);
    expect(result).toMatchObject({ ...COUNTS, read: 1, conflicts: 1 });
    expect(await orderOf(row(1).no!)).toMatchObject({ address: '核实路8号', extras: { 备注: '第二次来电' } });
    const [, cells] = await returned(result.rejects);
    expect(cells!.slice(1, 3)).toEqual(['冲突', '诉求地址：来源与系统中都作了修改，以系统中的为准，未更新']);
    // It is still not in the system, so it is told again.
    expect(await takeRows(later)).toMatchObject({ ...COUNTS, conflicts: 1 });
  });

  test('a person who changed what the source did not is left in peace', async () => {
    await takeRows([row(1)]);
    const { id } = await orderOf(row(1).no!);
    await walk(t, id, [d.clerk, { action: 'amend', reason: '核实后更正', changes: { address: '核实路8号' } }]);
    expect(await takeRows([row(1)])).toMatchObject({ ...COUNTS, unchanged: 1 });
    expect(await takeRows([row(1, { note: '催办' })])).toMatchObject({ ...COUNTS, updated: 1 });
    expect((await orderOf(row(1).no!)).address).toBe('核实路8号');
  });

  test('a closed order takes over facts of the source only', async () => {
    await takeRows([row(1)]);
    const { id } = await orderOf(row(1).no!);
    await walk(t, id, [d.clerk, { action: 'decline', reason: '不属于城管职责' }]);
    expect(await takeRows([row(1, { note: '已归档' })])).toMatchObject({ ...COUNTS, updated: 1 });
    expect(await takeRows([row(1, { note: '已归档', address: '另一处' })])).toMatchObject({ ...COUNTS, conflicts: 1 });
    expect((await orderOf(row(1).no!)).address).toBe(row(1).address);
  });
});

describe('files as they come', () => {
  test('GB18030, title rows, a heading of two lines, 40 columns and blank rows', async () => {
    const wide = Array.from({ length: 32 }, (_, n) => `附加${n + 1}`);
    const lines = [
      '某区热线工单明细表',
      '导出时间：2023-06-01',
      ['工单信息', '', '诉求人', '', '诉求', '', '', '', ...wide].join(','),
      ['编号', '受理时间', '姓名', '电话', '标题', '内容', '地址', '类别', ...wide.map(() => '')].join(','),
      [
        row(1).no,
        '2023年5月6日 9时5分',
        '李',
        '13812345678',
        '占道',
        '占道经营',
        '镕和路1号',
        '',
        ...wide.map((_, n) => `值${n}`),
      ].join(','),
      ',,,',
      [row(2).no, '2023/5/7 9:05', '王', '021-56781234', '油烟', '油烟扰民', '', '', ...wide.map(() => '')].join(','),
    ];
    const { encodeGb18030 } = await import('../../setup/demo/gb18030.ts');
    const result = await take(await writeText(Buffer.from(encodeGb18030(`${lines.join('\r\n')}\r\n`))));
    expect(result).toMatchObject({ ...COUNTS, read: 2, created: 2 });
    expect(await orderOf(row(1).no!)).toMatchObject({ title: '占道', address: '镕和路1号' });
    expect(Object.keys((await orderOf(row(1).no!)).extras)).toHaveLength(32);
  });

  test('an xlsx whose columns are dates and 18-digit texts', async () => {
    const path = fixturePath('xlsx');
    await writeSheet(path, {
      columns: ['工单编号', '受理时间', '内容'].map((header) => ({ header })),
      rows: [[row(1).no, { serial: 45052.4 }, '渣土车夜间作业']],
    });
    expect(await take(path, { fileName: '工单.xlsx' })).toMatchObject({ ...COUNTS, read: 1, created: 1 });
  });

  test('what is no spreadsheet is refused and leaves no import behind', async () => {
    const path = await writeText('<html><table><tr><td>x</td></tr></table></html>');
    await expect(take(path)).rejects.toMatchObject({ code: 'sheet_html' });
  });
});

async function upload(as: TestPerson | null, path: string, fields: Record<string, string>, name = '工单.csv') {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append('file', new Blob([new Uint8Array(await readFile(path))]), name);
  const encoded = new Response(form);
  return t.call(as, 'POST', '/intake/imports', Buffer.from(await encoded.arrayBuffer()), {
    'content-type': encoded.headers.get('content-type')!,
  });
}

describe('the wizard', () => {
  test('upload, look, correct, start, follow, fetch what came back; the correction is remembered', async () => {
    const path = await writeText(
      `工单编号,受理时间,编码,说明\n${row(1).no},2023-05-06 10:00,甲,油烟扰民严重\n${row(2).no},某日,乙,噪声扰民严重\n`,
    );
    files.push(path);
    const { body: uploaded } = await upload(d.clerk, path, { sourceId });
    const look = await t.call(d.clerk, 'POST', `/intake/imports/${uploaded.id}/preview`, { sourceId });
    expect(look.status).toBe(200);
    expect(look.body.columns.map((column: { field: string }) => column.field).slice(0, 2)).toEqual([
      'externalNo',
      'receivedAt',
    ]);
    expect(look.body).toMatchObject({ remembered: false, headingRows: [1] });
    const columns = ['externalNo', 'receivedAt', 'title', 'content'].map((field, index) => ({ index, field }));
    const corrected = await t.call(d.clerk, 'POST', `/intake/imports/${uploaded.id}/preview`, { sourceId, columns });
    expect(corrected.body).toMatchObject({ missing: [] });
    expect(corrected.body.rows).toMatchObject([
      { ok: true, title: '甲', content: '油烟扰民严重' },
      { ok: false, problems: [{ level: 'reject' }] },
    ]);
    const order = { commandId: randomUUID(), sourceId, columns, closeAnswered: false };
    const started = await t.call(d.clerk, 'POST', `/intake/imports/${uploaded.id}/start`, order);
    expect(started.body).toMatchObject({ status: 'queued' });
    expect((await t.call(d.clerk, 'POST', `/intake/imports/${uploaded.id}/start`, order)).status).toBe(200);
    await t.deps.jobs.drain();
    const done = await t.call(d.clerk, 'GET', `/intake/imports/${uploaded.id}`);
    expect(done.body).toMatchObject({
      status: 'done',
      read: 2,
      created: 1,
      rejected: 1,
      hasRejects: true,
      progress: 1,
    });
    const sheet = await t.call(d.clerk, 'GET', `/intake/imports/${uploaded.id}/rejects.xlsx`);
    expect(sheet.headers['content-disposition']).toContain(encodeURIComponent('工单-退回.xlsx'));
    expect(sheet.raw.subarray(0, 2).toString()).toBe('PK');
    const again = await upload(d.clerk, path, { sourceId });
    const next = await t.call(d.clerk, 'POST', `/intake/imports/${again.body.id}/preview`, { sourceId });
    expect(next.body).toMatchObject({ remembered: true });
    expect(next.body.columns[2]).toMatchObject({ field: 'title', why: '沿用上次确认的对应' });
    expect((await t.call(d.clerk, 'GET', '/intake/imports')).body.items[0]).toMatchObject({ id: uploaded.id });
  });

  test('an import cannot start without what every order needs, nor with one field given twice', async () => {
    const path = await writeText(`甲,乙\n一二三,四五六\n`);
    files.push(path);
    const { body } = await upload(d.clerk, path, { sourceId });
    const start = (columns: unknown) =>
      t.call(d.clerk, 'POST', `/intake/imports/${body.id}/start`, {
        commandId: randomUUID(),
        sourceId,
        columns,
        closeAnswered: false,
      });
    expect((await start([{ index: 0, field: 'title' }])).body).toMatchObject({
      status: 422,
      code: 'mapping_incomplete',
    });
    expect((await start([0, 1].map((index) => ({ index, field: 'title' })))).status).toBe(400);
  });

  test('cancelled before it began, it takes nothing; cancelled on the way, it keeps what it took and says so', async () => {
    const path = await writeFixture(Array.from({ length: 6_000 }, (_, n) => row(n)));
    files.push(path);
    const begin = async () => {
      const { body } = await upload(d.clerk, path, { sourceId });
      const { body: look } = await t.call(d.clerk, 'POST', `/intake/imports/${body.id}/preview`, { sourceId });
      const columns = look.columns.map(({ index, field }: { index: number; field: string }) => ({ index, field }));
      await t.call(d.clerk, 'POST', `/intake/imports/${body.id}/start`, {
        commandId: randomUUID(),
        sourceId,
        columns,
        closeAnswered: false,
      });
      return body.id as string;
    };
    const early = await begin();
    expect((await t.call(d.clerk, 'POST', `/intake/imports/${early}/cancel`)).body).toMatchObject({
      status: 'cancelled',
    });
    await t.deps.jobs.drain();
    expect((await t.call(d.clerk, 'GET', `/intake/imports/${early}`)).body).toMatchObject({ read: 0, created: 0 });
    const late = await begin();
    const running = t.deps.jobs.drain();
    let view = await t.call(d.clerk, 'GET', `/intake/imports/${late}`);
    while (view.body.read === 0) view = await t.call(d.clerk, 'GET', `/intake/imports/${late}`);
    await t.call(d.clerk, 'POST', `/intake/imports/${late}/cancel`);
    await running;
    const { body } = await t.call(d.clerk, 'GET', `/intake/imports/${late}`);
    expect(body.status).toBe('cancelled');
    expect(body.created).toBeGreaterThan(0);
    expect(body.created).toBeLessThan(6_000);
    const [taken] = await t.deps.db.query<{ n: number }>(
      null,
      "select count(*)::int as n from audit_event where action = 'complaint.import' and data ->> 'importId' = $1",
      [late],
    );
    expect(taken!.n).toBe(body.created);
  });

  test('finds matters within the import’s own job; when it is done, every order has been compared', async () => {
    const place = `友谊路街道宝林路${base}弄5号`;
    const rows = Array.from({ length: 40 }, (_, n) =>
      row(n, {
        title: n < 30 ? `宝林路${base}弄底商油烟扰民` : `第${base + n}号公园路灯不亮`,
        content: `市民来电反映，饭店油烟直排居民楼，第${n}次来电，请尽快处理。`,
        address: n < 30 ? place : `公园${n}路${n}号`,
        at: `2023-05-${String(1 + (n % 28)).padStart(2, '0')} 09:${String(n).padStart(2, '0')}`,
      }),
    );
    await detectMatters(t.deps);
    await takeRows(rows);
    const [job] = await t.deps.db.query<Record<string, number>>(
      null,
      'select status, progress, created_count, compared_count, compare_total from import_job order by created_at desc, id desc limit 1',
    );
    expect(job).toMatchObject({
      status: 'done',
      progress: 1,
      created_count: 40,
      compared_count: 40,
      compare_total: 40,
    });
    const matters = await t.deps.db.query<{ n: number; pending: number }>(
      null,
      `select count(*)::int as n, count(*) filter (where o.turn is null)::int as pending from matter_order o join complaint c on c.id = o.complaint_id
        where c.external_no = any($1) group by o.matter_id order by n desc`,
      [rows.map(({ no }) => no)],
    );
    expect(matters[0]).toEqual({ n: 30, pending: 0 });
    expect(matters.every(({ pending }) => pending === 0)).toBe(true);
    const { id } = await orderOf(rows[3]!.no!);
    const { body } = await t.call(d.clerk, 'GET', `/complaints/${id}/matter`);
    expect(body.matter.orderCount).toBe(30);
  });

  test('is for those who may import; a draft is its uploader’s alone', async () => {
    const path = await writeFixture([row(1)]);
    files.push(path);
    for (const who of [d.officer, d.inner, d.director, d.sysadmin, d.liaison]) {
      expect((await upload(who, path, { sourceId })).status).toBe(403);
      expect((await t.call(who, 'GET', '/intake/imports')).status).toBe(403);
    }
    expect((await upload(null, path, { sourceId })).status).toBe(401);
    const { body } = await upload(d.clerk, path, { sourceId });
    expect((await t.call(d.chief, 'POST', `/intake/imports/${body.id}/preview`, { sourceId })).status).toBe(404);
    expect((await t.call(d.chief, 'GET', `/intake/imports/${body.id}`)).status).toBe(404);
    expect((await upload(d.clerk, path, {})).status).toBe(400);
    expect((await upload(d.clerk, path, { sourceId: randomUUID() })).status).toBe(400);
  });
});

async function townName(id: string): Promise<string> {
  const [town] = await t.deps.db.query<{ name: string }>(null, 'select name from unit where id = $1', [id]);
  return town!.name;
}
async function eventCount(): Promise<number> {
  const [row] = await t.deps.db.query<{ n: number }>(null, 'select count(*)::int as n from audit_event');
  return row!.n;
}
