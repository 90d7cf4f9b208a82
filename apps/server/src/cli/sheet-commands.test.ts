import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addSheetCommands } from './sheet-commands.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bihuan-sheets-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const bihuan = (...words: string[]) => {
  const program = new Command().exitOverride();
  addSheetCommands(program);
  return program.parseAsync(words, { from: 'user' });
};
async function matters(rows: string[][], ...more: string[]): Promise<string[][]> {
  const [from, to] = [join(folder, '诉件.csv'), join(folder, '结果.csv')];
  await writeFile(from, rows.map((row) => row.join(',')).join('\r\n'));
  await bihuan('matters', '--in', from, '--out', to, ...more);
  const text = (await readFile(to, 'utf8')).replace('\ufeff', '').trimEnd();
  return text.split('\r\n').map((line) => line.split(',').map((cell) => cell.replace(/^"|"$/g, '')));
}

test('a bare spreadsheet with a title row gets one line a message, in its own order, repeats together', async () => {
  const [head, ...rows] = await matters([
    ['2023年6月诉件', '', '', ''],
    ['工单编号', '标题', '内容描述', '来电时间'],
    ['A2', '宝林二村饭店油烟太大', '宝林二村12号楼下饭店油烟直排，居民不敢开窗', '2023/6/3 9:00'],
    ['A1', '宝林二村12号楼下饭店油烟直排', '宝林二村12号楼下饭店油烟直排，居民不敢开窗，请处理', '2023-06-01 10:00'],
    ['A3', '呼兰路路灯不亮', '呼兰路近三门路路灯多日不亮', '2023年6月4日'],
  ]);
  expect(head).toEqual(['message_id', 'cluster_id', 'decision', 'score', 'reason']);
  expect(rows.map(([id]) => id)).toEqual(['A2', 'A1', 'A3']);
  expect(rows.map(([, cluster]) => cluster)).toEqual(['A1', 'A1', 'A3']);
  expect(rows[2]![2]).toBe('separate');
});

test('a number used twice loses no row', async () => {
  const [, ...rows] = await matters([
    ['工单编号', '标题', '内容描述', '来电时间'],
    ['B1', '呼兰路路灯不亮', '呼兰路路灯多日不亮', '2023-06-01 10:00'],
    ['B1', '月罗路占道经营', '月罗路有人占道经营', '2023-06-02 10:00'],
  ]);
  expect(new Set(rows.map(([id]) => id)).size).toBe(2);
});

test('a sheet without titles and contents is refused in words, a missing file too', async () => {
  await expect(
    matters([
      ['工单编号', '来电时间'],
      ['C1', '2023-06-01 10:00'],
    ]),
  ).rejects.toThrow('没有找到标题或内容列');
  await expect(bihuan('matters', '--in', join(folder, '没有.csv'), '--out', join(folder, 'x.csv'))).rejects.toThrow(
    '文件不存在或不能读取',
  );
});

test('addresses give one JSON object a line', async () => {
  const [from, to] = [join(folder, '地址.txt'), join(folder, '地址.jsonl')];
  await writeFile(from, '\ufeff共康路555弄15号\r\n\r\n淞宝路104号\n');
  await bihuan('address', '--in', from, '--out', to);
  const lines = (await readFile(to, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ normal }) => normal)).toEqual(['共康路555弄15号', '', '淞宝路104号']);
});
