/** Text set in one weight within a paragraph. */
export interface Run {
  text: string;
  bold?: boolean;
}

export interface TableColumn {
  header: string;
  align: 'left' | 'center' | 'right';
  /** Share of the table's width relative to the other columns; when absent on every column, widths follow the content. */
  width?: number;
}

export interface ChartSeries {
  name: string;
  /** One value per category; null leaves a gap. */
  values: (number | null)[];
  /** Only read in a `barLine` chart; `bar` when absent. */
  type?: 'bar' | 'line';
}

export interface ChartModel {
  kind: 'bar' | 'line' | 'barLine';
  categories: string[];
  series: ChartSeries[];
  /** Unit of the left axis, e.g. 件. */
  unit?: string;
  /** Unit of the right axis on which the lines of a `barLine` chart are drawn, e.g. %. */
  lineUnit?: string;
}

/** `text` of headings carries its own number (一、（一） 1.), as the drafter wrote it. */
export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; text: string }
  | { kind: 'paragraph'; text: string | Run[] }
  | { kind: 'table'; caption: string; columns: TableColumn[]; rows: string[][]; note?: string }
  | { kind: 'chart'; caption: string; chart: ChartModel; alt: string }
  | { kind: 'page-break' };

/** An official document in the layout of GB/T 9704-2012 党政机关公文格式. All text is plain text, never markup. */
export interface OfficialDocument {
  /** 发文机关标志, e.g. …局文件. */
  issuer: string;
  /** 发文字号, e.g. 宝城执通〔2023〕6号. */
  number: string;
  /** 紧急程度: 特急, 加急. */
  urgency?: string;
  /** 签发人, given only on documents addressed upwards. */
  signer?: string;
  /** Shown on every page of a document that is not published, e.g. 草稿. */
  draftMark?: string;
  /** A line feed breaks the title where it stands. */
  title: string;
  /** 主送机关, with its closing colon. */
  recipients?: string;
  blocks: Block[];
  attachments?: string[];
  /** `date` is written out in Arabic numerals: 2023年7月5日. */
  signature: { unit: string; date: string };
  /** 版记. */
  copies?: { cc?: string[]; printedBy?: string; printedOn?: string };
}

// Characters no XML 1.0 file may hold (Word refuses the file), and lone surrogates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/gu;

const cleanText = (text: string): string => text.replace(/\r\n?/g, '\n').replace(UNPRINTABLE, '').replaceAll('\t', ' ');

const oneLine = (text: string): string => cleanText(text).replace(/\s*\n\s*/g, ' ');

const runsOf = (text: string | Run[]): Run[] => (typeof text === 'string' ? [{ text }] : text);

/** A paragraph whose text holds line feeds is several paragraphs: each of them gets its first-line indent. */
function paragraphs(text: string | Run[]): Run[][] {
  const result: Run[][] = [[]];
  for (const run of runsOf(text)) {
    cleanText(run.text)
      .split('\n')
      .forEach((line, i) => {
        if (i > 0) result.push([]);
        if (line !== '') result.at(-1)!.push({ text: line, bold: run.bold === true });
      });
  }
  return result.filter((runs) => runs.length > 0);
}

export type CleanBlock = Exclude<Block, { kind: 'paragraph' }> | { kind: 'paragraph'; runs: Run[] };
export type TableBlock = Extract<Block, { kind: 'table' }>;
export type ChartBlock = Extract<Block, { kind: 'chart' }>;

export interface CleanDocument extends Omit<OfficialDocument, 'title' | 'blocks'> {
  title: string[];
  blocks: CleanBlock[];
}

function cleanChart(chart: ChartModel): ChartModel {
  return {
    ...chart,
    categories: chart.categories.map(oneLine),
    series: chart.series.map((s) => ({ ...s, name: oneLine(s.name) })),
    ...(chart.unit === undefined ? {} : { unit: oneLine(chart.unit) }),
    ...(chart.lineUnit === undefined ? {} : { lineUnit: oneLine(chart.lineUnit) }),
  };
}

function cleanBlock(block: Block): CleanBlock[] {
  switch (block.kind) {
    case 'heading':
      return [{ ...block, text: oneLine(block.text) }];
    case 'paragraph':
      return paragraphs(block.text).map((runs) => ({ kind: 'paragraph', runs }));
    case 'table':
      return [
        {
          ...block,
          caption: oneLine(block.caption),
          columns: block.columns.map((c) => ({ ...c, header: oneLine(c.header) })),
          // A short row would shift every cell after it, so each row is brought to the table's width.
          rows: block.rows.map((row) => block.columns.map((_, i) => oneLine(row[i] ?? ''))),
          ...(block.note === undefined ? {} : { note: oneLine(block.note) }),
        },
      ];
    case 'chart':
      return [{ ...block, caption: oneLine(block.caption), alt: oneLine(block.alt), chart: cleanChart(block.chart) }];
    case 'page-break':
      return [block];
  }
}

const mapDefined = <K extends string, V>(key: K, value: V | undefined, map: (value: V) => V) =>
  (value === undefined ? {} : { [key]: map(value) }) as Partial<Record<K, V>>;

/** The document as the renderers take it: text that every format can hold, one line where one line is meant. */
export function cleanDocument(doc: OfficialDocument): CleanDocument {
  const copies = doc.copies;
  return {
    issuer: oneLine(doc.issuer),
    number: oneLine(doc.number),
    title: cleanText(doc.title).split('\n'),
    blocks: doc.blocks.flatMap(cleanBlock),
    signature: { unit: oneLine(doc.signature.unit), date: oneLine(doc.signature.date) },
    ...mapDefined('urgency', doc.urgency, oneLine),
    ...mapDefined('signer', doc.signer, oneLine),
    ...mapDefined('draftMark', doc.draftMark, oneLine),
    ...mapDefined('recipients', doc.recipients, oneLine),
    ...mapDefined('attachments', doc.attachments, (list) => list.map(oneLine)),
    ...(copies === undefined
      ? {}
      : {
          copies: {
            ...mapDefined('cc', copies.cc, (list) => list.map(oneLine)),
            ...mapDefined('printedBy', copies.printedBy, oneLine),
            ...mapDefined('printedOn', copies.printedOn, oneLine),
          },
        }),
  };
}
