import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeCsv } from '../apps/server/src/platform/spreadsheet/index.ts';
import { writeDemoSpreadsheet } from '../apps/server/src/setup/demo/index.ts';
import { launch, openAs } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer(inject('postgresUrl'), 'e2e_loop');
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

type Fill = (form: ReturnType<Page['locator']>) => Promise<void>;

/** One person opens the order on a page of his own, presses the action's button, fills its form and sends it. */
async function act(
  username: string,
  id: string,
  button: string,
  submit: string | null,
  fill: Fill = async () => {},
): Promise<void> {
  const { context, page } = await openAs(browser, server.url, username);
  await page.goto(`/complaints/${id}`);
  const answered = page.waitForResponse(
    (response) => response.url().endsWith(`/complaints/${id}/commands`) && response.request().method() === 'POST',
    { timeout: 60_000 },
  );
  await page.locator('section[aria-label="可进行的操作"]').getByRole('button', { name: button, exact: true }).click();
  if (submit) {
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: submit, exact: true }) });
    await fill(form);
    await form.getByRole('button', { name: submit, exact: true }).click();
  }
  const answer = await answered;
  expect(answer.status(), await answer.text()).toBe(200);
  await context.close();
}

async function orderOf(username: string, id: string) {
  const { context } = await openAs(browser, server.url, username);
  const order = await (await context.request.get(`/api/v1/complaints/${id}`)).json();
  await context.close();
  return order;
}

/** Through the wizard: file, mapping, running, result. @returns the import as the server tells it */
async function importByWizard(path: string) {
  const { context, page } = await openAs(browser, server.url, 'xietiao01');
  await page.goto('/imports/new');
  await page.getByLabel('要导入的表格').setInputFiles(path);
  await page.getByRole('button', { name: '上传并识别' }).click();
  await page.getByRole('button', { name: '确认并开始导入' }).click();
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
  const id = page.url().split('/').at(-1);
  let view: Record<string, unknown> = {};
  await expect
    .poll(
      async () => {
        view = await (await context.request.get(`/api/v1/intake/imports/${id}`)).json();
        return view.status;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe('done');
  await page.getByText('再导入一份').waitFor();
  await context.close();
  return view as Record<'read' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'conflicts', number>;
}

describe('a month of orders in the hotline’s own spreadsheet', () => {
  it('becomes orders or returned rows, each with its reason; the second time nothing is new', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'bihuan-e2e-')), '热线导出.xlsx');
    const written = await writeDemoSpreadsheet(path, { rows: 300, seed: 7 });
    const first = await importByWizard(path);
    expect(first.created).toBeGreaterThan(250);
    expect(first.rejected).toBe(written.broken.length);
    expect(first.read).toBe(first.created + first.updated + first.unchanged + first.rejected + first.conflicts);
    const second = await importByWizard(path);
    expect(second).toMatchObject({ created: 0, updated: 0, read: first.read });
  });
});

describe('an order registered by hand', () => {
  it('finds its town, and shows no phone number that stands in its text', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto('/complaints/new');
    const form = page.locator('main form').filter({ has: page.getByRole('button', { name: '登记', exact: true }) });
    await form.getByLabel(/^来源(?!编号)/).selectOption({ label: '来访接待' });
    await form.getByLabel('标题').fill('牡丹江路某小区装修敲承重墙');
    await page
      .getByLabel('诉求内容')
      .fill('居民来访反映楼上住户装修时敲掉一面承重墙，请核实处理。联系电话13812345678。');
    await form.getByLabel('地址').fill('友谊路街道牡丹江路1500弄3号501室');
    const answered = page.waitForResponse(
      (response) => response.url().endsWith('/api/v1/complaints') && response.request().method() === 'POST',
    );
    await form.getByRole('button', { name: '登记', exact: true }).click();
    const answer = await answered;
    expect(answer.status(), await answer.text()).toBe(200);
    const { id } = await answer.json();
    await context.close();
    const order = await orderOf('xietiao01', id);
    expect(order).toMatchObject({ status: 'received', town: { name: '友谊路街道' } });
    expect(order.content).toContain('138****5678');
  });
});

const RATES = ['first_contact', 'on_time', 'resolution', 'satisfaction', 'reopen'] as const;
/** Numerator and denominator of the squadron in the month, and how many orders began. */
type Figures = Record<(typeof RATES)[number] | 'volume', readonly [number, number]>;

describe('one order through the whole loop, each step by the right person', () => {
  let id: string;
  let unitId: string;
  let figures: Figures;
  let steps = 0;

  async function readFigures(): Promise<Figures> {
    const { context } = await openAs(browser, server.url, 'xietiao01');
    const { now } = await (await context.request.get('/api/v1/session')).json();
    const month = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 7);
    const answer = await context.request.get(`/api/v1/indicators/figures?period=${month}&dimension=unit`);
    expect(answer.status(), await answer.text()).toBe(200);
    const row = (await answer.json()).rows.find((one: { key: string }) => one.key === unitId);
    await context.close();
    const of = (key: string) => {
      const { numerator, denominator } = row?.figures[key] ?? { numerator: 0, denominator: 0 };
      return [numerator, denominator] as const;
    };
    return Object.fromEntries(['volume', ...RATES].map((key) => [key, of(key)])) as Figures;
  }

  /** How the order, its timeline and the squadron's figures stand after a step; figures not named have not moved. */
  async function standsAt(expected: {
    status: string;
    last: string;
    /** `null`: none runs. */
    clock: object | null;
    shown: string | RegExp;
    moved?: Partial<Record<keyof Figures, readonly [number, number]>>;
  }): Promise<void> {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    const order = await (await context.request.get(`/api/v1/complaints/${id}`)).json();
    expect(order.status).toBe(expected.status);
    expect(order.timeline.length).toBeGreaterThan(steps);
    steps = order.timeline.length;
    const newest = order.timeline.toSorted((a: { at: string }, b: { at: string }) => b.at.localeCompare(a.at))[0];
    const labels = order.timeline
      .filter(({ at }: { at: string }) => at === newest.at)
      .map(({ label }: { label: string }) => label);
    expect(labels).toContain(expected.last);
    if (expected.clock) expect(order.clock).toMatchObject(expected.clock);
    else expect(order.clock).toBeNull();
    await page.goto(`/complaints/${id}`);
    await page.getByText(expected.shown).first().waitFor();
    await page.getByText(expected.last, { exact: true }).first().waitFor();
    await context.close();
    const now = await readFigures();
    for (const key of ['volume', ...RATES] as const) {
      const [numerator, denominator] = expected.moved?.[key] ?? [0, 0];
      expect({ [key]: now[key] }).toEqual({ [key]: [figures[key][0] + numerator, figures[key][1] + denominator] });
    }
    figures = now;
  }

  it('comes with the hotline’s spreadsheet', async () => {
    const { context } = await openAs(browser, server.url, 'xietiao01');
    const { now } = await (await context.request.get('/api/v1/session')).json();
    await context.close();
    const receivedAt = new Date(Date.parse(now) + 8 * 3_600_000 - 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const path = join(mkdtempSync(join(tmpdir(), 'bihuan-e2e-')), '当日工单.csv');
    await writeCsv(path, {
      columns: ['工单编号', '受理时间', '诉求人', '联系电话', '诉求标题', '诉求内容', '事发地址', '紧急程度'].map(
        (header) => ({ header }),
      ),
      rows: [
        [
          '310113202307039001',
          receivedAt,
          '陈静',
          '16600012345',
          '牡丹江路某小区装修敲承重墙',
          '居民来电反映楼上住户装修时敲掉一面承重墙，请核实处理。联系电话16600054321。',
          '友谊路街道牡丹江路1500弄3号501室',
          '一般',
        ],
      ],
    });
    expect(await importByWizard(path)).toMatchObject({ read: 1, created: 1 });
    const { context: clerk } = await openAs(browser, server.url, 'xietiao01');
    const found = await (await clerk.request.get('/api/v1/complaints?q=310113202307039001')).json();
    id = found.items[0].id;
    await clerk.close();
    const { context: squadron } = await openAs(browser, server.url, 'youyi-neiqin');
    unitId = (await (await squadron.request.get('/api/v1/session')).json()).actor.unit.id;
    await squadron.close();
    figures = await readFigures();
    // Nobody's yet: the squadron's figures do not know of it.
    await standsAt({
      status: 'received',
      last: '导入登记',
      clock: { paused: false, overdue: false, stopped: false },
      shown: /剩 \d+ (天|小时)/,
    });
  });

  it('is dispatched as suggested: from then on it counts in the squadron’s volume', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/complaints/${id}`);
    await page.getByRole('button', { name: '采纳并派单' }).click();
    await page.getByText('待签收').first().waitFor();
    await context.close();
    await standsAt({
      status: 'dispatched',
      last: '派单',
      clock: { paused: false, overdue: false },
      shown: '待签收',
      moved: { volume: [1, 1] },
    });
  });

  it('is signed for and assigned', async () => {
    await act('youyi-neiqin', id, '签收', null);
    await standsAt({ status: 'handling', last: '签收', clock: { paused: false }, shown: /剩 \d+ (天|小时)/ });
    await act('youyi-neiqin', id, '指派经办人', '指派', async (form) => {
      const select = form.getByLabel('经办人');
      await select.locator('option').filter({ hasText: '在办' }).first().waitFor({ state: 'attached' });
      const { context: other } = await openAs(browser, server.url, 'youyi-01');
      const me = (await (await other.request.get('/api/v1/session')).json()).actor.personId;
      await other.close();
      await select.selectOption(me);
    });
    await standsAt({ status: 'handling', last: '指派经办人', clock: { paused: false }, shown: /剩 \d+ (天|小时)/ });
  });

  it('is contacted; the rate of first contact waits for the instant it is due', async () => {
    await act('youyi-01', id, '先行联系', '记录联系', async (form) => {
      await form.getByLabel('已联系上').check();
      await form.getByLabel('联系情况').fill('已致电诉求人，约定下午到场。');
    });
    await standsAt({ status: 'handling', last: '先行联系', clock: { paused: false }, shown: /剩 \d+ (天|小时)/ });
  });

  it('is paused with approval and resumed', async () => {
    await act('youyi-01', id, '提出申请', '提出申请', async (form) => {
      await form.getByLabel('暂停计时').check();
      await form.getByLabel('理由').fill('等待房屋安全鉴定报告。');
    });
    await standsAt({ status: 'handling', last: '申请暂停计时', clock: { paused: false }, shown: '暂停计时' });
    const { context, page } = await openAs(browser, server.url, 'xietiao-kezhang');
    await page.goto(`/complaints/${id}`);
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await page.getByText('已暂停').first().waitFor();
    await context.close();
    await standsAt({
      status: 'handling',
      last: '同意暂停计时',
      clock: { paused: true, text: expect.stringMatching(/^已暂停，剩 5 天/) },
      shown: '已暂停',
    });
    await act('youyi-01', id, '恢复计时', '恢复计时', async (form) => {
      await form.getByLabel('恢复原因').fill('鉴定报告已出具。');
    });
    await standsAt({
      status: 'handling',
      last: '恢复计时',
      clock: { paused: false, overdue: false },
      shown: /剩 \d+ (天|小时)/,
    });
  });

  const submit = () =>
    act('youyi-01', id, '提交审核', '提交审核', async (form) => {
      await form.getByLabel('办理结果').fill('已责令停止施工并限期恢复承重墙，当事人已签收责令改正通知书。');
      await form.getByLabel('责令改正').check();
    });
  const followUp = (solved: '已解决' | '未解决', satisfaction: string) =>
    act('xietiao01', id, '回访', '记录回访', async (form) => {
      await form.getByLabel('电话回访').check();
      const choose = (group: string, label: string) =>
        form.getByRole('group', { name: group }).getByLabel(label, { exact: true }).check();
      await choose('是否联系上诉求人', '已联系上');
      await choose('诉求是否解决', solved);
      await choose('满意程度', satisfaction);
      await form.getByLabel('回访记录').fill('诉求人反馈如上。');
    });

  it('is submitted and concluded by the leader: the clock stops', async () => {
    await submit();
    await standsAt({ status: 'reviewing', last: '提交审核', clock: { stopped: false }, shown: '待审核' });
    await act('youyi-duizhang', id, '审核办结', '审核办结');
    await standsAt({
      status: 'following_up',
      last: '审核办结',
      clock: null,
      shown: '待回访',
    });
  });

  it('is found not solved and reopened with three working days: it counts against the squadron', async () => {
    await followUp('未解决', '不满意');
    const order = await orderOf('xietiao01', id);
    expect(order).toMatchObject({ status: 'handling', round: 2, reopenCount: 1 });
    expect(order.rounds[0]).toMatchObject({ solved: false, reopened: true });
    await standsAt({
      status: 'handling',
      last: '回访',
      clock: { stopped: false, text: expect.stringMatching(/^剩 3 天/) },
      shown: /剩 3 天/,
      moved: { resolution: [0, 1], satisfaction: [0, 1], reopen: [1, 1] },
    });
  });

  it('is handled again, solved and closed: it counts for the squadron', async () => {
    await submit();
    await act('youyi-duizhang', id, '审核办结', '审核办结');
    await followUp('已解决', '满意');
    expect(await orderOf('xietiao01', id)).toMatchObject({ status: 'closed', outcome: 'solved' });
    await standsAt({
      status: 'closed',
      last: '回访',
      clock: null,
      shown: '已办结',
      moved: { resolution: [1, 1], satisfaction: [1, 1], reopen: [0, 1] },
    });
  });

  it('has a timeline that tells it all, and figures that open to it', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/complaints/${id}`);
    for (const label of [
      '导入登记',
      '派单',
      '签收',
      '指派经办人',
      '先行联系',
      '申请暂停计时',
      '同意暂停计时',
      '恢复计时',
      '审核办结',
      '回访',
    ])
      await page.getByText(label, { exact: true }).first().waitFor();
    const { now } = await (await context.request.get('/api/v1/session')).json();
    const month = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 7);
    const answer = await context.request.get(
      `/api/v1/indicators/resolution/orders?period=${month}&unit=${unitId}&part=numerator`,
    );
    expect(answer.status(), await answer.text()).toBe(200);
    expect(await answer.text()).toContain(id);
    await context.close();
  });

  it('is proven by the chain of the ledger; one byte changed in the database names the row', async () => {
    const client = new pg.Client({ connectionString: server.databaseUrl, options: '-c search_path=bihuan' });
    await client.connect();
    try {
      // The ledger is sealed once a minute.
      await expect
        .poll(
          async () =>
            (
              await client.query(
                'select count(*)::int as open from audit_event e left join audit_link l on l.event_id = e.id where e.object_id = $1 and l.event_id is null',
                [id],
              )
            ).rows[0].open,
          { timeout: 150_000, interval: 2000 },
        )
        .toBe(0);
      expect(verifyChain()).toMatchObject({ status: 0, result: { ok: true } });
      const { rows } = await client.query(
        "select id, note from audit_event where object_id = $1 and action = 'complaint.follow_up' order by at desc limit 1",
        [id],
      );
      const tamper = (note: string) =>
        client.query('update audit_event set note = $2 where id = $1', [rows[0].id, note]);
      await tamper(rows[0].note.replace('如上', '如下'));
      const broken = verifyChain();
      expect(broken.status).not.toBe(0);
      expect(broken.result).toMatchObject({ ok: false, problems: [{ kind: 'changed', eventId: rows[0].id }] });
      await tamper(rows[0].note);
      expect(verifyChain()).toMatchObject({ status: 0, result: { ok: true } });
    } finally {
      await client.end();
    }
  }, 300_000);

  /** As the operator does it: `bihuan audit verify --json`. */
  function verifyChain() {
    const cli = fileURLToPath(new URL('../apps/server/src/cli.ts', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [cli, 'audit', 'verify', '--json'], {
      env: { ...process.env, DATABASE_URL: server.databaseUrl, BIHUAN_DATA: server.dataDir },
      encoding: 'utf8',
    });
    return { status, result: JSON.parse(stdout) };
  }
});
