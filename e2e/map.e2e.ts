import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, openAs, PHONE, seriousFaults, WITH_MAPS } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer(inject('postgresUrl'), 'e2e_map');
  browser = await launch(WITH_MAPS);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const JUNE = 'receivedFrom=2023-06-01&receivedTo=2023-06-30';

/** Every request that leaves our own origin, and everything the page complains of. */
function watchOver(page: Page): string[] {
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(blob|data):/.test(url)) faults.push(`asked ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|WebGL|worker/i.test(message.text()) && message.type() === 'error')
      faults.push(message.text());
  });
  return faults;
}
/** What the page itself did wrong, then axe, whose own script the page's policy complains of. */
async function seriousAfter(page: Page, faults: string[]): Promise<string[]> {
  const found = [...faults, ...(await seriousFaults(page))];
  faults.length = 0;
  return found;
}
const cells = (page: Page) => page.locator('button.map-cluster');

describe('the map of orders', () => {
  it('draws without any other server; a cell opens the list of exactly its orders', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    const faults = watchOver(page);
    await page.goto(`/map?${JUNE}`);
    await cells(page).first().waitFor();
    const numbers = (await cells(page).allInnerTexts()).map((text) => Number(text.replace(',', '')));
    const { total } = await (await context.request.get(`/api/v1/map/weeks?${JUNE}`)).json();
    // The whole district is in view.
    expect(numbers.reduce((sum, one) => sum + one, 0)).toBe(total);
    expect(await seriousAfter(page, faults)).toEqual([]);
    const smallest = numbers.indexOf(Math.min(...numbers.filter((one) => one > 1)));
    await cells(page).nth(smallest).focus();
    await page.keyboard.press('Enter');
    await page.locator('.maplibregl-popup').getByText('在诉件列表中打开').click();
    await page.waitForURL(/\/complaints\?.*bbox=/);
    await page
      .getByText(`共 ${numbers[smallest]} 条`)
      .or(page.getByText(`${numbers[smallest]} 件`))
      .first()
      .waitFor();
    const query = new URL(page.url()).search;
    const list = await (await context.request.get(`/api/v1/complaints${query}`)).json();
    expect(list.total).toBe(numbers[smallest]);
    // The part of the map is one filter among the others, and can be taken away.
    await page.getByRole('button', { name: '不再限于地图上的一块' }).click();
    await page.waitForURL((url) => !url.search.includes('bbox'));
    expect(faults).toEqual([]);
    await context.close();
  });

  it('colours towns by their orders, and says the same in a table', async () => {
    const { context, page } = await openAs(browser, server.url, 'juzhang');
    await page.goto(`/map?${JUNE}&layer=towns`);
    const label = page.getByRole('button', { name: /^顾村镇 \d+ 件$/ });
    await label.waitFor();
    const number = (await label.getAttribute('aria-label'))!.match(/\d+/)![0];
    const row = page.getByRole('row', { name: /^顾村镇/ });
    expect(await row.getByRole('cell').first().innerText()).toBe(number);
    await row.getByRole('link').first().click();
    await page.waitForURL(/townId=/);
    const list = await (await context.request.get(`/api/v1/complaints${new URL(page.url()).search}`)).json();
    expect(String(list.total)).toBe(number);
    await context.close();
  });

  it('runs through the weeks', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    await page.goto(`/map?${JUNE}`);
    const weeks = page.getByRole('slider', { name: '周' });
    await weeks.focus();
    await page.keyboard.press('Home');
    await page.waitForURL(/week=2023-05-29/);
    // The period begins on Thursday the first: the days before are not counted.
    const { total } = await (
      await context.request.get('/api/v1/map/weeks?receivedFrom=2023-06-01&receivedTo=2023-06-04')
    ).json();
    await expect
      .poll(
        async () => (await cells(page).allInnerTexts()).reduce((sum, text) => sum + Number(text.replace(',', '')), 0),
        { timeout: 15_000 },
      )
      .toBe(total);
    await page.getByRole('button', { name: '逐周播放' }).click();
    await page.waitForURL(/week=2023-06-12/);
    await page.getByRole('button', { name: '看全部时段' }).click();
    await page.waitForURL((url) => !url.search.includes('week'));
    await context.close();
  });

  it('shows single orders while they are few: what lies on the canvas changes with the filter', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01', PHONE);
    const canvas = page.locator('.maplibregl-canvas');
    const picture = async () => (await canvas.screenshot()).toString('base64');
    const open = async (query: string) => {
      await page.goto(`/map?layer=points&${JUNE}${query}`);
      await canvas.waitFor();
      await page.getByText(/^视野内 [\d,]+ 件/).waitFor();
    };
    /** The picture once it has stopped changing: slow machines draw late. */
    const settled = async () => {
      for (let last = await picture(), i = 0; ; i++) {
        await page.waitForTimeout(1000);
        const next = await picture();
        if (next === last || i > 15) return next;
        last = next;
      }
    };
    await open('&q=没有这样的诉件');
    const none = await settled();
    await open('&q=没有这样的诉件');
    await expect.poll(picture, { timeout: 20_000 }).toBe(none);
    await open('');
    await expect.poll(picture, { timeout: 20_000 }).not.toBe(none);
    expect(await settled()).not.toBe(none);
    await context.close();
  });

  it('without WebGL says so and gives the numbers in a table', async () => {
    const plain = await launch(['--disable-3d-apis']);
    const { page } = await openAs(plain, server.url, 'xietiao01');
    await page.goto(`/map?${JUNE}`);
    await page.getByText('这台电脑的浏览器画不出地图').waitFor();
    await page.getByRole('row', { name: /^顾村镇/ }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await plain.close();
  });
});

describe('an order’s place', () => {
  it('is corrected by keyboard, kept, and seen by the next one who looks', async () => {
    const { context, page } = await openAs(browser, server.url, 'xietiao01');
    const faults = watchOver(page);
    const { items } = await (
      await context.request.get('/api/v1/complaints?status=handling&located=true&limit=1')
    ).json();
    const before = await (await context.request.get(`/api/v1/complaints/${items[0].id}`)).json();
    await page.goto(`/complaints/${items[0].id}`);
    await page.getByRole('button', { name: '修正位置' }).click();
    const pin = page.getByRole('button', { name: '位置，可拖动，也可用方向键移动' });
    await pin.focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
    expect(await seriousAfter(page, faults)).toEqual([]);
    await page.getByRole('button', { name: '保存位置' }).click();
    await page.getByText('人工定位').first().waitFor();
    const after = await (await context.request.get(`/api/v1/complaints/${items[0].id}`)).json();
    expect(after.pointBy).toBe('pin');
    expect(after.lng).toBeGreaterThan(before.lng);
    expect(after.lat).toBeCloseTo(before.lat, 4);
    expect(faults).toEqual([]);
    await context.close();
  });
});
