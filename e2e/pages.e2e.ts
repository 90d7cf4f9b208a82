import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateSync } from 'otplib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DEMO_PASSWORD, DESKTOP, launch, openAs, PHONE, seriousFaults, WITH_MAPS } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

/** Pictures for README and reviewers are kept when asked for. */
const PICTURES =
  process.env.BIHUAN_PICTURES === 'on' ? fileURLToPath(new URL('../docs/screenshots/', import.meta.url)) : null;

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer(inject('postgresUrl'), 'e2e_pages');
  browser = await launch(WITH_MAPS);
  if (PICTURES) mkdirSync(PICTURES, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Every page, as somebody whose work it is. `:complaint` and the like are filled in from the demo. */
const PAGES: [name: string, as: string | null, path: string][] = [
  ['sign-in', null, '/sign-in'],
  ['my-work-clerk', 'xietiao01', '/work'],
  ['my-work-officer', 'youyi-01', '/work'],
  ['my-work-leader', 'youyi-duizhang', '/work'],
  ['complaints', 'xietiao01', '/complaints'],
  ['complaints-overdue', 'jiandu01', '/complaints?overdue=true'],
  ['complaint-detail', 'xietiao01', '/complaints/:complaint'],
  ['complaint-detail-officer', 'youyi-01', '/complaints/:mine'],
  ['complaint-new', 'xietiao01', '/complaints/new'],
  ['outbox', 'youyi-01', '/outbox'],
  ['notices', 'youyi-neiqin', '/notices'],
  ['me', 'youyi-01', '/me'],
  ['imports', 'xietiao01', '/imports'],
  ['import', 'xietiao01', '/imports/new'],
  ['cockpit', 'juzhang', '/cockpit'],
  ['ranking', 'xietiao-kezhang', '/indicators?period=2023-06'],
  ['trend', 'xietiao-kezhang', '/indicators/trend'],
  ['indicator-settings', 'xietiao-kezhang', '/indicators/settings'],
  ['indicator-orders', 'xietiao-kezhang', '/indicators/resolution/orders?period=2023-06'],
  ['deadline-rules', 'xietiao-kezhang', '/dictionary/deadline-rules'],
  ['hot-spots', 'xietiao01', '/analysis?to=2023-06-25'],
  ['hot-spots-squadron', 'youyi-duizhang', '/analysis'],
  ['weeks', 'xietiao-kezhang', '/analysis/weeks'],
  ['week', 'xietiao-kezhang', '/analysis/weeks/2023-06-19'],
  ['analysis', 'xietiao01', '/analysis/figures'],
  ['matters', 'xietiao01', '/matters'],
  ['matters-alerted', 'youyi-duizhang', '/matters?state=alert'],
  ['matter', 'xietiao01', '/matters/:matter'],
  ['matter-suggestions', 'xietiao01', '/matters/suggestions'],
  ['backlog', 'juzhang', '/matters/backlog'],
  ['matter-settings', 'xietiao-kezhang', '/matters/settings'],
  ['complaints-suspected', 'xietiao01', '/complaints?suspected=true'],
  ['complaint-guessed', 'xietiao01', '/complaints/:guessed'],
  ['map', 'xietiao01', '/map'],
  ['map-points', 'xietiao01', '/map?layer=points&receivedFrom=2023-06-01&receivedTo=2023-06-30'],
  ['map-heat', 'juzhang', '/map?layer=heat&receivedFrom=2023-01-01&receivedTo=2023-06-30'],
  ['map-towns', 'juzhang', '/map?layer=towns&receivedFrom=2023-06-01&receivedTo=2023-06-30'],
  ['plan', 'juzhang', '/plan'],
  ['measure-13', 'juzhang', '/plan/measures/13'],
  ['measure-1', 'juzhang', '/plan/measures/1'],
  ['bulletins', 'xietiao-kezhang', '/bulletins'],
  ['letterhead', 'xietiao-kezhang', '/bulletins/letterhead'],
  ['rectifications', 'jiandu01', '/rectifications'],
  ['rectifications-squadron', 'dachang-duizhang', '/rectifications?open=true'],
  ['rectification-board', 'jiandu-kezhang', '/rectifications/board'],
  ['rectification-candidates', 'jiandu01', '/rectifications/candidates'],
  ['rectification-new', 'jiandu01', '/rectifications/new'],
  ['rectification', 'jiandu-kezhang', '/rectifications/:rectification'],
  ['appraisals', 'zhenggong01', '/appraisals'],
  ['appraisal', 'juzhang', '/appraisals/:appraisal'],
  ['appraisal-squadron', 'dachang-duizhang', '/appraisals/:appraisal'],
  ['appraisal-schemes', 'zhenggong01', '/appraisals/schemes'],
  ['inspections', 'jiandu-kezhang', '/inspections'],
  ['inspections-squadron', 'dachang-duizhang', '/inspections'],
  ['inspection-new', 'jiandu01', '/inspections/new'],
  ['inspection-plan', 'jiandu-kezhang', '/inspections/plans/:plan-done'],
  ['inspection-sealed', 'jiandu-kezhang', '/inspections/plans/:plan-covert'],
  ['inspection-visits', 'dachang-duizhang', '/inspections/visits'],
  ['inspection-visit', 'jiandu-kezhang', '/inspections/visits/:visit'],
  ['inspection-settings', 'jiandu-kezhang', '/inspections/settings'],
  ['listings', 'jiandu01', '/listings'],
  ['listing', 'jiandu01', '/listings/:rebounded'],
  ['listing-public', 'youyi-01', '/listings/:rebounded'],
  ['listing-new', 'jiandu01', '/listings/new'],
  ['listing-candidates', 'jiandu01', '/listings/candidates'],
  ['on-site', 'jiandu-kezhang', '/on-site'],
  ['on-site-visit', 'jiandu-kezhang', '/on-site/:led'],
  ['joint-tasks', 'jiandu-kezhang', '/joint'],
  ['joint-new', 'jiandu-kezhang', '/joint/new'],
  ['joint-task', 'jiandu-kezhang', '/joint/:joint'],
  ['joint-task-town', 'youyi-jiezhen', '/joint/:joint'],
  ['account', 'youyi-01', '/account'],
];

const ADMIN_PAGES: [name: string, as: string, path: string][] = [
  ['organisation', 'sysadmin', '/org'],
  ['accounts', 'sysadmin', '/accounts'],
  ['people-import', 'sysadmin', '/org/import'],
  ['sources', 'sysadmin', '/sources'],
  ['categories', 'sysadmin', '/dictionary/categories'],
  ['category-model', 'sysadmin', '/dictionary/categories/model'],
  ['places', 'sysadmin', '/dictionary/places'],
  ['map-settings', 'sysadmin', '/dictionary/map'],
  ['calendar', 'sysadmin', '/dictionary/calendar'],
  ['calendar-unannounced', 'sysadmin', '/dictionary/calendar?year=2030'],
  ['deadline-rules-read', 'sysadmin', '/dictionary/deadline-rules'],
  ['sessions', 'secadmin', '/sessions'],
  ['grants', 'secadmin', '/grants'],
  ['audit', 'auditadmin', '/audit'],
  ['jobs', 'sysadmin', '/system/jobs'],
];

async function demoPath(context: BrowserContext, path: string): Promise<string> {
  if (path.includes(':complaint')) {
    const { items } = await (
      await context.request.get('/api/v1/complaints?status=handling&reopened=true&limit=1')
    ).json();
    return path.replace(':complaint', items[0].id);
  }
  if (path.includes(':matter')) {
    const { items } = await (await context.request.get('/api/v1/matters?sort=count&limit=1')).json();
    return path.replace(':matter', items[0].id);
  }
  if (path.includes(':guessed')) {
    const { items } = await (await context.request.get('/api/v1/complaints?guessed=true&limit=1')).json();
    return path.replace(':guessed', items[0].id);
  }
  if (path.includes(':plan-')) {
    const [, kind] = /:plan-(done|covert)/.exec(path)!;
    const { items } = await (
      await context.request.get(`/api/v1/inspection-plans?limit=1&${kind === 'done' ? 'status=done' : 'manner=covert'}`)
    ).json();
    return path.replace(`:plan-${kind}`, items[0].id);
  }
  if (path.includes(':visit')) {
    const { items } = await (await context.request.get('/api/v1/inspections?status=signed')).json();
    const found = items.find((item: { findings: { total: number } }) => item.findings.total > 0) ?? items[0];
    return path.replace(':visit', found.id);
  }
  if (path.includes(':rectification')) {
    const { items } = await (await context.request.get('/api/v1/rectifications?open=true&limit=1')).json();
    return path.replace(':rectification', items[0].id);
  }
  if (path.includes(':appraisal')) {
    const { items } = await (await context.request.get('/api/v1/appraisals?audience=unit')).json();
    return path.replace(':appraisal', items[0].id);
  }
  // Of several records of a room, the one with most to look at.
  const FIRST: Record<string, string> = {
    ':rebounded': '/api/v1/listings?rebounded=true',
    ':led': '/api/v1/on-site?month=2023-03',
    ':joint': '/api/v1/joint-tasks?status=running',
  };
  for (const [name, list] of Object.entries(FIRST)) {
    if (!path.includes(name)) continue;
    const { items } = await (await context.request.get(list)).json();
    return path.replace(name, items[0].id);
  }
  if (path.includes(':mine')) {
    const { items } = await (await context.request.get('/api/v1/my-work?limit=1')).json();
    return path.replace(':mine', items[0].complaint.id);
  }
  return path;
}

/** Looks at one page at one size: nothing thrown, nothing wider than the screen, nothing serious for axe. */
async function look(page: Page, name: string, path: string): Promise<string[]> {
  const faults: string[] = [];
  const onError = (error: Error) => faults.push(`threw ${error.message}`);
  page.on('pageerror', onError);
  await page.goto(path);
  try {
    await page.locator('main, [role=main]').first().waitFor();
  } catch {
    return [`${name} at ${page.viewportSize()!.width}: ${page.url()} did not come up: ${faults.join('; ')}`];
  }
  // The live stream never ends; what matters is that the page has stopped asking.
  await page.waitForLoadState('load');
  await page.waitForTimeout(600);
  const width = page.viewportSize()!.width;
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  if (wide > width) faults.push(`is ${wide} px wide`);
  if ((await page.getByText(/没有这个页面|无权查看/).count()) > 0) faults.push('is not there');
  faults.push(...(await seriousFaults(page)));
  if (PICTURES) await page.screenshot({ path: `${PICTURES}${name}-${width}.png` });
  page.off('pageerror', onError);
  return faults.map((fault) => `${name} at ${width}: ${fault}`);
}

describe('every page', () => {
  const people = [...new Set(PAGES.map(([, as]) => as))];
  it.each(people)('of %s fits 1440 and 390 px, throws nothing and passes axe', async (as) => {
    const atOneSize = async (viewport: typeof DESKTOP): Promise<string[]> => {
      const { context, page } = await openAs(browser, server.url, as, viewport);
      const faults: string[] = [];
      for (const [name, who, path] of PAGES)
        if (who === as) faults.push(...(await look(page, name, await demoPath(context, path))));
      await context.close();
      return faults;
    };
    expect((await Promise.all([DESKTOP, PHONE].map(atOneSize))).flat()).toEqual([]);
  });

  it('of the administrators likewise, behind their second factor', async () => {
    const faults: string[] = [];
    for (const as of new Set(ADMIN_PAGES.map(([, who]) => who))) {
      const { context, page } = await openAs(browser, server.url, as);
      await enrolSecondFactor(context);
      for (const [name, who, path] of ADMIN_PAGES) {
        if (who !== as) continue;
        for (const viewport of [DESKTOP, PHONE]) {
          await page.setViewportSize(viewport);
          faults.push(...(await look(page, name, path)));
        }
      }
      await context.close();
    }
    expect(faults).toEqual([]);
  });
});

async function enrolSecondFactor(context: BrowserContext): Promise<void> {
  const enrolment = await context.request.post('/api/v1/session/second-factor/enrolment', {
    data: { password: DEMO_PASSWORD },
  });
  expect(enrolment.status(), await enrolment.text()).toBe(200);
  const { secret } = await enrolment.json();
  const answer = await context.request.post('/api/v1/session/second-factor/confirmation', {
    data: { code: generateSync({ secret }) },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
