import { createReadStream, existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { createDictionary } from '../apps/server/src/modules/complaint/index.ts';
import { importFile } from '../apps/server/src/modules/intake/import.service.ts';
import { copyLine, STAGE, type StagedOrder, stageOrders } from '../apps/server/src/modules/intake/merge.repo.ts';
import { loadLexicon, stagedOrder } from '../apps/server/src/modules/intake/prepare.ts';
import { readRows } from '../apps/server/src/modules/intake/read-rows.ts';
import { mapColumns, readBeginning, toMapping } from '../apps/server/src/modules/intake/read-sheet.ts';
import { READING_SHARE } from '../apps/server/src/modules/intake/run-import.service.ts';
import type { Deps } from '../apps/server/src/platform/deps.ts';
import { writeDemoSpreadsheet } from '../apps/server/src/setup/demo/spreadsheet.ts';

const ROWS = 100_000;
const FILE_NAME = '工单.csv';

/** Rows a second: into the stage, by COPY alone, and wholly taken in. */
export interface ImportResult {
  readonly rows: number;
  readonly megabytes: number;
  readonly staged: number;
  readonly copied: number;
  readonly taken: number;
  /** Orders a second in the import's last step, which finds matters. */
  readonly compared: number;
  /** Bytes by which the process grew at most. */
  readonly memory: number;
}

/** Takes a hotline's messy export of 100,000 rows in, in the steps of an import; the limit is COPY of the same lines. */
export async function measureImport(deps: Deps, folder: string): Promise<ImportResult> {
  const path = join(folder, 'orders.csv');
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true });
    await writeDemoSpreadsheet(path, { rows: ROWS });
  }
  // The first run compiles.
  await stageFile(deps, path);
  const staged = await stageFile(deps, path);
  const copied = await copyAlone(deps, staged.lines);
  const before = process.memoryUsage().rss;
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const began = performance.now();
  let comparing = 0;
  const result = await importFile(deps, {
    path,
    fileName: FILE_NAME,
    sourceCode: 'hotline',
    createdBy: null,
    onProgress: ({ fraction }) => {
      if (fraction >= READING_SHARE) comparing ||= performance.now();
    },
  });
  const ended = performance.now();
  clearInterval(watching);
  return {
    rows: ROWS,
    megabytes: (await stat(path)).size / 1_000_000,
    staged: staged.rows / staged.seconds,
    copied: staged.rows / copied,
    taken: result.read / ((ended - began) / 1000),
    compared: result.created / ((ended - comparing) / 1000),
    memory: most - before,
  };
}

/** Everything of an import but the merge; each chunk is one transaction that leaves nothing behind. */
export const measureStage = async (deps: Deps, path: string) => {
  const { rows, seconds } = await stageFile(deps, path);
  return (rows / seconds).toFixed(0);
};
async function stageFile(deps: Deps, path: string): Promise<{ rows: number; seconds: number; lines: string[] }> {
  const beginning = await readBeginning(path, FILE_NAME);
  const file = await deps.files.put({
    stream: createReadStream(path),
    name: FILE_NAME,
    purpose: 'import',
    maxBytes: 1_000_000_000,
    createdBy: null,
  });
  const { columns } = mapColumns(beginning, { mapping: null });
  const lexicon = await loadLexicon(deps.db, createDictionary(deps.db, deps.clock));
  const options = { now: deps.clock.now(), closeAnswered: true };
  const lines: string[] = [];
  let rows = 0;
  let writing: Promise<void> = Promise.resolve();
  const stage = async (orders: readonly StagedOrder[]): Promise<void> => {
    await deps.db.bulk((trx) => stageOrders(trx, orders));
  };
  const began = performance.now();
  for await (const chunk of readRows(deps.keyring, {
    dataDir: deps.config.dataDir,
    file,
    fileName: FILE_NAME,
    sheet: null,
    header: beginning.header,
    mapping: toMapping(columns),
    dateOrder: null,
    defaultReceivedAt: null,
    after: 0,
  })) {
    await writing;
    rows += chunk.orders.length;
    const orders = chunk.orders.map((order) => stagedOrder(deps, lexicon, order, options));
    writing = stage(orders);
    if (lines.length === 0) lines.push(orders.map(copyLine).join(''));
  }
  await writing;
  return { rows, seconds: (performance.now() - began) / 1000, lines };
}

/** Seconds for as many lines, made beforehand. */
async function copyAlone(deps: Deps, lines: readonly string[]): Promise<number> {
  const began = performance.now();
  for (let chunk = 0; chunk < ROWS / 2000; chunk++)
    await deps.db.bulk(async (trx) => {
      await trx.query('bench.stage', STAGE);
      const stream = trx.client.query(copyFrom('copy intake_stage from stdin'));
      stream.end(lines[0]);
      await finished(stream);
    });
  return (performance.now() - began) / 1000;
}
