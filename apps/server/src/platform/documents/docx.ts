import {
  AlignmentType,
  BorderStyle,
  Document,
  type FileChild,
  Footer,
  Header,
  HeadingLevel,
  HeightRule,
  HorizontalPositionAlign,
  HorizontalPositionRelativeFrom,
  ImageRun,
  type IParagraphOptions,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  type ParagraphChild,
  Tab,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TabStopType,
  TextRun,
  TextWrappingType,
  VerticalAlignTable,
  VerticalPositionAlign,
  VerticalPositionRelativeFrom,
  WidthType,
  WpsShapeRun,
} from 'docx';
import { TextWatermark } from 'docx/watermarks';
import { unzipSync, zipSync } from 'fflate';
import { chartPngs, chartSize } from './chart.ts';
import { OFFICE_FONTS } from './fonts.ts';
import {
  imprint,
  issuerType,
  keepsWithSignature,
  PAGE,
  signatureIndents,
  tableLayout,
  textEms,
  WHOLE_TABLE_ROWS,
} from './layout.ts';
import { type ChartBlock, type CleanDocument, cleanDocument, type OfficialDocument, type TableBlock } from './model.ts';

type Typeface = keyof typeof OFFICE_FONTS;

const twips = (pt: number): number => Math.round(pt * 20);
const twipsOfMm = (mm: number): number => Math.round((mm * 1440) / 25.4);
const LINE = twips(PAGE.lineHeight);
const RED = 'D7000F';
/** Brings 28 characters of 16 pt onto a line of 156 mm; a character grid would do it in Word but not in LibreOffice. */
const CHARACTER_SPACING = -5;
const CHARACTER = twips(PAGE.bodySize) + CHARACTER_SPACING;

function font(face: Typeface) {
  const name = OFFICE_FONTS[face];
  // The hint gives “ ” … — the Chinese font's full-width shapes.
  return { ascii: name, eastAsia: name, hAnsi: name, cs: name, hint: 'eastAsia' };
}

interface Type {
  face?: Typeface;
  /** Points. */
  size?: number;
  bold?: boolean;
  color?: string;
  scale?: number;
}

const run = (text: string, type: Type = {}): TextRun => {
  const size = type.size ?? PAGE.bodySize;
  return new TextRun({
    text,
    font: font(type.face ?? 'fangsong'),
    size: size * 2,
    ...(size === PAGE.bodySize ? { characterSpacing: CHARACTER_SPACING } : {}),
    ...(type.bold ? { bold: true } : {}),
    ...(type.color === undefined ? {} : { color: type.color }),
    ...(type.scale === undefined ? {} : { scale: Math.round(type.scale * 100) }),
  });
};

const exactly = (pt: number) => ({ line: twips(pt), lineRule: LineRuleType.EXACT });
const atLeast = (pt: number) => ({ line: twips(pt), lineRule: LineRuleType.AT_LEAST });
const blankLine = (keepNext = false): Paragraph => new Paragraph({ keepNext, children: [run('')] });
const firstLine = { firstLine: 2 * CHARACTER, firstLineChars: 200 };

/** Text with its tail against the right margin. */
const spread = (left: TextRun[], right: TextRun[], options: IParagraphOptions = {}, end = 0): Paragraph =>
  new Paragraph({
    ...options,
    tabStops: [{ type: TabStopType.RIGHT, position: twips(PAGE.textWidth) - end }],
    children: [...left, ...(right.length > 0 ? [new TextRun({ children: [new Tab()] }), ...right] : [])],
  });

function head(doc: CleanDocument): Paragraph[] {
  const { size, scale } = issuerType(doc.issuer);
  const number = run(doc.number);
  const rule = {
    border: { bottom: { style: BorderStyle.SINGLE, size: 18, color: RED, space: 11 } },
    spacing: { ...exactly(PAGE.lineHeight), before: 2 * LINE },
    keepNext: true,
  };
  return [
    new Paragraph({ spacing: exactly(PAGE.lineHeight), children: [run(doc.urgency ?? '', { face: 'heiti' })] }),
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { ...atLeast(size), before: twips(PAGE.headDrop) - LINE },
      children: [run(doc.issuer, { face: 'xiaobiaosong', size, scale, color: RED })],
    }),
    doc.signer === undefined
      ? new Paragraph({ ...rule, alignment: AlignmentType.CENTER, children: [number] })
      : // 上行文: the number at the left and the signer at the right, each one character in.
        spread([run('\u3000'), number], [run('签发人：'), run(doc.signer, { face: 'kaiti' })], rule, CHARACTER),
    ...doc.title.map(
      (line, i) =>
        new Paragraph({
          alignment: AlignmentType.CENTER,
          spacing: { ...exactly(PAGE.titleLineHeight), ...(i === 0 ? { before: 2 * LINE } : {}) },
          keepNext: true,
          keepLines: true,
          children: [run(line, { face: 'xiaobiaosong', size: PAGE.titleSize })],
        }),
    ),
    blankLine(true),
    ...(doc.recipients === undefined
      ? []
      : [new Paragraph({ alignment: AlignmentType.JUSTIFIED, keepNext: true, children: [run(doc.recipients)] })]),
  ];
}

const HEADINGS = {
  1: { heading: HeadingLevel.HEADING_1, face: 'heiti', bold: false },
  2: { heading: HeadingLevel.HEADING_2, face: 'kaiti', bold: false },
  3: { heading: HeadingLevel.HEADING_3, face: 'fangsong', bold: true },
} as const satisfies Record<1 | 2 | 3, { heading: string; face: Typeface; bold: boolean }>;

const caption = (text: string, options: IParagraphOptions): Paragraph =>
  new Paragraph({
    alignment: AlignmentType.CENTER,
    ...options,
    children: [run(text, { face: 'heiti', size: PAGE.smallSize })],
  });

function table(block: TableBlock, pageBreakBefore: boolean): FileChild[] {
  const { size, widths, heads } = tableLayout(block);
  const columnWidths = widths.map(twips);
  const whole = block.rows.length <= WHOLE_TABLE_ROWS;
  const cell = (lines: string[], i: number, isHead: boolean, keepNext: boolean) =>
    new TableCell({
      width: { size: columnWidths[i] ?? 0, type: WidthType.DXA },
      verticalAlign: VerticalAlignTable.CENTER,
      children: lines.map(
        (text) =>
          new Paragraph({
            alignment: isHead ? AlignmentType.CENTER : block.columns[i]!.align,
            // A proportional line centres in its cell; a fixed or least height leaves its slack above the text.
            spacing: { line: 252, lineRule: LineRuleType.AUTO },
            keepNext,
            children: [run(text, { face: isHead ? 'heiti' : 'fangsong', size })],
          }),
      ),
    });
  const row = (cells: string[][], isHead: boolean, keepNext: boolean) =>
    new TableRow({
      ...(isHead ? { tableHeader: true } : {}),
      cantSplit: true,
      height: { value: twips(size * 1.9), rule: HeightRule.ATLEAST },
      children: cells.map((lines, i) => cell(lines, i, isHead, keepNext)),
    });
  const line = { style: BorderStyle.SINGLE, size: 4, color: '000000' };
  const frame = { ...line, size: 8 };
  const note = block.note;
  return [
    caption(block.caption, { keepNext: true, pageBreakBefore, spacing: { ...exactly(PAGE.lineHeight), before: 120 } }),
    new Table({
      layout: TableLayoutType.FIXED,
      width: { size: columnWidths.reduce((a, b) => a + b, 0), type: WidthType.DXA },
      columnWidths,
      alignment: AlignmentType.CENTER,
      margins: { left: 60, right: 60, top: 30, bottom: 30, marginUnitType: WidthType.DXA },
      borders: { top: frame, bottom: frame, left: frame, right: frame, insideHorizontal: line, insideVertical: line },
      rows: [
        row(heads, true, true),
        ...block.rows.map((cells, i) =>
          row(
            cells.map((text) => [text]),
            false,
            i < block.rows.length - 1 ? whole || i === 0 || i === block.rows.length - 2 : note !== undefined,
          ),
        ),
      ],
    }),
    // Also parts the table from whatever follows it.
    new Paragraph({
      alignment: AlignmentType.JUSTIFIED,
      spacing: { ...exactly(note === undefined ? 12 : 16), before: note === undefined ? 0 : 60, after: 120 },
      children: [run(note ?? '', { size: 10.5 })],
    }),
  ];
}

function chart(block: ChartBlock, png: Uint8Array, id: number, pageBreakBefore: boolean): Paragraph[] {
  const { width, height } = chartSize(block.chart);
  const shown = (PAGE.textWidth * 96) / 72;
  return [
    new Paragraph({
      alignment: AlignmentType.CENTER,
      keepNext: true,
      pageBreakBefore,
      // An exact line would cut the picture off.
      spacing: { line: 240, lineRule: LineRuleType.AUTO, before: 120 },
      children: [
        new ImageRun({
          type: 'png',
          data: png,
          transformation: { width: Math.floor(shown), height: Math.floor((shown * height) / width) },
          altText: { id: String(id), name: block.caption, title: block.caption, description: block.alt },
        }),
      ],
    }),
    caption(block.caption, { spacing: { ...exactly(PAGE.lineHeight), after: 120 } }),
  ];
}

function body(doc: CleanDocument, pictures: ReadonlyMap<ChartBlock, Uint8Array>): FileChild[] {
  const children: FileChild[] = [];
  let pageBreakBefore = false;
  doc.blocks.forEach((block, i) => {
    if (block.kind === 'page-break') {
      pageBreakBefore = true;
      return;
    }
    if (block.kind === 'heading') {
      const { heading, face, bold } = HEADINGS[block.level];
      children.push(
        new Paragraph({
          heading,
          keepNext: true,
          keepLines: true,
          pageBreakBefore,
          alignment: AlignmentType.JUSTIFIED,
          indent: firstLine,
          children: [run(block.text, { face, bold })],
        }),
      );
    } else if (block.kind === 'paragraph') {
      children.push(
        new Paragraph({
          pageBreakBefore,
          widowControl: true,
          alignment: AlignmentType.JUSTIFIED,
          indent: firstLine,
          keepNext: i === doc.blocks.length - 1 && !doc.attachments?.length && keepsWithSignature(block),
          children: block.runs.map((r) => run(r.text, { bold: r.bold === true })),
        }),
      );
    } else if (block.kind === 'table') children.push(...table(block, pageBreakBefore));
    else children.push(...chart(block, pictures.get(block)!, i + 1, pageBreakBefore));
    pageBreakBefore = false;
  });
  return children;
}

function attachments(list: string[]): Paragraph[] {
  const many = list.length > 1;
  const label = 2 + 3 + (many ? 1 : 0);
  return [
    blankLine(true),
    ...list.map((name, i) => {
      const mark = many ? `${i + 1}.` : '';
      // Two characters in, 附件： three more, then the name; further lines stand under the name.
      const lead = i === 0 ? `附件：${mark}` : mark;
      const hanging = (i === 0 ? 3 : 0) + (many ? 1 : 0);
      return new Paragraph({
        alignment: AlignmentType.JUSTIFIED,
        keepNext: list.length <= 6 || i === list.length - 1,
        indent: { left: label * CHARACTER, hanging: hanging * CHARACTER },
        children: [run(`${lead}${name}`)],
      });
    }),
  ];
}

function signature(doc: CleanDocument): Paragraph[] {
  const indents = signatureIndents(doc.signature);
  const at = (children: ParagraphChild[], characters: number, keepNext: boolean) =>
    new Paragraph({
      alignment: AlignmentType.RIGHT,
      indent: { right: Math.round(characters * CHARACTER) },
      keepNext,
      keepLines: true,
      children,
    });
  return [
    blankLine(true),
    at([run(doc.signature.unit)], indents.unit, true),
    // 版记 hangs on the date, the document's last line, so that both are on the same page.
    at([...imprintBox(doc), run(doc.signature.date)], indents.date, false),
  ];
}

/** 版记 stands at the foot of the last page's text area, between rules as wide as it. */
function imprintBox(doc: CleanDocument): WpsShapeRun[] {
  const lines = imprint(doc.copies);
  if (lines === null) return [];
  const small: Type = { size: PAGE.smallSize };
  const em = twips(PAGE.smallSize);
  const pitch = 26;
  const ruleHeight = 3;
  // Rules are paragraphs of their own: a border would be as short as the text's indents leave it.
  const rule = (eighths: number) =>
    new Paragraph({
      spacing: exactly(ruleHeight),
      border: { bottom: { style: BorderStyle.SINGLE, size: eighths, color: '000000', space: 0 } },
      children: [run('', { size: 1 })],
    });
  const children = [rule(8)];
  let height = 2 * ruleHeight + pitch;
  if (lines.cc !== undefined) {
    children.push(
      new Paragraph({
        alignment: AlignmentType.JUSTIFIED,
        spacing: exactly(pitch),
        indent: { left: 4 * em, right: em, hanging: 3 * em },
        children: [run(`抄送：${lines.cc}`, small)],
      }),
      rule(6),
    );
    const perLine = Math.floor(PAGE.textWidth / PAGE.smallSize) - 5;
    height += ruleHeight + pitch * Math.ceil(textEms(lines.cc) / perLine);
  }
  children.push(
    spread(
      [run(lines.printedBy, small)],
      [run(lines.printedOn, small)],
      { spacing: exactly(pitch), indent: { left: em } },
      em,
    ),
    rule(8),
  );
  // A text box: LibreOffice leaves a floating table as wide as the page where it is anchored, and ignores text frames.
  return [
    new WpsShapeRun({
      type: 'wps',
      children,
      transformation: { width: (PAGE.textWidth * 96) / 72, height: (height * 96) / 72 },
      bodyProperties: { margins: { top: 0, right: 0, bottom: 0, left: 0 }, noAutoFit: true },
      floating: {
        horizontalPosition: { relative: HorizontalPositionRelativeFrom.MARGIN, align: HorizontalPositionAlign.LEFT },
        verticalPosition: { relative: VerticalPositionRelativeFrom.MARGIN, align: VerticalPositionAlign.BOTTOM },
        wrap: { type: TextWrappingType.TOP_AND_BOTTOM },
        margins: { top: PAGE.lineHeight * 12_700, right: 0, bottom: 0, left: 0 },
      },
      altText: { id: '1000', name: '版记', title: '版记', description: '版记' },
    }),
  ];
}

function pageNumber(side: 'left' | 'right'): Footer {
  return new Footer({
    children: [
      new Paragraph({
        alignment: side === 'right' ? AlignmentType.RIGHT : AlignmentType.LEFT,
        spacing: exactly(18),
        indent: { [side]: twips(PAGE.smallSize) },
        children: [
          new TextRun({
            font: font('songti'),
            size: PAGE.smallSize * 2,
            children: ['— ', PageNumber.CURRENT, ' —'],
          }),
        ],
      }),
    ],
  });
}

function draftHeader(mark: string): Header {
  return new Header({
    children: [
      new Paragraph({
        alignment: AlignmentType.CENTER,
        spacing: exactly(18),
        children: [
          run(mark, { face: 'heiti', size: PAGE.smallSize, color: '808080' }),
          new TextWatermark({
            text: mark,
            font: OFFICE_FONTS.heiti,
            color: 'D0D0D0',
            width: Math.min(420, 140 * textEms(mark)),
          }),
        ],
      }),
    ],
  });
}

// The zip format counts from 1980; the value itself means nothing.
const ZIP_TIME = new Date(1980, 0, 1);
const CORE = 'docProps/core.xml';
const STYLES = 'word/styles.xml';
// Word and LibreOffice widen the gap between Chinese text and Latin letters or digits unless told not to.
const NO_AUTO_SPACE = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>';

/**
 * The package without what depends on the moment it was made (docx stamps it with the present time), so that a document
 * made again is the same to the byte; and with the one paragraph default that docx has no option for.
 */
function settled(packed: Uint8Array): Uint8Array {
  const files = unzipSync(packed);
  const edit = (path: string, change: (xml: string) => string) => {
    files[path] = new TextEncoder().encode(change(new TextDecoder().decode(files[path])));
  };
  edit(CORE, (xml) => xml.replace(/<dcterms:(created|modified)\b[^>]*>[^<]*<\/dcterms:\1>/g, ''));
  edit(STYLES, (xml) => xml.replace('<w:pPrDefault><w:pPr>', `$&${NO_AUTO_SPACE}`));
  return zipSync(files, { mtime: ZIP_TIME, level: 6 });
}

/**
 * The document as a Word file in the layout of GB/T 9704-2012; opens in Word, WPS and LibreOffice. Fonts are named, not
 * embedded. The same model gives the same bytes.
 */
export async function renderDocx(source: OfficialDocument): Promise<Uint8Array> {
  const doc = cleanDocument(source);
  const charts = doc.blocks.filter((block) => block.kind === 'chart');
  const pngs = await chartPngs(charts.map((block) => block.chart));
  const pictures = new Map(charts.map((block, i) => [block, pngs[i]!]));
  const header = doc.draftMark === undefined ? undefined : draftHeader(doc.draftMark);
  const headingStyle = (level: 1 | 2 | 3) => {
    const { face, bold } = HEADINGS[level];
    return {
      run: { font: font(face), size: PAGE.bodySize * 2, bold, color: '000000' },
      paragraph: { spacing: { before: 0, after: 0, line: LINE, lineRule: LineRuleType.EXACT } },
    };
  };
  const file = new Document({
    title: doc.title.join(''),
    creator: doc.signature.unit,
    lastModifiedBy: doc.signature.unit,
    evenAndOddHeaderAndFooters: true,
    styles: {
      default: {
        document: {
          run: {
            font: font('fangsong'),
            size: PAGE.bodySize * 2,
            language: { value: 'zh-CN', eastAsia: 'zh-CN' },
          },
          paragraph: { spacing: { before: 0, after: 0, line: LINE, lineRule: LineRuleType.EXACT } },
        },
        heading1: headingStyle(1),
        heading2: headingStyle(2),
        heading3: headingStyle(3),
      },
    },
    sections: [
      {
        properties: {
          page: {
            size: { width: twipsOfMm(PAGE.widthMm), height: twipsOfMm(PAGE.heightMm) },
            margin: {
              top: twipsOfMm(PAGE.marginMm.top),
              right: twipsOfMm(PAGE.marginMm.right),
              bottom: twipsOfMm(PAGE.marginMm.bottom),
              left: twipsOfMm(PAGE.marginMm.left),
              header: twipsOfMm(20),
              // The page number's dash stands 7 mm below the text area.
              footer: twipsOfMm(PAGE.marginMm.bottom - 7) - twips(14),
            },
          },
        },
        ...(header === undefined ? {} : { headers: { default: header, even: header } }),
        footers: { default: pageNumber('right'), even: pageNumber('left') },
        children: [
          ...head(doc),
          ...body(doc, pictures),
          ...(doc.attachments?.length ? attachments(doc.attachments) : []),
          ...signature(doc),
        ],
      },
    ],
  });
  return settled(await Packer.toBuffer(file));
}
