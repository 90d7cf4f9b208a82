import { createHash } from 'node:crypto';
import type { ImportPreview } from '@bihuan/contract/intake';
import {
  type ColumnMapping,
  cellText,
  cleanLine,
  clip,
  type DateOrder,
  detectHeader,
  type FieldKey,
  type Header,
  headerSignature,
  missingFields,
  type ProposedColumn,
  parseRow,
  proposeMapping,
  rowKind,
  type SheetRow,
} from '@bihuan/domain/intake';
import type { ByteSource } from '../../platform/byte-source.ts';
import { invalid } from '../../platform/errors.ts';
import { type OpenedSheet, openSheet, SheetError } from '../../platform/spreadsheet/index.ts';
import { withoutRejectColumns } from './reject-sheet.service.ts';
import type { RememberedMapping, Source } from './sources.repo.ts';

/** Enough for a heading below title rows and a fair sample of every column. */
const HEAD_ROWS = 250;
const PREVIEW_ROWS = 20;
const SAMPLES = 3;

export interface Beginning {
  readonly opened: OpenedSheet;
  readonly sheet: string;
  readonly header: Header;
  /** Data rows among the first of the sheet. */
  readonly rows: readonly SheetRow[];
}

/** Opens a spreadsheet and finds its heading. @throws SheetError */
export async function readBeginning(file: string | ByteSource, fileName: string, wanted?: string): Promise<Beginning> {
  const opened = await openSheet(file, { filename: fileName });
  const head: SheetRow[] = [];
  for await (const row of opened.rows(wanted)) {
    head.push(row);
    if (head.length >= HEAD_ROWS) break;
  }
  if (head.length === 0) throw new SheetError('sheet_empty');
  const header = withoutRejectColumns(detectHeader(head.slice(0, 50)));
  const rows = head.filter(
    (row) => row.rowNumber > header.lastRowNumber && rowKind(row.cells, header.columns) === 'data',
  );
  return { opened, sheet: wanted ?? opened.sheets[0]!, header, rows };
}

/** Column names can be long; their digest is the key under which a corrected mapping is remembered. */
export const signatureOf = (header: Header): string =>
  createHash('sha256').update(headerSignature(header.columns)).digest('hex').slice(0, 32);

export interface Mapped {
  readonly columns: readonly ProposedColumn[];
  readonly missing: readonly string[];
  readonly remembered: boolean;
}

/** The columns as a person gave them, else as confirmed for the source before, else as proposed. */
export function mapColumns(
  { header, rows }: Beginning,
  source: Pick<Source, 'mapping'>,
  given?: readonly { index: number; field: FieldKey | null }[],
): Mapped {
  const proposed = proposeMapping(header, rows);
  if (given) {
    const fields = new Map(given.map(({ index, field }) => [index, field]));
    refuseTwice([...fields.values()]);
    const columns = proposed.columns.map((column): ProposedColumn => {
      const field = fields.get(column.index) ?? null;
      return field === column.field ? column : { ...column, field, confidence: 1, why: '人工指定' };
    });
    return { columns, missing: missingFields(columns), remembered: false };
  }
  const kept = source.mapping?.[signatureOf(header)];
  if (!kept) return { ...proposed, remembered: false };
  const columns = proposed.columns.map(
    (column): ProposedColumn =>
      column.header in kept
        ? { ...column, field: kept[column.header] ?? null, confidence: 1, why: '沿用上次确认的对应' }
        : column,
  );
  return { columns, missing: missingFields(columns), remembered: true };
}

function refuseTwice(fields: readonly (FieldKey | null)[]): void {
  const used = fields.filter((field) => field !== null);
  if (new Set(used).size < used.length)
    throw invalid('同一内容只能由一列提供，请检查列对应', [{ field: '/columns', message: '有重复的对应' }]);
}

export const toMapping = (columns: readonly ProposedColumn[]): ColumnMapping[] =>
  columns.map(({ index, header, field }) => ({ index, header, field }));

export const toRemembered = (columns: readonly ColumnMapping[]): RememberedMapping =>
  Object.fromEntries(columns.map(({ header, field }) => [header, field]));

/** What a person sees before confirming. */
export function previewOf(
  fileName: string,
  beginning: Beginning,
  mapped: Mapped,
  options: { defaultReceivedAt?: number; dateOrder?: DateOrder; now: number },
): ImportPreview {
  const { opened, sheet, header, rows } = beginning;
  const mapping = toMapping(mapped.columns);
  const { now, ...reading } = options;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    fileName,
    kind: opened.kind,
    encoding: opened.encoding ?? null,
    sheets: [...opened.sheets],
    sheet,
    headingRows: [...header.rowNumbers],
    columns: mapped.columns.map((column) => ({ ...column, samples: samplesOf(rows, column.index) })),
    missing: [...mapped.missing].filter((label) => !(label === '受理时间' && reading.defaultReceivedAt !== undefined)),
    remembered: mapped.remembered,
    rows: rows.slice(0, PREVIEW_ROWS).map((row) => {
      const result = parseRow(row.cells, mapping, { ...reading, date1904: opened.date1904 });
      if (!result.ok) {
        const text = (field: FieldKey) => {
          const column = mapping.find((one) => one.field === field);
          return column ? clip(cleanLine(cellText(row.cells[column.index])), 200) || null : null;
        };
        return {
          rowNumber: row.rowNumber,
          ok: false,
          externalNo: text('externalNo'),
          receivedAt: null,
          title: text('title'),
          content: text('content'),
          address: text('address'),
          complainant: text('complainantName'),
          phone: text('complainantPhone'),
          problems: result.reasons.map(({ message }) => ({ level: 'reject' as const, message })),
        };
      }
      const { value } = result;
      const late = value.receivedAt > now + 60_000;
      return {
        rowNumber: row.rowNumber,
        ok: !late,
        externalNo: value.externalNo,
        receivedAt: iso(value.receivedAt),
        title: value.title,
        content: clip(value.content, 200),
        address: value.address,
        complainant: value.complainantName,
        phone: value.complainantPhone,
        problems: [
          ...(late ? [{ level: 'reject' as const, message: '受理时间晚于现在，请核对' }] : []),
          ...result.warnings.map(({ message }) => ({ level: 'warn' as const, message })),
        ],
      };
    }),
  };
}

function samplesOf(rows: readonly SheetRow[], index: number): string[] {
  const samples = new Set<string>();
  for (const row of rows) {
    const text = clip(cleanLine(cellText(row.cells[index])), 60);
    if (text !== '') samples.add(text);
    if (samples.size >= SAMPLES) break;
  }
  return [...samples];
}
