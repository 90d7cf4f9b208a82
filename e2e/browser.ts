import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium } from '../tools/find-chromium.mjs';

export const DEMO_PASSWORD = 'Bihuan-Yanshi-2023';
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Draws maps without a graphics card. */
export const WITH_MAPS = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export function launch(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium found');
  return chromium.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...more],
    // Without a UTF-8 locale Chromium cannot open files with Chinese names.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
}

/** A browser of its own for one person, signed in by the API as the sign-in page does it. */
export async function openAs(
  browser: Browser,
  url: string,
  username: string | null,
  viewport = DESKTOP,
): Promise<{ context: BrowserContext; page: Page }> {
  const phone = viewport.width < 768;
  const context = await browser.newContext({
    viewport,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    isMobile: phone,
    hasTouch: phone,
    baseURL: url,
  });
  context.setDefaultTimeout(20_000);
  if (username) {
    const answer = await context.request.post('/api/v1/session', { data: { username, password: DEMO_PASSWORD } });
    expect(answer.status(), await answer.text()).toBe(200);
  }
  return { context, page: await context.newPage() };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds serious or critical on the page as it stands. WCAG 2.2 AA. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axePath }).catch(async () => {
    // The page's own content policy forbids foreign scripts; evaluated code is the tester's.
    const { readFile } = await import('node:fs/promises');
    await page.evaluate(await readFile(axePath, 'utf8'));
  });
  return page.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run(
            options: object,
          ): Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[] }[] }[] }>;
        };
      }
    ).axe;
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map(
        (violation) =>
          `${violation.id}: ${violation.help} (${violation.nodes
            .slice(0, 3)
            .map((node) => node.target.join(' '))
            .join('; ')})`,
      );
  });
}
