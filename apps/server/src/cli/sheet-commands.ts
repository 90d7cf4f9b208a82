import { createReadStream } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseAddress } from '@bihuan/domain/address';
import {
  type Cell,
  cellText,
  detectHeader,
  type FieldKey,
  parseDateTime,
  proposeMapping,
  rowKind,
  type SheetRow,
} from '@bihuan/domain/intake';
import { findMatters, type Message } from '@bihuan/domain/similarity';
import type { Command } from 'commander';
import { openSheet, writeCsv, writeSheet } from '../platform/spreadsheet/index.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { printResult, progressBar } from './output.ts';

const HEAD_ROWS = 50;

/** What a bureau tries on its own files, without a database or any set-up. */
export function addSheetCommands(program: Command): void {
  program
    .command('matters')
    .description('在一份诉件表格中找出同一事项的重复诉件，写成 message_id,cluster_id,decision,score,reason')
    .requiredOption('--in <文件>', '诉件表格（.xlsx、.csv），须有编号和标题或内容列')
    .requiredOption('--out <文件>', '结果（.csv 或 .xlsx）')
    .option('--sure', '只归并有把握的（joined），疑似的各自成为一项')
    .option('--json', '以 JSON 输出小结')
    .action(async (options: { in: string; out: string; sure?: boolean; json?: boolean }) => {
      const messages = await readMessages(await readable(options.in));
      const bar = progressBar('比对');
      const found = findMatters(messages, (share) => bar.update(Math.round(share * 100), 100));
      bar.stop();
      const byId = new Map(found.map((one) => [one.id, one]));
      const columns = ['message_id', 'cluster_id', 'decision', 'score', 'reason'].map((header) => ({ header }));
      const rows = messages.map(({ id }): Cell[] => {
        const one = byId.get(id)!;
        const reason = one.like ? `与 ${one.like}：${one.reasons.join('，')}` : '';
        return [id, options.sure ? one.sure : one.matter, one.decision, one.score.toFixed(3), reason];
      });
      await (extname(options.out) === '.xlsx' ? writeSheet : writeCsv)(resolve(options.out), { columns, rows });
      const count = (decision: string) => found.filter((one) => one.decision === decision).length;
      const summary = {
        messages: found.length,
        matters: new Set(found.map(({ matter }) => matter)).size,
        joined: count('joined'),
        suggested: count('suggested'),
      };
      printResult(options.json ?? false, summary, () => [
        `${summary.messages} 件，归为 ${summary.matters} 个事项：确定重复 ${summary.joined} 件，疑似重复 ${summary.suggested} 件，结果在 ${options.out}`,
      ]);
    });

  program
    .command('address')
    .description('逐行解析地址，每行写一个 JSON 对象')
    .requiredOption('--in <文件>', '文本文件，一行一个地址')
    .requiredOption('--out <文件>', '结果文件')
    .option('--json', '以 JSON 输出小结')
    .action(async (options: { in: string; out: string; json?: boolean }) => {
      const lines: string[] = [];
      for await (const line of createInterface({ input: createReadStream(await readable(options.in), 'utf8') })) {
        lines.push(JSON.stringify(parseAddress(line.replace(/^\ufeff/, ''))));
      }
      await writeFile(resolve(options.out), lines.map((line) => `${line}\n`).join(''));
      printResult(options.json ?? false, { addresses: lines.length }, () => [
        `解析 ${lines.length} 个地址，结果在 ${options.out}`,
      ]);
    });
}

async function readable(file: string): Promise<string> {
  const path = resolve(file);
  await access(path).catch(() => {
    throw new CommandFailure(`文件不存在或不能读取：${file}`, EXIT.file);
  });
  return path;
}

/** Messages of a spreadsheet with whatever column names: found as the import finds them. */
async function readMessages(path: string): Promise<Message[]> {
  const opened = await openSheet(path, { filename: basename(path) });
  const rows: SheetRow[] = [];
  for await (const row of opened.rows()) rows.push(row);
  const header = detectHeader(rows.slice(0, HEAD_ROWS));
  const data = rows.filter(
    (row) => row.rowNumber > header.lastRowNumber && rowKind(row.cells, header.columns) === 'data',
  );
  const { columns } = proposeMapping(header, data.slice(0, 200));
  const indexOf = (field: FieldKey) => columns.find((column) => column.field === field)?.index;
  const at = {
    id: indexOf('externalNo'),
    title: indexOf('title'),
    text: indexOf('content'),
    time: indexOf('receivedAt'),
    user: indexOf('messageUser') ?? indexOf('complainantPhone') ?? indexOf('complainantName'),
    address: indexOf('address'),
  };
  if (at.title === undefined && at.text === undefined)
    throw new CommandFailure('没有找到标题或内容列，请检查表头', EXIT.file);
  const seen = new Set<string>();
  return data.map(({ cells, rowNumber }): Message => {
    const text = (index: number | undefined) => (index === undefined ? '' : cellText(cells[index]).trim());
    const time = at.time === undefined ? null : parseDateTime(cells[at.time] ?? null);
    // A number used twice is told apart by its row, so that no row is lost.
    const given = text(at.id) || `第${rowNumber}行`;
    const id = seen.has(given) ? `${given}#${rowNumber}` : given;
    seen.add(id);
    return {
      id,
      title: text(at.title),
      text: text(at.text),
      at: time?.ok ? time.ms : null,
      person: text(at.user) || null,
      address: text(at.address) || null,
    };
  });
}
