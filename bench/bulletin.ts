import type pg from 'pg';
import type { Deps } from '../apps/server/src/platform/deps.ts';
import { renderBulletin } from '../apps/server/src/reports/bulletin/index.ts';
import { takeFigures } from '../apps/server/src/reports/bulletin/take-figures.service.ts';
import { readPeriod } from '../apps/server/src/reports/indicator/index.ts';
import { median } from './measure.ts';
import { recordStatements, type Statement } from './record.ts';

const PERIOD = '2023-06';
const TURNS = 3;

/** Milliseconds, the middle of several turns. */
export interface BulletinResult {
  /** Taking all figures and the orders behind them from one moment of the database. */
  readonly figures: number;
  /** The same statements, one after the other, without us. */
  readonly sql: number;
  readonly docx: number;
  readonly pdf: number;
}

export async function measureBulletin(deps: Deps): Promise<BulletinResult> {
  const period = readPeriod(PERIOD);
  const take = () => takeFigures(deps.db, period, deps.clock.now());
  const statements = await recordStatements(take);
  const client = await deps.db.connect();
  const milliseconds: Record<keyof BulletinResult, number[]> = { figures: [], sql: [], docx: [], pdf: [] };
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      milliseconds.sql.push(await timed(() => replay(client, statements)));
      milliseconds.figures.push(await timed(take));
      const taking = milliseconds.figures.at(-1)!;
      for (const format of ['docx', 'pdf'] as const)
        milliseconds[format].push(
          Math.max(0, (await timed(() => renderBulletin(deps, { period: PERIOD, format }))) - taking),
        );
    }
  } finally {
    await client.end();
  }
  return {
    figures: median(milliseconds.figures),
    sql: median(milliseconds.sql),
    docx: median(milliseconds.docx),
    pdf: median(milliseconds.pdf),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function replay(client: pg.Client, statements: readonly Statement[]): Promise<void> {
  for (const { text, values } of statements) await client.query(text, values as unknown[]);
}
