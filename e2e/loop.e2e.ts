import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
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

describe('a month of orders in the hotline’s own spreadsheet', () => {
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

describe('one order through the whole loop, each step by the right person', () => {
  let id: string;

  it('is registered by the coordination section', async () => {
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
    id = (await answer.json()).id;
    await context.close();
    const order = await orderOf('xietiao01', id);
    expect(order).toMatchObject({ status: 'received', town: { name: '友谊路街道' } });
    expect(order.content).toContain('138****5678');
  });

  it('is dispatched as suggested, signed for and assigned', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/complaints/${id}`);
    await page.getByRole('button', { name: '采纳并派单' }).click();
    await page.getByText('待签收').first().waitFor();
    await context.close();
    await act('youyi-neiqin', id, '签收', null);
    await act('youyi-neiqin', id, '指派经办人', '指派', async (form) => {
      const select = form.getByLabel('经办人');
      const option = await select.locator('option').filter({ hasText: '在办' }).allTextContents();
      expect(option.length).toBeGreaterThan(0);
      const { context: other } = await openAs(browser, server.url, 'youyi-01');
      const me = (await (await other.request.get('/api/v1/session')).json()).actor.personId;
      await other.close();
      await select.selectOption(me);
    });
    expect(await orderOf('youyi-01', id)).toMatchObject({ status: 'handling' });
  });

  it('is contacted, paused with approval, resumed', async () => {
    await act('youyi-01', id, '先行联系', '记录联系', async (form) => {
      await form.getByLabel('已联系上').check();
      await form.getByLabel('联系情况').fill('已致电诉求人，约定下午到场。');
    });
    await act('youyi-01', id, '提出申请', '提出申请', async (form) => {
      await form.getByLabel('暂停计时').check();
      await form.getByLabel('理由').fill('等待房屋安全鉴定报告。');
    });
    const { context, page } = await openAs(browser, server.url, 'xietiao-kezhang');
    await page.goto(`/complaints/${id}`);
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await page.getByText('已暂停').first().waitFor();
    await context.close();
    expect((await orderOf('youyi-01', id)).clock).toMatchObject({ paused: true });
    await act('youyi-01', id, '恢复计时', '恢复计时', async (form) => {
      await form.getByLabel('恢复原因').fill('鉴定报告已出具。');
    });
    expect((await orderOf('youyi-01', id)).clock).toMatchObject({ paused: false, overdue: false });
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

  it('is submitted, concluded by the leader, found not solved and reopened with three working days', async () => {
    await submit();
    await act('youyi-duizhang', id, '审核办结', '审核办结');
    await followUp('未解决', '不满意');
    const order = await orderOf('xietiao01', id);
    expect(order).toMatchObject({ status: 'handling', round: 2, reopenCount: 1 });
    expect(order.rounds[0]).toMatchObject({ solved: false, reopened: true });
    expect(order.clock.text).toMatch(/^剩 3 天/);
  });

  it('is handled again, solved, closed, and its timeline tells it all', async () => {
    await submit();
    await act('youyi-duizhang', id, '审核办结', '审核办结');
    await followUp('已解决', '满意');
    const order = await orderOf('xietiao01', id);
    expect(order).toMatchObject({ status: 'closed', outcome: 'solved' });
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/complaints/${id}`);
    for (const label of [
      '登记',
      '派单',
      '签收',
      '指派经办人',
      '先行联系',
      '申请暂停计时',
      '同意暂停计时',
      '恢复计时',
      '审核办结',
      '回访',
    ]) {
      await page.getByText(label, { exact: true }).first().waitFor();
    }
    await context.close();
  });

  it('counts in the indicators, and the figures open to it', async () => {
    const { context } = await openAs(browser, server.url, 'xietiao01');
    const { now } = await (await context.request.get('/api/v1/session')).json();
    const month = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 7);
    const answer = await context.request.get(
      `/api/v1/indicators/resolution/orders?period=${month}&unit=${(await orderOf('xietiao01', id)).unit.id}&part=numerator`,
    );
    expect(answer.status(), await answer.text()).toBe(200);
    expect(await answer.text()).toContain(id);
    await context.close();
  });
});
