import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { ZipWriter } from '../../platform/spreadsheet/zip-write.ts';
import { encodeGb18030 } from './gb18030.ts';
import { type IncomingOrder, World } from './matters.ts';
import { DEMO_FROM, DEMO_SEED, DEMO_TO } from './period.ts';
import { makePlaces } from './places.ts';
import { type Random, random } from './random.ts';
import { externalNo } from './rows.ts';
import { TOWNS } from './towns.ts';

export interface DemoSpreadsheetOptions {
  /** Data rows, among them repeated and broken ones; blank rows and repeated headings come on top. */
  readonly rows?: number;
  readonly seed?: number;
}

/** What an importer must find in the file. */
export interface DemoSpreadsheet {
  /** Different orders that can be taken. */
  readonly orders: number;
  /** Rows that repeat an order word for word. */
  readonly repeated: number;
  readonly blank: number;
  readonly headings: number;
  /** Rows that cannot be taken: row number as the spreadsheet program shows it, and the code of the reason. */
  readonly broken: readonly { readonly row: number; readonly code: string }[];
}

/** Names as hotline platforms have them: a group over single names, an order unlike ours. */
const HEADINGS = [
  '序号',
  '工单编号',
  '受理时间',
  '工单来源',
  '紧急程度',
  '诉求类型',
  '诉求人',
  '联系电话',
  '诉求标题',
  '诉求内容',
  '事发地址',
  '街镇',
  '一级分类',
  '主办单位',
  '是否回访',
  '坐席工号',
] as const;
const GROUPS: readonly (readonly [from: number, to: number, name: string])[] = [
  [1, 5, '工单信息'],
  [6, 7, '诉求人信息'],
  [8, 11, '诉求信息'],
];
const inGroup = (column: number): boolean => GROUPS.some(([from, to]) => column >= from && column <= to);
/** The heading's two lines: groups and names merged downwards, then the names below the groups. */
const HEADING_LINES: readonly (readonly (string | null)[])[] = [
  HEADINGS.map((name, i) => (inGroup(i) ? (GROUPS.find(([from]) => from === i)?.[2] ?? null) : name)),
  HEADINGS.map((name, i) => (inGroup(i) ? name : null)),
];
const TITLE = '宝山区12345市民服务热线工单明细表';
const HEADING_ROW = 4;
const MAX_ROWS_PER_SHEET = 1_048_576;

type MessyCell = string | number | { readonly serial: number } | null;
type Line = { readonly kind: 'data' | 'blank' | 'heading'; readonly cells: readonly MessyCell[] };

/**
 * Writes the kind of spreadsheet a hotline exports: title rows, merged headings, dates in mixed spellings, full-width
 * spaces, tabs, blank and repeated rows, 18-digit numbers, a declared range far larger than the data, and rows that
 * cannot be taken. `.xlsx`, or `.csv` in GB18030. The same seed writes the same file.
 */
export async function writeDemoSpreadsheet(
  path: string,
  options: DemoSpreadsheetOptions = {},
): Promise<DemoSpreadsheet> {
  const messy = new Mess(options.rows ?? 20_000, options.seed ?? DEMO_SEED);
  if (/\.csv$/i.test(path)) await writeCsvFile(path, messy);
  else await writeXlsxFile(path, messy);
  return messy.result();
}

const BREAKS = ['missing_time', 'impossible_date', 'unreadable_date', 'empty', 'scientific_number'] as const;
const BREAK_CODES: Readonly<Record<(typeof BREAKS)[number], string>> = {
  missing_time: 'missing',
  impossible_date: 'date_impossible',
  unreadable_date: 'date_unrecognised',
  empty: 'missing',
  scientific_number: 'id_scientific',
};

class Mess {
  readonly #rows: number;
  readonly #seed: number;
  #orders = 0;
  #repeated = 0;
  #blank = 0;
  #headings = 0;
  readonly #broken: { row: number; code: string }[] = [];

  constructor(rows: number, seed: number) {
    this.#rows = rows;
    this.#seed = seed;
  }

  result(): DemoSpreadsheet {
    return {
      orders: this.#orders,
      repeated: this.#repeated,
      blank: this.#blank,
      headings: this.#headings,
      broken: this.#broken,
    };
  }

  /** Everything below the heading. */
  *lines(): Generator<Line> {
    const world = new World(this.#seed, makePlaces(this.#seed), DEMO_FROM, DEMO_TO, this.#rows);
    const incoming = world.orders(DEMO_FROM, DEMO_TO, this.#rows);
    const draw = random(this.#seed, 61);
    let row = HEADING_ROW + 1;
    let previous: readonly MessyCell[] | null = null;
    for (let made = 0; made < this.#rows; made++, row++) {
      if (draw.chance(0.002)) {
        this.#blank++;
        row++;
        yield { kind: 'blank', cells: draw.chance(0.5) ? [] : [' ', '\u3000', null, '\t'] };
      }
      if (made > 0 && made % 5000 === 0) {
        this.#headings++;
        row++;
        yield { kind: 'heading', cells: HEADINGS };
      }
      if (previous && draw.chance(0.01)) {
        this.#repeated++;
        yield { kind: 'data', cells: [made + 1, ...previous.slice(1)] };
        continue;
      }
      const order = incoming.next().value as IncomingOrder;
      const cells = orderCells(draw, order, made + 1);
      if (draw.chance(0.004)) {
        const broken = draw.pick(BREAKS);
        this.#broken.push({ row, code: BREAK_CODES[broken] });
        yield { kind: 'data', cells: breakRow(cells, broken, draw) };
        continue;
      }
      this.#orders++;
      previous = cells;
      yield { kind: 'data', cells };
    }
  }
}

function orderCells(draw: Random, order: IncomingOrder, serial: number): MessyCell[] {
  const town = TOWNS[order.matter.place.town]!.name;
  const number = externalNo(order.receivedAt, serial);
  return [
    serial,
    draw.chance(0.1) ? `${number}\t` : draw.chance(0.03) ? `'${number}` : number,
    messyDate(draw, order.receivedAt),
    draw.pick(['电话', '随申办', '网站', '微信', '国家平台']),
    order.urgency === 'normal' ? '一般' : order.urgency === 'urgent' ? '次紧急' : '紧急',
    order.kind === 'enquiry' ? '咨询' : draw.pick(['投诉举报', '求助', '投诉举报', '意见建议']),
    order.caller
      ? draw.chance(0.05)
        ? `\u3000${order.caller.name} `
        : order.caller.name
      : draw.pick(['匿名', '', '不愿透露']),
    order.caller ? messyPhone(draw, order.caller.phone) : '',
    order.title,
    draw.chance(0.04) ? `\u3000\u3000${order.content.replace('，', '，\n')}` : order.content,
    draw.chance(0.05) ? order.matter.address.replace('宝山区', '宝山区\u3000') : order.matter.address,
    draw.chance(0.85) ? town : town.replace(/(街道|镇)$/, ''),
    '城市管理',
    draw.chance(0.7) ? '区城管执法局' : '宝山区城管执法局 ',
    draw.pick(['是', '是', '是', '否']),
    draw.between(1001, 1188),
  ];
}

function breakRow(cells: readonly MessyCell[], how: (typeof BREAKS)[number], draw: Random): MessyCell[] {
  const broken = [...cells];
  if (how === 'missing_time') broken[2] = null;
  if (how === 'impossible_date') broken[2] = draw.pick(['2023-02-30 10:00', '2022/11/31 09:20:00', '2023年4月31日']);
  if (how === 'unreadable_date') broken[2] = draw.pick(['待补录', '见附件', '上周三']);
  if (how === 'empty') broken[8] = broken[9] = null;
  if (how === 'scientific_number') broken[1] = '2.30101E+17';
  return broken;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** The same instant as eight kinds of clerk would have typed it; to the minute where the spelling has no seconds. */
function messyDate(draw: Random, at: number): MessyCell {
  const local = new Date(at + 8 * 3_600_000);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
  const [hour, minute, second] = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  switch (draw.weighted([50, 12, 8, 6, 6, 4, 10, 4])) {
    case 0:
      return `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`;
    case 1:
      return `${year}/${month}/${day} ${hour}:${pad(minute)}`;
    case 2:
      return `${year}年${month}月${day}日 ${hour}时${pad(minute)}分`;
    case 3:
      return `${year}.${pad(month)}.${pad(day)} ${pad(hour)}:${pad(minute)}`;
    case 4:
      return `${year}${pad(month)}${pad(day)}${pad(hour)}${pad(minute)}${pad(second)}`;
    case 5:
      return ` ${year}-${month}-${day}\u3000${pad(hour)}:${pad(minute)} `;
    case 6:
      return { serial: Math.round((local.getTime() / 86_400_000 + 25_569) * 86_400) / 86_400 };
    default:
      return `${year}-${pad(month)}-${pad(day)} ${hour < 12 ? '上午' : '下午'}${hour % 12 === 0 ? 12 : hour % 12}:${pad(minute)}`;
  }
}

function messyPhone(draw: Random, phone: string): MessyCell {
  switch (draw.weighted([70, 10, 8, 6, 6])) {
    case 1:
      return Number(phone);
    case 2:
      return `${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`;
    case 3:
      return `+86${phone}`;
    case 4:
      return [...phone].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
    default:
      return phone;
  }
}

const subtitle = `导出时间：2023-07-03 09:12\u3000导出人：热线坐席\u3000单位：件`;

async function writeCsvFile(path: string, messy: Mess): Promise<void> {
  const out = createWriteStream(path);
  const quote = (cell: MessyCell): string => {
    const text = cell === null ? '' : typeof cell === 'object' ? serialAsText(cell.serial) : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: readonly MessyCell[]): string =>
    `${HEADINGS.map((_, i) => quote(cells[i] ?? null)).join(',')}\r\n`;
  let buffer = line([TITLE]) + line([subtitle]) + HEADING_LINES.map(line).join('');
  for (const { cells } of messy.lines()) {
    buffer += line(cells);
    if (buffer.length > 64 * 1024) {
      await write(out, encodeGb18030(buffer));
      buffer = '';
    }
  }
  await write(out, encodeGb18030(buffer));
  out.end();
  await finished(out);
}

function write(out: NodeJS.WritableStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

/** A date cell saved as CSV: what the spreadsheet program shows. */
function serialAsText(serial: number): string {
  const at = new Date(Math.round((serial - 25_569) * 86_400) * 1000);
  return `${at.getUTCFullYear()}/${at.getUTCMonth() + 1}/${at.getUTCDate()} ${at.getUTCHours()}:${pad(at.getUTCMinutes())}`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const columnName = (index: number): string => String.fromCharCode(65 + index);
const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, (char) => (char === '&' ? '&amp;' : char === '<' ? '&lt;' : '&gt;'));

async function writeXlsxFile(path: string, messy: Mess): Promise<void> {
  const out = createWriteStream(path);
  const zip = new ZipWriter(out);
  const last = columnName(HEADINGS.length - 1);
  async function* sheet(): AsyncGenerator<string> {
    // Formatted once down to the last row: the declared range says nothing about the data.
    yield `${HEAD}<worksheet xmlns="${MAIN}"><dimension ref="A1:XFD${MAX_ROWS_PER_SHEET}"/><sheetData>`;
    yield rowXml(1, [TITLE]) + rowXml(2, [subtitle]);
    yield HEADING_LINES.map((cells, i) => rowXml(HEADING_ROW - 1 + i, cells)).join('');
    let number = HEADING_ROW;
    let buffer = '';
    for (const { cells } of messy.lines()) {
      number++;
      buffer += rowXml(number, cells);
      if (buffer.length > 64 * 1024) {
        yield buffer;
        buffer = '';
      }
    }
    const groups = GROUPS.map(([from, to]) => `${columnName(from)}3:${columnName(to)}3`);
    const upright = HEADINGS.flatMap((_, i) => (inGroup(i) ? [] : [`${columnName(i)}3:${columnName(i)}4`]));
    const merges = [`A1:${last}1`, `A2:${last}2`, ...groups, ...upright];
    yield `${buffer}</sheetData><mergeCells count="${merges.length}">${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells></worksheet>`;
  }
  await zip.add('xl/worksheets/sheet1.xml', sheet());
  await zip.add('xl/workbook.xml', [
    `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="工单明细" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ]);
  await zip.add('xl/_rels/workbook.xml.rels', [
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  ]);
  await zip.add('xl/styles.xml', [
    `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/m/d h:mm"/></numFmts><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  ]);
  await zip.add('_rels/.rels', [
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ]);
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  await zip.add('[Content_Types].xml', [
    `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
  ]);
  await zip.finish();
}

function rowXml(number: number, cells: readonly MessyCell[]): string {
  let xml = `<row r="${number}">`;
  for (const [i, cell] of cells.entries()) {
    if (cell === null || cell === '') continue;
    const reference = `${columnName(i)}${number}`;
    if (typeof cell === 'number') xml += `<c r="${reference}"><v>${cell}</v></c>`;
    else if (typeof cell === 'object') xml += `<c r="${reference}" s="1"><v>${cell.serial}</v></c>`;
    else xml += `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
  }
  return `${xml}</row>`;
}
