import { inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { chartPng, chartSvg } from './chart.ts';
import { renderDocx } from './docx.ts';
import { renderHtml } from './html.ts';
import { issuerType, PAGE, signatureIndents, tableLayout, textEms } from './layout.ts';
import { type Block, cleanDocument, type OfficialDocument } from './model.ts';
import { renderPdf } from './pdf.ts';
import { sampleBulletin } from './sample.fixture.ts';

const HOSTILE = '#panic("x") $x^2$ *b* _i_ @ref <script>alert(1)</script> \\n `raw` // /* [c] {d} & "q" \'s\' = - + ~';

function simple(blocks: Block[]): OfficialDocument {
  return {
    issuer: '某局文件',
    number: '某〔2023〕1号',
    title: '关于测试的通知',
    blocks,
    signature: { unit: '某某局', date: '2023年7月5日' },
  };
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

async function docxXml(doc: OfficialDocument): Promise<string> {
  return text(unzipSync(await renderDocx(doc))['word/document.xml']);
}

/** Every deflated stream of a PDF as text; typst writes the page tree and outlines either plain or deflated. */
function pdfText(pdf: Uint8Array): string {
  const raw = Buffer.from(pdf);
  const parts = [raw.toString('latin1')];
  for (let at = raw.indexOf('stream\n'); at >= 0; at = raw.indexOf('stream\n', at + 7)) {
    try {
      parts.push(inflateSync(raw.subarray(at + 7), { finishFlush: 2 }).toString('latin1'));
    } catch {
      // Not a deflated stream (an end mark, or font data kept as it is).
    }
  }
  return parts.join('\n');
}

const pages = (pdf: Uint8Array): number => pdfText(pdf).match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

/** The characters the PDF's fonts map their glyphs to, which is what copying and searching find. */
function copyable(pdf: Uint8Array): Set<string> {
  const found = new Set<string>();
  for (const [, body] of pdfText(pdf).matchAll(/beginbf(?:char|range)([\s\S]*?)endbf/g)) {
    for (const [, hex] of body!.matchAll(/<([0-9A-Fa-f]{4})>\s*$/gm))
      found.add(String.fromCharCode(Number.parseInt(hex!, 16)));
  }
  return found;
}

// Drawing the charts takes most of a second, more on a busy machine.
describe('page of GB/T 9704-2012 in DOCX', { timeout: 30_000 }, () => {
  let bulletin: Uint8Array;
  let files: Record<string, Uint8Array>;
  let xml: string;
  beforeAll(async () => {
    bulletin = await renderDocx(sampleBulletin());
    files = unzipSync(bulletin);
    xml = text(files['word/document.xml']);
  }, 30_000);

  it('is A4 with margins of 37, 26, 35 and 28 mm and no character grid', async () => {
    expect(xml).toMatch(/<w:pgSz [^>]*w:w="11906" w:h="16838"/);
    const margins = /<w:pgMar [^>]*>/.exec(xml)![0];
    for (const part of ['top="2098"', 'right="1474"', 'bottom="1984"', 'left="1587"']) expect(margins).toContain(part);
    expect(xml).not.toMatch(/<w:docGrid [^>]*w:type=/);
  });

  it('sets the body in 3号仿宋 on exact lines of 28.9 pt, of which 22 fill the page and 23 do not fit', async () => {
    const styles = text(files['word/styles.xml']);
    const defaults = /<w:docDefaults>.*<\/w:docDefaults>/.exec(styles)![0];
    expect(defaults).toContain('w:eastAsia="仿宋_GB2312"');
    expect(defaults).toContain('<w:sz w:val="32"/>');
    expect(defaults).toMatch(/w:line="578" w:lineRule="exact"/);
    expect(defaults).toContain('<w:autoSpaceDN w:val="0"/>');
    const area = (225 * 1440) / 25.4;
    expect(22 * 578).toBeLessThanOrEqual(area);
    expect(23 * 578).toBeGreaterThan(area);
  });

  it('lets exactly 28 characters stand on a line', async () => {
    const xml = await docxXml(simple([{ kind: 'paragraph', text: '正文' }]));
    const run = /<w:r>(?:(?!<w:r>).)*正文/.exec(xml)![0];
    const spacing = Number(/<w:spacing w:val="(-?\d+)"/.exec(run)![1]);
    const character = 320 + spacing;
    expect(Math.floor((PAGE.textWidth * 20) / character)).toBe(28);
  });

  it('sets each level in its typeface with the hint that gives Chinese quotation marks', async () => {
    const faceOf = (text: string) => {
      const run = new RegExp(`<w:r>(?:(?!<w:r>).)*${text}`).exec(xml)![0];
      expect(run).toContain('w:hint="eastAsia"');
      return {
        font: /w:eastAsia="([^"]+)"/.exec(run)![1],
        size: /<w:sz w:val="(\d+)"/.exec(run)![1],
        bold: /<w:b\/>/.test(run),
      };
    };
    expect(faceOf('关于宝山区')).toEqual({ font: '方正小标宋简体', size: '44', bold: false });
    expect(faceOf('一、总体情况')).toEqual({ font: '黑体', size: '32', bold: false });
    expect(faceOf('（一）解决率排名')).toEqual({ font: '楷体_GB2312', size: '32', bold: false });
    expect(faceOf('1.同一事项')).toEqual({ font: '仿宋_GB2312', size: '32', bold: true });
  });

  it('numbers odd pages at the right and even pages at the left as — n —', async () => {
    expect(text(files['word/settings.xml'])).toContain('<w:evenAndOddHeaders');
    const reference = (type: string) => new RegExp(`<w:footerReference [^>]*w:type="${type}"[^>]*>`).exec(xml)![0];
    const footer = (type: string) => {
      const id = /r:id="([^"]+)"/.exec(reference(type))![1]!;
      const target = new RegExp(`Id="${id}"[^>]*Target="([^"]+)"|Target="([^"]+)"[^>]*Id="${id}"`).exec(
        text(files['word/_rels/document.xml.rels']),
      )!;
      return text(files[`word/${target[1] ?? target[2]}`]);
    };
    for (const type of ['default', 'even']) {
      expect(footer(type)).toMatch(/— .*PAGE.* —/s);
      expect(footer(type)).toContain('w:eastAsia="宋体"');
      expect(footer(type)).toContain('<w:sz w:val="28"/>');
    }
    expect(footer('default')).toContain('<w:jc w:val="right"/>');
    expect(footer('even')).toContain('<w:jc w:val="left"/>');
  });

  it('repeats table heads, keeps rows whole and makes tables as wide as the text area', async () => {
    const tables = xml.match(/<w:tbl>.*?<\/w:tbl>/gs)!;
    expect(tables).toHaveLength(2);
    for (const table of tables) {
      expect(table.match(/<w:tblHeader/g)).toHaveLength(1);
      expect(table.match(/<w:cantSplit/g)!.length).toBe(table.match(/<w:tr>/g)!.length);
      const grid = [...table.matchAll(/<w:gridCol w:w="(\d+)"/g)].reduce((sum, m) => sum + Number(m[1]), 0);
      expect(Math.abs(grid - PAGE.textWidth * 20)).toBeLessThanOrEqual(8);
    }
  });

  it('holds charts as pictures with their description', async () => {
    const pictures = Object.keys(files).filter((path) => path.endsWith('.png'));
    expect(pictures).toHaveLength(2);
    expect(xml).toContain('descr="2022年7月至2023年6月每月受理量');
  });

  it('prints text literally and leaves out what XML cannot hold', async () => {
    const xml = await docxXml(simple([{ kind: 'paragraph', text: `${HOSTILE}\u0000\u000b\ud800尾` }]));
    expect(xml).toContain('&lt;script&gt;alert(1)&lt;/script&gt; \\n `raw`');
    expect(xml).toMatch(/~尾</);
  });

  it('comes out the same to the byte when rendered again', async () => {
    expect(Buffer.compare(bulletin, await renderDocx(sampleBulletin()))).toBe(0);
    // Zip times count in steps of two seconds, so two quick renderings could agree by chance.
    expect(Buffer.from(bulletin).readUInt32LE(10)).toBe(0x0021_0000);
    expect(text(files['docProps/core.xml'])).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it('marks a draft on odd and even pages', async () => {
    const draft = unzipSync(await renderDocx({ ...simple([]), draftMark: '草稿' }));
    const headers = Object.keys(draft).filter((path) => /^word\/header\d+\.xml$/.test(path));
    expect(headers).toHaveLength(2);
    for (const path of headers) expect(text(draft[path])).toContain('草稿');
  });
});

describe('PDF', { timeout: 30_000 }, () => {
  it('has as many pages as its text fills at 28 × 22 characters', async () => {
    const text = '城'.repeat(28 * 22 * 3);
    // The head takes most of the first page, so three pages of text need four, and not five.
    expect(pages(await renderPdf(simple([{ kind: 'paragraph', text }])))).toBe(4);
  });

  it('keeps its Chinese text copyable and its fonts embedded', async () => {
    const pdf = await renderPdf(sampleBulletin());
    const characters = copyable(pdf);
    for (const ch of '关于宝山区诉件办理情况的通报一总体抄送印发') expect(characters, ch).toContain(ch);
    const text = pdfText(pdf);
    expect(text).toMatch(/\/FontFile[23]/);
    expect(pdf.length).toBeLessThan(1_500_000);
  });

  it('prints typesetting commands in the text literally', async () => {
    const pdf = await renderPdf(
      simple([
        { kind: 'heading', level: 1, text: HOSTILE },
        { kind: 'paragraph', text: [{ text: HOSTILE, bold: true }] },
        {
          kind: 'table',
          caption: HOSTILE,
          columns: [{ header: HOSTILE, align: 'left' }],
          rows: [[HOSTILE]],
          note: HOSTILE,
        },
      ]),
    );
    const characters = copyable(pdf);
    for (const ch of '#$*_@<>\\`/[]{}&=~') expect(characters, ch).toContain(ch);
  });

  it('comes out the same to the byte when rendered again', async () => {
    expect(Buffer.compare(await renderPdf(sampleBulletin()), await renderPdf(sampleBulletin()))).toBe(0);
  });

  it('renders every optional part', async () => {
    const doc = { ...sampleBulletin(), urgency: '特急', signer: '张三', draftMark: '草稿' };
    expect(copyable(await renderPdf(doc))).toContain('稿');
  });
});

describe('HTML', () => {
  it('escapes every piece of text and runs no script', () => {
    const html = renderHtml({
      issuer: HOSTILE,
      number: HOSTILE,
      urgency: HOSTILE,
      signer: HOSTILE,
      draftMark: HOSTILE,
      title: HOSTILE,
      recipients: HOSTILE,
      blocks: [
        { kind: 'heading', level: 2, text: HOSTILE },
        { kind: 'paragraph', text: HOSTILE },
        {
          kind: 'table',
          caption: HOSTILE,
          columns: [{ header: HOSTILE, align: 'left' }],
          rows: [[HOSTILE]],
          note: HOSTILE,
        },
        {
          kind: 'chart',
          caption: HOSTILE,
          alt: HOSTILE,
          chart: {
            kind: 'bar',
            unit: HOSTILE,
            categories: [HOSTILE],
            series: [
              { name: HOSTILE, values: [1] },
              { name: 'b', values: [2] },
            ],
          },
        },
      ],
      attachments: [HOSTILE],
      signature: { unit: HOSTILE, date: HOSTILE },
      copies: { cc: [HOSTILE], printedBy: HOSTILE, printedOn: HOSTILE },
    });
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/\son\w+=/);
    expect(html).not.toMatch(/aria-label="[^"]*<(?!\/?)/);
    expect(html.match(/&lt;script&gt;alert\(1\)/g)!.length).toBeGreaterThanOrEqual(20);
  });

  it('loads nothing from elsewhere', () => {
    const html = renderHtml(sampleBulletin()).replaceAll(/xmlns(:xlink)?="[^"]*"/g, '');
    expect(html).not.toMatch(/https?:|src=|<link|@import/);
  });

  it('comes out the same when rendered again, and keeps the ids of two charts apart', () => {
    const html = renderHtml(sampleBulletin());
    expect(renderHtml(sampleBulletin())).toBe(html);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('charts', { timeout: 30_000 }, () => {
  it('draw the same model the same way, with gaps where a value is missing', () => {
    const chart = {
      kind: 'line' as const,
      categories: ['1月', '2月', '3月'],
      series: [{ name: '解决率', values: [1, null, 3] }],
    };
    expect(chartSvg(chart)).toBe(chartSvg(chart));
    const full = { ...chart, series: [{ name: '解决率', values: [1, 2, 3] }] };
    const points = (svg: string) => svg.match(/matrix\(3\.5/g)!.length;
    expect(points(chartSvg(full)) - points(chartSvg(chart))).toBe(1);
  });

  it('name every one of many categories', () => {
    const categories = Array.from({ length: 16 }, (_, i) => `第${i + 1}中队`);
    const svg = chartSvg({ kind: 'bar', categories, series: [{ name: '量', values: categories.map((_, i) => i) }] });
    for (const name of categories) expect(svg).toContain(`>${name}<`);
  });

  it('become PNG pictures with their text drawn from the bundled font', async () => {
    const chart = (name: string) => ({
      kind: 'bar' as const,
      categories: [name],
      series: [{ name: '量', values: [1] }],
    });
    const png = Buffer.from(await chartPng(chart('顾村镇')));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1920);
    expect(Buffer.compare(png, await chartPng(chart('罗店镇')))).not.toBe(0);
  });
});

describe('layout', () => {
  it('begins the date two characters to the right of the signing unit', () => {
    const long = { unit: '上海市宝山区城市管理行政执法局', date: '2023年7月5日' };
    const left = (s: typeof long, part: 'unit' | 'date') => 28 - signatureIndents(s)[part] - textEms(s[part]);
    expect(signatureIndents(long).unit).toBe(2);
    expect(left(long, 'date') - left(long, 'unit')).toBe(2);
    const short = { unit: '区局', date: '2023年12月25日' };
    expect(signatureIndents(short).date).toBe(2);
    expect(left(short, 'date') - left(short, 'unit')).toBe(2);
  });

  it('keeps the issuing authority on one line, however long its name', () => {
    for (const issuer of ['某局文件', '上海市宝山区城市管理行政执法局文件', '某'.repeat(40)]) {
      const { size, scale } = issuerType(issuer);
      expect(size * scale * textEms(issuer)).toBeLessThanOrEqual(PAGE.textWidth);
    }
  });

  it('shares the text area among columns so that only the widest give way', () => {
    const columns = ['序号', '中队', '事由'].map((header) => ({ header, align: 'left' as const }));
    const rows = [
      ['1', '顾村中队', '字'.repeat(60)],
      ['2', '罗店中队', '字'.repeat(10)],
    ];
    const { widths, size } = tableLayout({ kind: 'table', caption: '', columns, rows });
    expect(widths.reduce((a, b) => a + b, 0)).toBeCloseTo(PAGE.textWidth, 6);
    expect(widths[1]).toBeGreaterThanOrEqual(4 * size);
    expect(widths[2]).toBeGreaterThan(widths[1]!);
    const weighted = tableLayout({
      kind: 'table',
      caption: '',
      columns: columns.map((c, i) => ({ ...c, width: i + 1 })),
      rows,
    });
    expect(weighted.widths[2]! / weighted.widths[0]!).toBeCloseTo(3, 6);
  });

  it('takes line feeds within a paragraph as paragraphs and brings short rows to the table’s width', () => {
    const doc = cleanDocument(
      simple([
        { kind: 'paragraph', text: '甲\n\n乙' },
        {
          kind: 'table',
          caption: '',
          columns: [
            { header: 'a', align: 'left' },
            { header: 'b', align: 'left' },
          ],
          rows: [['1']],
        },
      ]),
    );
    expect(doc.blocks.map((b) => b.kind)).toEqual(['paragraph', 'paragraph', 'table']);
    expect(doc.blocks[2]).toMatchObject({ rows: [['1', '']] });
  });
});
