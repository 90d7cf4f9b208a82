import { access, writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { importFile } from '../modules/intake/index.ts';
import { renderBulletin } from '../reports/bulletin/index.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { withSystem } from './open-system.ts';
import { printResult, progressBar } from './output.ts';

const FORMATS = { '.docx': 'docx', '.pdf': 'pdf', '.html': 'html' } as const;

/** What a bureau does with its data: take orders in, put a bulletin out. */
export function addWorkCommands(program: Command): void {
  program
    .command('import')
    .description('导入热线导出的表格（.xlsx、.csv）；同一文件再次导入不产生新诉件')
    .argument('<文件>')
    .option('--source <代码>', '诉件来源的代码', 'hotline')
    .option('--sheet <工作表>', '工作表名称，默认第一个')
    .option('--close-answered', '已有答复的历史件按已办结登记')
    .option('--rejects <文件>', '退回行写入的表格，默认在数据文件夹的 rejects 下')
    .option('--json', '以 JSON 输出')
    .action(
      async (
        file: string,
        options: { source: string; sheet?: string; closeAnswered?: boolean; rejects?: string; json?: boolean },
      ) => {
        const path = resolve(file);
        await access(path).catch(() => {
          throw new CommandFailure(`文件不存在或不能读取：${file}`, EXIT.file);
        });
        await withSystem(async ({ deps }) => {
          const stopping = new AbortController();
          const stop = () => stopping.abort();
          process.once('SIGINT', stop);
          const bar = progressBar('导入');
          try {
            const result = await importFile(deps, {
              path,
              fileName: basename(path),
              sourceCode: options.source,
              createdBy: null,
              signal: stopping.signal,
              ...(options.sheet ? { sheet: options.sheet } : {}),
              ...(options.closeAnswered ? { closeAnswered: true } : {}),
              ...(options.rejects ? { rejectsTo: resolve(options.rejects) } : {}),
              onProgress: ({ fraction }) => bar.update(Math.round(fraction * 100), 100),
            });
            bar.stop();
            const { read, created, updated, unchanged, conflicts, rejects } = result;
            // A conflict is returned too: every row read is an order or a returned row.
            const rejected = result.rejected + conflicts;
            printResult(
              options.json ?? false,
              { read, created, updated, unchanged, rejected, conflicts, rejects },
              () => [
                `读取 ${read} 行：新增 ${created}，更新 ${updated}，无变化 ${unchanged}，退回 ${rejected}（其中冲突 ${conflicts}）`,
                ...(rejected > 0 ? [`退回的行及原因：${rejects}`] : []),
                ...(result.status === 'done' ? [] : ['导入尚未完成；再次导入同一文件即从中断处继续']),
              ],
            );
            if (result.status !== 'done') process.exitCode = EXIT.failure;
          } finally {
            bar.stop();
            process.off('SIGINT', stop);
          }
        }, true);
      },
    );

  program
    .command('bulletin')
    .description('把某期通报写成公文：已发布的为发布时的原件，否则为草稿')
    .requiredOption('--period <期>', '月 2023-06，或周 2023-W23')
    .requiredOption('--out <文件>', '以扩展名定格式：.docx、.pdf、.html')
    .option('--json', '以 JSON 输出')
    .action(async (options: { period: string; out: string; json?: boolean }) => {
      const format = FORMATS[extname(options.out).toLowerCase() as keyof typeof FORMATS];
      if (!format) throw new CommandFailure('输出文件应以 .docx、.pdf 或 .html 结尾', EXIT.usage);
      await withSystem(async ({ deps }) => {
        const { content, published, number, title } = await renderBulletin(deps, { period: options.period, format });
        await writeFile(options.out, content);
        printResult(options.json ?? false, { file: options.out, published, number, title }, () => [
          `已写出 ${options.out}：${title}${published ? `（${number}）` : '（草稿）'}`,
        ]);
      }, true);
    });
}
