import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Cell, detectHeader, parseRow, proposeMapping, rowKind, type SheetRow } from '@bihuan/domain/intake';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sniffDelimiter } from './csv-read.ts';
import { CsvScanner } from './csv-scan.ts';
import { type OpenOptions, openSheet, writeCsv, writeSheet } from './index.ts';
import { isDateFormat } from './xlsx-read.ts';
import { attributesOf, XmlScanner } from './xml.ts';
import { ZipWriter } from './zip-write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), '表格 '));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
const save = async (content: string | Buffer, name = 'file'): Promise<string> => {
  const path = join(folder, `${++files}-${name}`);
  await writeFile(path, content);
  return path;
};
const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const out: T[] = [];
  for await (const item of source) out.push(item);
  return out;
};
const all = async (path: string, options?: OpenOptions, sheet?: string): Promise<SheetRow[]> =>
  collect((await openSheet(path, options)).rows(sheet));
const cellsOf = async (path: string): Promise<readonly Cell[][]> => (await all(path)).map((row) => [...row.cells]);
const codeOf = (path: string, options?: OpenOptions): Promise<string> =>
  all(path, options).then(
    () => 'read',
    (error: { code?: string }) => String(error.code),
  );

interface Parts {
  sheet: string;
  strings?: string;
  styles?: string;
  workbook?: string;
}
const NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** An xlsx with the given parts, as some other program would have written it. */
async function xlsx({ sheet, strings, styles, workbook = '' }: Parts): Promise<string> {
  const path = join(folder, `${++files}.xlsx`);
  const zip = new ZipWriter(createWriteStream(path));
  await zip.add('_rels/.rels', [
    `<Relationships><Relationship Id="r1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ]);
  await zip.add('xl/workbook.xml', [
    `<workbook ${NS} xmlns:r="${REL}">${workbook}<sheets><sheet name="表1" sheetId="1" r:id="r1"/></sheets></workbook>`,
  ]);
  await zip.add('xl/_rels/workbook.xml.rels', [
    `<Relationships><Relationship Id="r1" Type="${REL}/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="r2" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="${REL}/styles" Target="styles.xml"/></Relationships>`,
  ]);
  await zip.add('xl/worksheets/sheet1.xml', [sheet]);
  if (strings !== undefined) await zip.add('xl/sharedStrings.xml', [strings]);
  if (styles !== undefined) await zip.add('xl/styles.xml', [styles]);
  await zip.finish();
  return path;
}
const data = (rows: string): string =>
  `<?xml version="1.0"?><worksheet ${NS}><dimension ref="A1:AN65203"/><sheetData>${rows}</sheetData></worksheet>`;

describe('reading xlsx', () => {
  it('reads shared, inline and formula strings, booleans, errors, numbers, and dates by their style', async () => {
    const path = await xlsx({
      strings: `<sst ${NS}><si><t>甲 &amp; 乙&#10;_x0041_</t></si><si><r><t>富</t></r><r><t xml:space="preserve">文本 </t></r><rPh sb="0" eb="1"><t>ふ</t></rPh></si></sst>`,
      styles: `<styleSheet ${NS}><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs></styleSheet>`,
      sheet: data(
        `<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="D3" t="inlineStr"><is><t>内</t></is></c><c r="E3" t="str"><f>A1&amp;"x"</f><v>算</v></c><c r="F3" t="b"><v>1</v></c><c r="G3" t="e"><v>#N/A</v></c><c r="H3"><v>13800000000</v></c><c r="I3" s="1"><v>45078.5</v></c><c r="J3" s="2"><v>45078</v></c><c r="K3" s="1"/></row>`,
      ),
    });
    expect(await all(path)).toEqual([
      {
        rowNumber: 3,
        cells: [
          '甲 & 乙\nA',
          '富文本 ',
          null,
          '内',
          '算',
          true,
          '#N/A',
          13800000000,
          { serial: 45078.5 },
          { serial: 45078 },
        ],
      },
    ]);
  });

  it('reads sheets with namespace prefixes, single quotes, comments, CDATA and without references', async () => {
    const path = await xlsx({
      sheet: `<x:worksheet xmlns:x='u'><x:sheetData><!-- <x:row> --><x:row><x:c t='inlineStr'><x:is><x:t><![CDATA[a<b]]></x:t></x:is></x:c><x:c><x:v>2</x:v></x:c></x:row><x:row/><x:row><x:c><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
    });
    expect(await all(path)).toEqual([
      { rowNumber: 1, cells: ['a<b', 2] },
      { rowNumber: 3, cells: [3] },
    ]);
  });

  it('normalises the 1904 calendar', async () => {
    const path = await xlsx({
      workbook: '<workbookPr date1904="1"/>',
      styles: `<styleSheet ${NS}><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`,
      sheet: data('<row><c s="0"><v>43616</v></c></row>'),
    });
    expect(await cellsOf(path)).toEqual([[{ serial: 45078 }]]);
    expect((await openSheet(path)).date1904).toBe(true);
  });

  it('keeps a long number exact only when its writer had all its digits', async () => {
    const path = await xlsx({
      sheet: data(
        '<row><c><v>310113202306010001</v></c><c><v>3.10113202306010021E+17</v></c><c><v>310113202306010050</v></c><c><v>310113202306010000</v></c></row>',
      ),
    });
    expect(await cellsOf(path)).toEqual([
      ['310113202306010001', Number('310113202306010021'), Number('310113202306010050'), Number('310113202306010000')],
    ]);
  });

  it('passes over 65,000 declared and styled rows that hold nothing', async () => {
    const empty = Array.from(
      { length: 65_000 },
      (_, i) => `<row r="${i + 3}"><c r="A${i + 3}" s="1"/><c r="B${i + 3}" s="1"/></row>`,
    );
    const path = await xlsx({
      sheet: data(
        `<row r="1"><c r="A1"><v>1</v></c></row>${empty.join('')}<row r="65203"><c r="AN65203"><v>2</v></c></row>`,
      ),
    });
    const rows = await all(path);
    expect(rows.map((row) => [row.rowNumber, row.cells.length])).toEqual([
      [1, 1],
      [65_203, 40],
    ]);
  });

  it('tells date formats from number formats', () => {
    expect(['yyyy-mm-dd', 'm/d/yy h:mm', '[$-804]yyyy"年"m"月"', '[h]:mm', '上午/下午h"时"'].map(isDateFormat)).toEqual(
      [true, true, true, true, true],
    );
    expect(['General', '0.00', '#,##0;[Red]-#,##0', '0"days"', '@', '0.00E+00', '\\d0'].map(isDateFormat)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the XML scanner', () => {
  it('reports the same whatever pieces the text comes in', () => {
    const source = '<a x="1>2" y=\'<\'>t&amp;<!-- c --><b/><![CDATA[<&]]>甲</a>';
    const run = (pieces: string[]): string => {
      let log = '';
      let text = '';
      const flush = (): void => {
        if (text !== '') log += `[${text}]`;
        text = '';
      };
      const scanner = new XmlScanner({
        open(name, attributes) {
          flush();
          log += `<${name} ${[...attributesOf(attributes)].join('|')}>`;
        },
        close(name) {
          flush();
          log += `</${name}>`;
        },
        text(part) {
          text += part;
        },
      });
      for (const piece of pieces) scanner.push(piece);
      scanner.end();
      return log;
    };
    const whole = run([source]);
    expect(whole).toBe('<a x,1>2|y,<>[t&]<b ></b>[<&甲]</a>');
    for (let i = 1; i < source.length; i++) expect(run([source.slice(0, i), source.slice(i)])).toBe(whole);
    expect(run([...source])).toBe(whole);
  });

  it('refuses a document type, which is how entity bombs come in', async () => {
    const path = await xlsx({ sheet: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>' });
    expect(await codeOf(path)).toBe('sheet_damaged');
  });
});

const ROWS = [
  ['工单编号', '标题'],
  ['310113202306010001', '甲路，"乙"弄\n㐀𠮷'],
];
const CSV = '工单编号,标题\r\n310113202306010001,"甲路，""乙""弄\n㐀𠮷"\r\n';
/** 工单编号,标题 in GB18030. */
const GB18030 = Buffer.from('b9a4b5a5b1e0bac52cb1eacce2', 'hex');

describe('reading csv', () => {
  it('reads UTF-8 with and without a byte-order mark, and UTF-16', async () => {
    const utf16 = Buffer.from(`\ufeff${CSV}`, 'utf16le');
    const forms: [Buffer, string][] = [
      [Buffer.from(CSV), 'utf-8'],
      [Buffer.from(`\ufeff${CSV}`), 'utf-8'],
      [utf16, 'utf-16le'],
      [Buffer.from(utf16).swap16(), 'utf-16be'],
    ];
    for (const [content, encoding] of forms) {
      const path = await save(content);
      expect(await cellsOf(path)).toEqual(ROWS);
      expect((await openSheet(path)).encoding).toBe(encoding);
    }
  });

  it('reads GB18030, decided by the whole file and not by its beginning', async () => {
    const ascii = Buffer.from('a,b\n'.repeat(50_000));
    const path = await save(Buffer.concat([ascii, GB18030]));
    const rows = await all(path);
    expect(rows.at(-1)!.cells).toEqual(['工单编号', '标题']);
    expect((await openSheet(path)).encoding).toBe('gb18030');
  });

  it('decodes the four-byte forms of GB18030', async () => {
    const [, second] = await cellsOf(await save(Buffer.concat([GB18030, Buffer.from('0a8139ee399534b235', 'hex')])));
    expect(second).toEqual(['㐀𠮷']);
  });

  it('still takes UTF-8 with a few broken characters for UTF-8', async () => {
    const text = Buffer.from(`标题\n${'小区门口占道经营影响出行请尽快处理\n'.repeat(20)}`);
    const path = await save(Buffer.concat([text, Buffer.from('甲乙').subarray(0, 5), Buffer.from('\n')]));
    expect((await openSheet(path)).encoding).toBe('utf-8');
    expect((await all(path))[1]!.cells).toEqual(['小区门口占道经营影响出行请尽快处理']);
  });

  it('finds the delimiter in spite of commas in the text and a title above', () => {
    expect(sniffDelimiter('a,b\n1,2\n')).toBe(',');
    expect(sniffDelimiter('某区导出表\n编号\t标题\n1\t甲,乙,丙\n2\t丁,戊\n')).toBe('\t');
    expect(sniffDelimiter('编号;标题\n1;"甲;乙"\n2;丙,丁\n')).toBe(';');
    expect(sniffDelimiter('只有一列\n甲\n')).toBe(',');
  });

  it('honours the line that names the separator, and unwraps numbers protected as formulas', async () => {
    const path = await save('sep=;\r\n编号;标题\r\n="310113202306010001";甲,乙\r\n');
    expect(await all(path)).toEqual([
      { rowNumber: 2, cells: ['编号', '标题'] },
      { rowNumber: 3, cells: ['310113202306010001', '甲,乙'] },
    ]);
  });

  it('counts blank rows but does not return them', async () => {
    expect((await all(await save('a,b\n\n,,\n1,2'))).map((row) => row.rowNumber)).toEqual([1, 4]);
  });

  it('gives back what was quoted, whatever the pieces', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '甲', ',', '"', '\n', '\r', ' ', '\t') });
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (records, cut) => {
          const text = records
            .map((record) => record.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          const scanner = new CsvScanner(',');
          const at = cut % (text.length + 1);
          const read = [...scanner.push(text.slice(0, at)), ...scanner.push(text.slice(at)), ...scanner.end()];
          expect(read).toEqual(records);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps undoubled quotes, and lets a quote that is never closed spoil only its own row', () => {
    const scan = (text: string): string[][] => {
      const scanner = new CsvScanner(',');
      return [...scanner.push(text), ...scanner.end()];
    };
    expect(scan('1,"他说"好"了",x\n2,b"c"d,y')).toEqual([
      ['1', '他说"好"了', 'x'],
      ['2', 'b"c"d', 'y'],
    ]);
    expect(scan('1, "a,b" ,x')).toEqual([['1', 'a,b', 'x']]);
    expect(scan('1,"未关,x\n2,"甲,乙",y\n3,z,w\n')).toEqual([
      ['1', '"未关', 'x'],
      ['2', '甲,乙', 'y'],
      ['3', 'z', 'w'],
    ]);
    expect(scan('1,"到底未关\n2,a\n')).toEqual([
      ['1', '"到底未关'],
      ['2', 'a'],
    ]);
  });
});

describe('files that are no table are refused with what to do', () => {
  const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  it.each<[string, string | Buffer, string]>([
    ['an empty file', '', 'sheet_empty'],
    ['nothing but white lines', '\r\n\r\n', 'sheet_empty'],
    ['an old .xls', Buffer.concat([OLE, Buffer.alloc(600)]), 'sheet_old_xls'],
    [
      'an encrypted .xlsx',
      Buffer.concat([OLE, Buffer.alloc(70_000), Buffer.from('EncryptedPackage', 'utf16le')]),
      'sheet_encrypted',
    ],
    [
      'a web page called .xls',
      '\ufeff <html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>1',
      'sheet_html',
    ],
    ['a bare table', '<table border="1"><tr><td>工单编号</td></tr></table>', 'sheet_html'],
    [
      'XML 2003',
      '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
      'sheet_xml_2003',
    ],
    ['a PDF', '%PDF-1.7\n', 'sheet_unsupported'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'sheet_unsupported'],
  ])('%s → %s', async (_, content, code) => expect(await codeOf(await save(content, 'x.xls'))).toBe(code));

  it('a ZIP that is no workbook, a cut-off one, and one with a flipped byte', async () => {
    const path = join(folder, 'other.zip');
    const zip = new ZipWriter(createWriteStream(path));
    await zip.add('word/document.xml', ['<x/>']);
    await zip.finish();
    expect(await codeOf(path)).toBe('sheet_unsupported');

    const whole = await readFile(await xlsx({ sheet: data(`<row><c><v>1</v></c></row>`.repeat(2000)) }));
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      expect(await codeOf(await save(whole.subarray(0, Math.floor(whole.length * share))))).toBe('sheet_damaged');
    }
  });

  it('a sheet that stops in the middle of its XML', async () => {
    expect(await codeOf(await xlsx({ sheet: '<worksheet><sheetData><row><c><v>1</v></c></row>' }))).toBe(
      'sheet_damaged',
    );
  });

  it('a ZIP bomb, by its inflated size, and a shared-string table beyond its limit', async () => {
    const bomb = await xlsx({ sheet: data(' '.repeat(3_000_000)) });
    expect((await readFile(bomb)).length).toBeLessThan(20_000);
    expect(await codeOf(bomb, { maxInflatedBytes: 1_000_000 })).toBe('sheet_too_large');
    const strings = await xlsx({
      strings: `<sst><si><t>${'甲'.repeat(1000)}</t></si></sst>`,
      sheet: data('<row><c t="s"><v>0</v></c></row>'),
    });
    expect(await codeOf(strings, { maxSharedCharacters: 500 })).toBe('sheet_too_large');
    expect(await codeOf(strings)).toBe('read');
  });

  it('an unknown sheet, and a missing file as the system error it is', async () => {
    const opened = await openSheet(await save('a,b\n1,2\n'), { filename: '六月.csv' });
    expect(opened.sheets).toEqual(['六月']);
    expect(() => opened.rows('七月')).toThrow(/没有这个工作表/);
    expect(await codeOf(join(folder, 'none.csv'))).toBe('ENOENT');
  });
});

describe('writing', () => {
  const columns = [{ header: '编号' }, { header: '内容', width: 40 }, { header: '时间' }, { header: '数量' }];
  const rows: Cell[][] = [
    ['310113202306010001', '=1+1', { serial: 45078.5 }, 3],
    [310113202306, '甲<&>"乙"\r\n_x0041_ \u0001丙 ', null, -2.5],
    ['+86', '@x', '-1', true],
  ];

  it('gives back the same cells from xlsx, long numbers as text, formulas as text', async () => {
    const path = join(folder, 'out.xlsx');
    expect(await writeSheet(path, { title: '退回清单', columns, rows })).toBe(3);
    expect(await cellsOf(path)).toEqual([
      ['退回清单'],
      ['编号', '内容', '时间', '数量'],
      ['310113202306010001', '=1+1', { serial: 45078.5 }, 3],
      ['310113202306', '甲<&>"乙"\r\n_x0041_ 丙 ', null, -2.5],
      ['+86', '@x', '-1', '是'],
    ]);
    expect((await openSheet(path)).sheets).toEqual(['数据']);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('never writes text as a formula', async () => {
    const path = join(folder, 'inject.xlsx');
    await writeSheet(path, { columns, rows: [['=HYPERLINK("http://x")', '＝1', '\t=1', '@SUM(1)']] });
    const csv = join(folder, 'inject.csv');
    await writeCsv(csv, { columns, rows: [['=1+1', '＝1', '\t=1', '@SUM(1)']] });
    expect((await cellsOf(path))[1]).toEqual(['=HYPERLINK("http://x")', '＝1', '\t=1', '@SUM(1)']);
    expect((await readFile(csv, 'utf8')).split('\r\n')[1]).toBe(`'=1+1,'＝1,'\t=1,'@SUM(1)`);
  });

  it('writes csv with a byte-order mark that reads back', async () => {
    const path = join(folder, 'out.csv');
    await writeCsv(path, { columns, rows: [['310113202306010001', '甲,"乙"\n丙', { serial: 45078.5 }, 3]] });
    expect((await readFile(path)).subarray(0, 3).toString('hex')).toBe('efbbbf');
    expect((await cellsOf(path))[1]).toEqual(['310113202306010001', '甲,"乙"\n丙', '2023-06-01 12:00:00', '3']);
  });

  it('writes to a stream, and leaves nothing behind when its rows fail', async () => {
    const stream = new PassThrough();
    const [written, chunks] = await Promise.all([writeSheet(stream, { columns, rows }), collect<Buffer>(stream)]);
    expect(written).toBe(3);
    expect(await cellsOf(await save(Buffer.concat(chunks)))).toHaveLength(4);

    async function* failing(): AsyncGenerator<Cell[]> {
      yield ['1'];
      throw new Error('source failed');
    }
    const path = join(folder, 'failed.xlsx');
    await expect(writeSheet(path, { columns, rows: failing() })).rejects.toThrow('source failed');
    expect((await readdir(folder)).filter((name) => name.startsWith('failed'))).toEqual([]);
  });

  it('returns any text unchanged except what XML cannot hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 }),
        async (texts) => {
          const path = join(folder, 'any.xlsx');
          await writeSheet(path, { columns: [{ header: '文本' }], rows: texts.map((text) => ['行', text]) });
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot hold
          const kept = texts.map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''));
          expect((await cellsOf(path)).slice(1)).toEqual(kept.map((text) => (text === '' ? ['行'] : ['行', text])));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a messy export, end to end', () => {
  it('makes every row an order or a reject with its reason, the same from xlsx and from csv', async () => {
    const columns = ['工单编号', '工单生成时间', '联系电话', '内容描述', '备注'].map((header) => ({ header }));
    const rows: Cell[][] = [
      ['310113202306010001', '2023/6/1 9:05', '138 0000 0000', '\u3000\t甲路乙弄深夜施工。请处理', null],
      [null, null, null, null, null],
      ['310113202306010002', '2023年6月1日下午3时', '021-56000000', '占道经营影响出行', '加急'],
      ['工单编号', '工单生成时间', '联系电话', '内容描述', '备注'],
      ['310113202306010003', '2023-02-30', '138000000', '日期不对', null],
      ['310113202306010002', '2023年6月1日下午3时', '021-56000000', '占道经营影响出行', '加急'],
      ['310113202306010004', '20230601090500', null, '\u3000', null],
    ];
    const results: string[][] = [];
    for (const write of [writeSheet, writeCsv]) {
      const path = join(folder, `messy-${results.length}`);
      await write(path, { title: '某区热线工单导出表', columns, rows });
      const sheet = await all(path);
      const header = detectHeader(sheet.slice(0, 50));
      const { columns: mapping } = proposeMapping(
        header,
        sheet.filter((row) => row.rowNumber > header.lastRowNumber),
      );
      results.push(
        sheet
          .filter((row) => row.rowNumber > header.lastRowNumber && rowKind(row.cells, header.columns) === 'data')
          .map((row) => {
            const result = parseRow(row.cells, mapping);
            return `${row.rowNumber} ${result.ok ? JSON.stringify(result.value) : result.reasons.map((reason) => `${reason.field}:${reason.code}`)}`;
          }),
      );
    }
    expect(results[0]!.map((line) => line.slice(0, 40).replace(/\{.*/, 'order'))).toEqual([
      '3 order',
      '5 order',
      '7 receivedAt:date_impossible',
      '8 order',
      '9 content:missing',
    ]);
    expect(results[1]).toEqual(results[0]);
  });
});
