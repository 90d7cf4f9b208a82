import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCsv } from '../../platform/spreadsheet/index.ts';

export interface FixtureRow {
  no: string | null;
  at: string;
  urgency: string;
  name: string;
  phone: string;
  title: string;
  content: string;
  address: string;
  note: string;
}

export const HEADINGS = ['工单编号', '受理时间', '紧急程度', '诉求人', '联系电话', '标题', '内容', '事发地址', '备注'];

export const fixtureRow = (n: number, overrides: Partial<FixtureRow> = {}): FixtureRow => ({
  no: `3101132023${String(n).padStart(8, '0')}`,
  at: `2023-05-${String(1 + (n % 28)).padStart(2, '0')} ${String(8 + (n % 10)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`,
  urgency: ['一般', '次紧急', '紧急'][n % 3]!,
  name: `市民${n % 977}`,
  phone: `13${String(800_000_000 + (n % 99_999_999)).padStart(9, '0')}`,
  title: `第${n}件：占道经营`,
  content: `市民来电反映第${n}号门前长期占道经营，影响通行，请尽快处理。`,
  address: `测试路${n % 800}号`,
  note: n % 5 === 0 ? '反复来电' : '',
  ...overrides,
});

const cells = (row: FixtureRow) => [
  row.no,
  row.at,
  row.urgency,
  row.name,
  row.phone,
  row.title,
  row.content,
  row.address,
  row.note,
];

export const fixturePath = (extension: string): string =>
  join(tmpdir(), `intake-${randomBytes(6).toString('hex')}.${extension}`);

/** A UTF-8 CSV file as an export writes it. */
export async function writeFixture(rows: Iterable<FixtureRow>, path = fixturePath('csv')): Promise<string> {
  function* lines() {
    for (const row of rows) yield cells(row);
  }
  await writeCsv(path, { columns: HEADINGS.map((header) => ({ header })), rows: lines() });
  return path;
}

export async function writeText(text: string | Buffer): Promise<string> {
  const path = fixturePath('csv');
  await writeFile(path, text);
  return path;
}
