import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { PROJECT_ROOT } from '../apps/server/src/platform/config.ts';
import { DESKTOP, launch, openAs, PHONE } from '../e2e/browser.ts';
import { startServer } from '../e2e/server.ts';
import { median } from './measure.ts';

const SLOWED = 4;
const TURNS = 7;

/** The first page of a signed-in clerk: median of cold loads on a slowed processor. */
export interface PageResult {
  readonly width: number;
  /** Milliseconds until the list stands with its buttons and the browser has nothing left to do. */
  readonly usable: number;
  readonly slowest: number;
  /** Compressed bytes of script. */
  readonly script: number;
}

/** `null` where the web application has not been built. */
export async function measureFirstPage(postgresUrl: string): Promise<PageResult[] | null> {
  if (!existsSync(join(PROJECT_ROOT, 'apps/web/dist/index.html'))) return null;
  const server = await startServer(postgresUrl, 'bench_page');
  const browser = await launch();
  try {
    const results: PageResult[] = [];
    for (const viewport of [DESKTOP, PHONE]) {
      // The server's own first requests are not the browser's matter.
      await load(browser, server.url, viewport);
      const turns: { usable: number; script: number }[] = [];
      for (let turn = 0; turn < TURNS; turn++) turns.push(await load(browser, server.url, viewport));
      const times = turns.map(({ usable }) => usable);
      results.push({
        width: viewport.width,
        usable: median(times),
        slowest: Math.max(...times),
        script: turns[0]!.script,
      });
    }
    return results;
  } finally {
    await browser.close();
    await server.stop();
  }
}

// What the two functions below find where they run: in the page.
declare const document: { querySelector(selector: string): object | null };
declare function requestIdleCallback(work: () => void): void;
interface PageState {
  asked?: boolean;
  usableAt?: number;
}

function usableAt(): number | null {
  const state = globalThis as PageState;
  const ready = document.querySelector('.work a[href^="/complaints/"]') && document.querySelector('.work button');
  if (ready && !state.asked) {
    state.asked = true;
    requestIdleCallback(() => {
      state.usableAt = performance.now();
    });
  }
  return state.usableAt ?? null;
}

function scriptBytes(): number {
  return performance
    .getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
    .reduce((sum, entry) => sum + (entry as unknown as { encodedBodySize: number }).encodedBodySize, 0);
}

/** A context of its own: nothing is cached. */
async function load(
  browser: Browser,
  url: string,
  viewport: typeof DESKTOP,
): Promise<{ usable: number; script: number }> {
  const { context, page } = await openAs(browser, url, 'xietiao01', viewport);
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
    await page.goto('/', { waitUntil: 'commit' });
    const handle = await page.waitForFunction(usableAt, null, { polling: 'raf' });
    const script = await page.evaluate(scriptBytes);
    return { usable: (await handle.jsonValue()) as number, script };
  } finally {
    await context.close();
  }
}
