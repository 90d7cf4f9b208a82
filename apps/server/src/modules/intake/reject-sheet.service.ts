import { PassThrough } from 'node:stream';
import type { Cell, Header } from '@bihuan/domain/intake';
import type { Keyring } from '../../platform/crypto/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import { type ImportJob, rejectsAfter } from './jobs.repo.ts';

const PAGE = 500;
const MAX_BYTES = 1024 ** 3;

const context = (jobId: string, rowNo: number): string => `import_reject.cells:${jobId}:${rowNo}`;

/** A returned row may hold personal data, so its cells are kept encrypted. */
export const sealCells = (keyring: Keyring, jobId: string, rowNo: number, cells: readonly Cell[]): Buffer =>
  keyring.encrypt(JSON.stringify(cells), context(jobId, rowNo));

async function* returnedRows(deps: Deps, job: ImportJob): AsyncGenerator<Cell[]> {
  const { columns } = job.options.header;
  for (let after = 0; ; ) {
    const page = await rejectsAfter(deps.db, job.id, after, PAGE);
    for (const reject of page) {
      const cells = JSON.parse(deps.keyring.decrypt(reject.cells_enc, context(job.id, reject.row_no))) as Cell[];
      yield [
        reject.row_no,
        reject.kind === 'conflict' ? '冲突' : '退回',
        reject.reasons.join('；'),
        reject.number,
        ...columns.map(({ index }) => cells[index] ?? null),
      ];
    }
    if (page.length < PAGE) return;
    after = page.at(-1)!.row_no;
  }
}

/** What stands in front of a returned row's own cells. */
const REJECT_COLUMNS = [
  { header: '原行号', width: 8 },
  { header: '退回情况', width: 10 },
  { header: '原因', width: 60 },
  { header: '系统内编号', width: 18 },
] as const;

/** A corrected sheet of returned rows is read as the export it came from: ours says nothing of the orders. */
export function withoutRejectColumns(header: Header): Header {
  const ours = REJECT_COLUMNS.every((column, i) => header.columns[i]?.header === column.header);
  return ours ? { ...header, columns: header.columns.slice(REJECT_COLUMNS.length) } : header;
}

/** The returned rows with their reasons in front of their original cells: corrected, the file can be imported as it is. */
const sheetOf = (deps: Deps, job: ImportJob) => ({
  columns: [...REJECT_COLUMNS, ...job.options.header.columns.map(({ header }) => ({ header }))],
  rows: returnedRows(deps, job),
  sheetName: '退回',
});

export const rejectFileName = (fileName: string): string => `${fileName.replace(/\.[^.]*$/, '')}-退回.xlsx`;

/** @returns the id of the stored spreadsheet */
export async function storeRejectSheet(deps: Deps, job: ImportJob): Promise<string> {
  const stream = new PassThrough();
  const [stored] = await Promise.all([
    deps.files.put({
      stream,
      name: rejectFileName(job.file_name),
      purpose: 'reject',
      maxBytes: MAX_BYTES,
      createdBy: job.created_by,
    }),
    writeSheet(stream, sheetOf(deps, job)),
  ]);
  return stored.id;
}

/** Writes the returned rows to a path; a heading alone when there are none. */
export async function writeRejectSheet(deps: Deps, job: ImportJob, path: string): Promise<void> {
  await writeSheet(path, sheetOf(deps, job));
}
