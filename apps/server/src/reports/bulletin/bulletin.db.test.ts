import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bulletin } from '@bihuan/contract/bulletin';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../platform/config.ts';
import { commandId, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  insertPlace,
  insertRounds,
  type Place,
  type RoundFact,
  randomRounds,
  seeded,
} from '../indicator/random-rounds.fixture.ts';
import { renderBulletin } from './index.ts';

const DAY = 86_400_000;
/** The day on which a May bulletin would be made: after the month, and all orders are of before. */
const NOW = Date.parse('2023-06-05T10:00:00+08:00');

let app: TestApp;
let admin: pg.Client;
let place: Place & { source: string };
let facts: RoundFact[];
let clerk: TestPerson;
let chief: TestPerson;
let leader: TestPerson;
let liaison: TestPerson;
let squadron: TestPerson;

beforeAll(async () => {
  app = await testApp();
  admin = new pg.Client({ connectionString: app.adminUrl, options: '-c search_path=bihuan,public' });
  await admin.connect();
  place = await insertPlace(app.deps.db, seeded(11), 6);
  const section = await app.unit('section', '执法协调科');
  const bureau = await app.unit('bureau', '某区城市管理行政执法局');
  clerk = await app.person(section.id, 'coordination_clerk');
  chief = await app.person(section.id, 'coordination_chief');
  leader = await app.person(bureau.id, 'bureau_leader');
  liaison = await app.person(place.units[0]!.town, 'town_liaison');
  squadron = await app.person(place.units[1]!.id, 'squadron_clerk');
  facts = randomRounds(place, { seed: 3, orders: 1500, from: NOW - 420 * DAY, to: NOW, now: NOW });
  await insertRounds(app.deps.db, place.source, facts);
});
afterAll(async () => {
  await admin?.end();
  await app?.close();
});

const begin = async (period: string): Promise<string> => {
  const { status, body } = await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.id;
};
const read = async (id: string, as: TestPerson = clerk): Promise<Bulletin> =>
  (await app.call(as, 'GET', `/bulletins/${id}`)).body;
const command = (as: TestPerson, id: string, body: object, more: object = {}) =>
  app.call(as, 'POST', `/bulletins/${id}/commands`, { commandId: commandId(), command: body, ...more });
async function publish(id: string): Promise<Bulletin> {
  for (const [as, action] of [
    [clerk, 'submit'],
    [chief, 'approve'],
    [leader, 'publish'],
  ] as const) {
    const { status, body } = await command(as, id, { action });
    expect([action, status, body.detail]).toEqual([action, 200, undefined]);
  }
  return read(id);
}
const file = async (id: string, format: string, as: TestPerson = clerk): Promise<Buffer> => {
  const { status, raw } = await app.call(as, 'GET', `/bulletins/${id}/document.${format}`);
  expect(status).toBe(200);
  return raw;
};
const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const numbers = (bulletin: Bulletin) =>
  bulletin.figures.map(({ key, value, numerator, denominator, data }) => [key, value, numerator, denominator, data]);
const stored = async (id: string) =>
  (
    await admin.query(
      'select key, value, numerator, denominator, numerator_ids, denominator_ids, data from bulletin_figure where bulletin_id = $1 order by key',
      [id],
    )
  ).rows;
const recompute = async (id: string): Promise<{ code: number; out: string }> => {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(PROJECT_ROOT, 'tools/recompute-bulletin.mjs'), id],
      {
        env: { ...process.env, DATABASE_URL: app.adminUrl },
      },
    );
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, out: stdout };
  }
};

describe('a monthly bulletin from draft to correction', () => {
  let id: string;
  let first: Bulletin;

  test('a draft takes its figures and writes its text; only those who work on it see it', async () => {
    id = await begin('2023-05');
    const draft = await read(id);
    expect(draft.status).toBe('draft');
    const may = facts.filter(
      ({ round, startedAt, excludedAt, declinedAt }) =>
        round === 1 &&
        startedAt >= Date.parse('2023-05-01T00:00:00+08:00') &&
        startedAt < Date.parse('2023-06-01T00:00:00+08:00') &&
        excludedAt === null &&
        declinedAt === null,
    );
    expect(draft.figures.find(({ key }) => key === 'volume.district')?.numerator).toBe(may.length);
    const html = (await file(id, 'html')).toString();
    expect(html).toContain(`全区共受理诉件${may.length}件`);
    expect(html).toContain('草稿');
    expect(html).not.toMatch(/\{\{|undefined|NaN/);
    expect((await app.call(liaison, 'GET', `/bulletins/${id}`)).status).toBe(404);
  });

  test('the same period again is the same bulletin', async () => {
    const again = await app.call(chief, 'POST', '/bulletins', { commandId: commandId(), period: '2023-05' });
    expect(again.body).toEqual({ id, created: false });
  });

  test('text is edited under a version; a reference to a figure that does not exist is refused', async () => {
    const draft = await read(id);
    const { title, recipients, sections, version } = draft;
    const edit = (body: object) =>
      app.call(clerk, 'PUT', `/bulletins/${id}/text`, {
        commandId: commandId(),
        title,
        recipients,
        sections,
        version,
        ...body,
      });
    const changed = sections.map((section) =>
      section.key === 'lead' ? { ...section, body: `${section.body}\n（一）说明\n共{{volume.district}}件。` } : section,
    );
    expect((await edit({ sections: changed })).body).toEqual({ version: version + 1 });
    expect((await edit({ sections: changed })).status).toBe(412);
    const bad = await edit({ version: version + 1, sections: [{ ...sections[0], body: '{{volume.nowhere}}' }] });
    expect([bad.status, bad.body.code]).toEqual([400, 'text_invalid']);
    expect((await file(id, 'html')).toString()).toContain('<h3>（一）说明</h3>');
    const preview = await app.call(clerk, 'POST', `/bulletins/${id}/preview`, {
      title: '新标题',
      recipients,
      sections,
    });
    expect(preview.body.html).toContain('新标题');
    expect((await read(id)).title).toBe(title);
  });

  test('figures are taken anew in a draft and stay once it is submitted', async () => {
    const { body } = await command(clerk, id, { action: 'refresh', rewrite: false });
    expect(body.status).toBe('draft');
    await command(clerk, id, { action: 'submit' });
    expect((await command(clerk, id, { action: 'refresh', rewrite: false })).status).toBe(409);
    await expect(
      app.deps.db.query(null, 'update bulletin_figure set numerator = 0 where bulletin_id = $1', [id]),
    ).rejects.toThrow('不得改动');
    const back = await command(chief, id, { action: 'send_back', reason: '请补充说明' });
    expect(back.body.status).toBe('draft');
    expect((await read(id)).sentBack?.reason).toBe('请补充说明');
  });

  test('reviewed by another than the writer, signed by a third; numbered, told to every unit', async () => {
    await command(clerk, id, { action: 'submit' });
    expect((await command(clerk, id, { action: 'approve' })).status).toBe(403);
    expect((await command(leader, id, { action: 'publish' })).status).toBe(409);
    const approval = { commandId: commandId(), command: { action: 'approve' } };
    const approve = () => app.call(chief, 'POST', `/bulletins/${id}/commands`, approval);
    expect((await approve()).body.repeated).toBe(false);
    expect((await approve()).body).toMatchObject({ repeated: true, status: 'reviewed' });
    expect((await command(chief, id, { action: 'publish' })).status).toBe(403);
    expect((await command(leader, id, { action: 'publish' })).status).toBe(200);
    first = await read(id);
    expect(first.number).toBe('宝城执通〔2023〕1号');
    expect(first.publishedAt).toBe(new Date(NOW).toISOString());
    const told = await admin.query(
      `select count(distinct unit_id)::int as n from notice where kind = 'bulletin.published' and object_id = $1`,
      [id],
    );
    expect(told.rows[0].n).toBe(first.receivers);
    await app.deps.jobs.drain();
    const kept = await admin.query('select format from bulletin_file where bulletin_id = $1 order by 1', [id]);
    expect(kept.rows.map((row) => row.format)).toEqual(['docx', 'html', 'pdf']);
  });

  test('units give their receipt, once each', async () => {
    expect((await read(id, liaison)).awaitsMyReceipt).toBe(true);
    expect((await command(liaison, id, { action: 'receive' })).status).toBe(200);
    expect((await command(liaison, id, { action: 'receive' })).body.code).toBe('already_received');
    expect((await command(squadron, id, { action: 'receive' })).status).toBe(200);
    const view = await read(id);
    expect(view.received).toBe(2);
    expect(
      view.receipts
        .filter(({ receivedAt }) => receivedAt !== null)
        .map(({ unit }) => unit.id)
        .sort(),
    ).toEqual([liaison.actor.unitId, squadron.actor.unitId].sort());
    expect((await read(id, liaison)).allowedActions).toEqual([]);
  });

  test('as many orders are frozen behind every figure as it says, and an independent script agrees', async () => {
    for (const row of await stored(id)) {
      if (row.key === 'minimum' || row.data.members) continue;
      expect([row.key, row.numerator_ids.length, row.denominator_ids.length]).toEqual([
        row.key,
        row.numerator,
        row.denominator,
      ]);
    }
    const { code, out } = await recompute(id);
    expect(out).toMatch(/一致/);
    expect(code).toBe(0);
  });

  test('what happens to the orders afterwards changes neither figures nor files', async () => {
    const before = {
      rows: await stored(id),
      docx: hash(await file(id, 'docx')),
      pdf: hash(await file(id, 'pdf')),
      html: hash(await file(id, 'html')),
    };
    await admin.query(
      `update handling_round set due_at = due_at + interval '40 days', solved = not solved, unit_id = null where reached or concluded_at is null`,
    );
    await admin.query(`update unit set name = name || '改', short_name = short_name || '改'`);
    await admin.query(`update category set name = name || '改'`);
    expect(await stored(id)).toEqual(before.rows);
    expect({
      docx: hash(await file(id, 'docx')),
      pdf: hash(await file(id, 'pdf')),
      html: hash(await file(id, 'html')),
    }).toEqual({
      docx: before.docx,
      pdf: before.pdf,
      html: before.html,
    });
    const again = await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period: '2023-05' });
    expect(again.body).toEqual({ id, created: false });
    const byCommandLine = await renderBulletin(app.deps, { period: '2023-05', format: 'docx' });
    expect([byCommandLine.published, hash(byCommandLine.content)]).toEqual([true, before.docx]);
    const { code, out } = await recompute(id);
    expect([code, out]).toEqual([3, expect.stringContaining('发布后有改动')]);
  });

  test('drawn a second time without the kept file, DOCX and page have the same bytes', async () => {
    const kept = [hash(await file(id, 'docx')), hash(await file(id, 'html'))];
    await admin.query(
      'alter table bulletin_file disable trigger user; delete from bulletin_file; alter table bulletin_file enable trigger user',
    );
    expect([hash(await file(id, 'docx')), hash(await file(id, 'html'))]).toEqual(kept);
  });

  test('nobody changes what is published, not even past the program', async () => {
    for (const sql of [
      `update bulletin_figure set numerator = numerator + 1 where bulletin_id = '${id}'`,
      `delete from bulletin_figure where bulletin_id = '${id}'`,
      `insert into bulletin_figure (bulletin_id, key, label) values ('${id}', 'x', 'x')`,
      `update bulletin set title = 'x' where id = '${id}'`,
      `delete from bulletin where id = '${id}'`,
      `update bulletin_file set format = 'pdf' where bulletin_id = '${id}'`,
    ])
      await expect(admin.query(sql), sql).rejects.toThrow('不得改动');
    await expect(app.deps.db.query(null, 'delete from bulletin_receipt where bulletin_id = $1', [id])).rejects.toThrow(
      'permission denied',
    );
  });

  test('a correction that keeps the figures has the same ones, a new number, and names what it replaces', async () => {
    const { body } = await command(clerk, id, { action: 'correct', reason: '文字有误', figures: 'keep' });
    expect(body.id).not.toBe(id);
    const draft = await read(body.id);
    expect([draft.revision, draft.status]).toEqual([2, 'draft']);
    expect(numbers(draft)).toEqual(numbers(first));
    expect((await app.call(clerk, 'GET', `/bulletins/${body.id}/changes`)).body.figures).toEqual([]);
    expect((await command(clerk, id, { action: 'correct', reason: '再来', figures: 'keep' })).body.code).toBe(
      'not_latest',
    );
    const second = await publish(body.id);
    expect(second.number).toBe('宝城执通〔2023〕2号');
    expect((await file(body.id, 'html')).toString()).toContain('更正并替代宝城执通〔2023〕1号。更正原因：文字有误');
    expect((await read(id)).superseded).toBe(true);
    expect(second.received).toBe(0);
  });

  test('a correction that takes the figures anew shows what differs, number by number', async () => {
    const latest = (await app.call(clerk, 'GET', '/bulletins?kind=monthly')).body.items[0];
    const { body } = await command(clerk, latest.id, { action: 'correct', reason: '数据有误', figures: 'retake' });
    const changes = (await app.call(clerk, 'GET', `/bulletins/${body.id}/changes`)).body;
    const keys = changes.figures.map((figure: { key: string }) => figure.key);
    expect(keys).toContain('resolution.district');
    expect(keys).not.toContain('volume.district');
    expect(changes.sections.map((section: { key: string }) => section.key)).toContain('overall');
  });
});

test('a draft begun by mistake is thrown away: the period is free again, the ledger remembers', async () => {
  const { id } = (await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period: '2023-W10' })).body;
  const key = commandId();
  const discard = { action: 'discard', reason: '周次选错' };
  const send = () => app.call(clerk, 'POST', `/bulletins/${id}/commands`, { commandId: key, command: discard });
  expect((await command(leader, id, discard)).status).toBe(403);
  expect(await send()).toMatchObject({ status: 200, body: { id: null, repeated: false } });
  expect(await send()).toMatchObject({ status: 200, body: { id: null, repeated: true } });
  expect((await app.call(clerk, 'GET', `/bulletins/${id}`)).status).toBe(404);
  const { rows } = await admin.query('select note, data from audit_event where object_id = $1 and action = $2', [
    id,
    'bulletin.discard',
  ]);
  expect(rows).toEqual([{ note: '周次选错', data: expect.objectContaining({ period: '2023-03-06', revision: 1 }) }]);
  expect(
    (await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period: '2023-W10' })).body.created,
  ).toBe(true);
});

test('the letterhead is changed by the section head and stands on bulletins begun afterwards only', async () => {
  const before = (await app.call(chief, 'GET', '/bulletins/letterhead')).body;
  const begun = (await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period: '2023-W11' })).body.id;
  const after = {
    ...before,
    issuer: '某某区城市管理行政执法局通报',
    series: { monthly: '某城执通', weekly: '某城执周' },
  };
  const save = (as: TestPerson, body: object) =>
    app.call(as, 'PUT', '/bulletins/letterhead', { commandId: commandId(), ...body });
  expect((await save(clerk, after)).status).toBe(403);
  const same = await save(chief, { ...after, series: { monthly: '某城执通', weekly: '某城执通' } });
  expect([same.status, same.body.errors[0].field]).toEqual([400, '/series/weekly']);
  expect((await save(chief, after)).body).toEqual(after);
  const later = (await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period: '2023-W12' })).body.id;
  expect((await file(begun, 'html')).toString()).not.toContain('某城执周');
  expect((await file(later, 'html')).toString()).toContain('某城执周');
  await save(chief, before);
});

test('a weekly analysis names its week and compares with the week before', async () => {
  const id = await begin('2023-W20');
  const html = (await file(id, 'html')).toString();
  expect(html).toContain('关于2023年第20周（5月15日至5月21日）12345诉件办理情况的分析');
  expect(html).toContain('较上周');
  expect(html).not.toContain('上月');
  const view = await read(id);
  expect(view.figures.some(({ key }) => key === 'resolution.district@2023-W19')).toBe(true);
  const made = await publish(id);
  expect(made.number).toBe('宝城执周〔2023〕1号');
  expect((await recompute(id)).code).toBe(0);
});

test('a month not ended yet says up to when it counts', async () => {
  const id = await begin('2023-06');
  expect((await read(id)).asOf).toBe(new Date(NOW).toISOString());
  expect((await file(id, 'html')).toString()).toContain('截至6月5日10时');
});

test('a period that has not begun, or is no week or month, has no bulletin', async () => {
  for (const period of ['2023-07', '2023-W60', '2023-13']) {
    expect((await app.call(clerk, 'POST', '/bulletins', { commandId: commandId(), period })).status).toBe(400);
  }
});

test('for a period nobody has begun, the command line gets a drawing marked as draft and nothing is saved', async () => {
  const before = (await admin.query('select count(*)::int as n from bulletin')).rows[0].n;
  const { content, published } = await renderBulletin(app.deps, { period: '2023-03', format: 'html' });
  expect(published).toBe(false);
  expect(new TextDecoder().decode(content)).toContain('草稿');
  expect((await admin.query('select count(*)::int as n from bulletin')).rows[0].n).toBe(before);
});

test('an empty period makes a bulletin that says so without a broken word', async () => {
  const id = await begin('2021-05');
  const html = (await file(id, 'html')).toString();
  expect(html).toContain('受理诉件0件');
  expect(html).not.toMatch(/undefined|NaN|null|\{\{/);
  expect((await file(id, 'pdf')).subarray(0, 5).toString()).toBe('%PDF-');
});
