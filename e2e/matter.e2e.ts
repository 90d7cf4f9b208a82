import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, openAs, seriousFaults, WITH_MAPS } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer(inject('postgresUrl'), 'e2e_matter');
  browser = await launch(WITH_MAPS);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const PLACE = '宝山工业园区怡景家园8号楼';
/** Told in other words each time, as citizens do. */
const VOICES = [
  ['怡景家园8号楼底商夜排档占道', '晚上七点后门口摆满桌椅，油烟和喧哗到半夜，影响居民休息，请尽快处理。'],
  ['怡景家园8号楼人行道被夜排档占用', '夜排档把桌子摆到人行道上，老人只能走到马路上，很危险。'],
  ['怡景家园8号楼夜排档占道扰民', '又来反映，底商夜排档占用人行道经营，半夜喧哗，一直没有解决。'],
  ['怡景家园8号楼夜排档', '夜排档半夜还在炒菜，声音和油烟都很大，占着人行道。'],
  ['怡景家园8号楼夜排档占道经营', '夜排档占道，家里孩子要考试，没法休息，请城管部门来管管。'],
  ['怡景家园8号楼底商夜排档', '底商夜排档门口摆满桌椅，油烟和喧哗，居民没法休息，请处理。'],
] as const;

/** Registers an order on the form. @returns its id, and what the form said of earlier ones before it was sent */
async function register(page: Page, at: number): Promise<{ id: string; warned: string }> {
  const [title, content] = VOICES[at]!;
  await page.goto('/complaints/new');
  const form = page.locator('main form').filter({ has: page.getByRole('button', { name: '登记', exact: true }) });
  await form.getByLabel(/^来源(?!编号)/).selectOption({ label: '来访接待' });
  await form.getByLabel('标题').fill(title);
  await form.getByLabel('诉求内容').fill(content);
  await form.getByLabel('地址').fill(PLACE);
  let warned = '';
  if (at > 0) {
    const preview = page.getByRole('complementary', { name: '疑似重复' });
    await preview.waitFor();
    warned = await preview.innerText();
  }
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/api/v1/complaints') && response.request().method() === 'POST',
  );
  await form.getByRole('button', { name: '登记', exact: true }).click();
  const answer = await answered;
  expect(answer.status(), await answer.text()).toBe(200);
  return { id: (await answer.json()).id, warned };
}

/** The number of a link, and the number of orders of the list that it opens. */
async function opens(page: Page, path: string): Promise<number> {
  const query = new URL(path, server.url).searchParams;
  query.set('limit', '1');
  const answer = await page.context().request.get(`/api/v1/complaints?${query}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()).total;
}

describe('one trouble in many voices', () => {
  const ids: string[] = [];
  let matterId: string;

  it('is seen while it is written down, and on the order before it is dispatched, with reasons; a person joins it', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    ids.push((await register(page, 0)).id);
    await expect
      .poll(async () => (await (await context.request.get(`/api/v1/complaints/${ids[0]}/matter`)).json()).pending)
      .toBe(false);
    const second = await register(page, 1);
    ids.push(second.id);
    expect(second.warned).toContain(VOICES[0][0]);
    await page.goto(`/complaints/${second.id}`);
    const suspect = page.locator('.suspect');
    await suspect.waitFor({ timeout: 30_000 });
    const order = await (await context.request.get(`/api/v1/complaints/${second.id}`)).json();
    expect(order.status).toBe('received');
    expect(await suspect.innerText()).toMatch(/都提到[\s\S]*同一天/);
    expect(await seriousFaults(page)).toEqual([]);
    await page.goto('/complaints?suspected=true');
    await page
      .getByRole('row', { name: new RegExp(order.title) })
      .getByText('疑似重复')
      .first()
      .waitFor();
    await page.goto(`/complaints/${second.id}`);
    await page.getByRole('button', { name: '是同一事项，并入' }).click();
    await page.getByRole('heading', { name: /^同一事项 2 件/ }).waitFor();
    ({ matterId } = await (await context.request.get(`/api/v1/complaints/${second.id}/matter`)).json());
    await context.close();
  });

  it('the third in 30 days warns coordination, who puts down what was done', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    ids.push((await register(page, 2)).id);
    await expect
      .poll(async () => (await (await context.request.get(`/api/v1/matters/${matterId}`)).json()).alerts.length, {
        timeout: 30_000,
      })
      .toBe(1);
    await page.goto('/notices');
    await page
      .getByText(/30 天内 3 件/)
      .first()
      .waitFor();
    await page.goto(`/matters/${matterId}`);
    const alerts = page.locator('section').filter({ has: page.getByRole('heading', { name: '重复提醒' }) });
    await alerts.getByText('30 天内 3 件').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await alerts.getByRole('button', { name: '已落实' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('已请属地中队夜间值守，约谈经营者');
    await dialog.getByRole('button', { name: '已落实' }).click();
    await alerts.getByText('已请属地中队夜间值守，约谈经营者').waitFor();
    await context.close();
  });

  it('every number of the matter opens to as many orders', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/matters/${matterId}`);
    const stats = page.getByRole('region', { name: '数字' });
    await stats.waitFor();
    const links = await stats.getByRole('link').all();
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) {
      const said = (await link.innerText()).match(/[\d,]+/)?.[0];
      if (said === undefined || /来电人/.test(await link.evaluate((node) => node.parentElement!.textContent ?? '')))
        continue;
      expect(await opens(page, (await link.getAttribute('href'))!), await link.innerText()).toBe(
        Number(said.replace(',', '')),
      );
    }
    await context.close();
  });

  it('stands on the map and among the hot spots once it rises, and its numbers open to its orders', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    for (let at = 3; at < VOICES.length; at++) ids.push((await register(page, at)).id);
    await expect
      .poll(async () => (await (await context.request.get(`/api/v1/matters/${matterId}`)).json()).orderCount, {
        timeout: 30_000,
      })
      .toBe(VOICES.length);
    await page.goto('/analysis');
    const spot = page.locator('article.spot').filter({ hasText: '怡景家园' });
    await spot.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const orders = spot.getByRole('heading').getByRole('link');
    const number = Number((await spot.locator('.big').innerText()).match(/\d+/)![0]);
    expect(number).toBeGreaterThanOrEqual(VOICES.length);
    expect(await opens(page, (await orders.getAttribute('href'))!)).toBe(number);
    expect(await spot.locator(`a[href="/matters/${matterId}"]`).count()).toBe(1);
    const ofMatter = spot.getByRole('link', { name: `${VOICES.length} 件` }).first();
    expect(await opens(page, (await ofMatter.getAttribute('href'))!)).toBe(VOICES.length);
    await spot.getByRole('link', { name: '在地图上看' }).click();
    await page.waitForURL(/\/map/);
    await page.locator('.maplibregl-canvas').waitFor();
    await page.getByText(new RegExp(`^视野内 ${number} 件`)).waitFor();
    await context.close();
  });
});

describe('a week’s analysis', () => {
  it('begins as a draft of the system, is completed, finished, and closed to changes', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao-kezhang');
    await page.goto('/analysis/weeks');
    await page.getByRole('link', { name: /6月26日至7月2日/ }).click();
    await page.getByText('初稿', { exact: true }).waitFor();
    await page.getByRole('button', { name: '修改', exact: true }).click();
    await page.getByLabel('原因').fill('本周无明显上升；共富路油烟仍有来电，夜间复查继续。');
    await page.getByRole('button', { name: '其他措施' }).click();
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByText('请填写措施内容，或删去这一条').waitFor();
    await page.getByLabel('措施 1').fill('继续夜间复查');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByText('继续夜间复查').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '定稿', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '定稿' }).click();
    await page.getByText('已定稿', { exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: '修改', exact: true }).count()).toBe(0);
    await context.close();
  });
});
