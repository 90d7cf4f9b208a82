import { readFile } from 'node:fs/promises';
import { verifyDraw } from '@bihuan/domain/sampling';
import type { Command } from 'commander';
import { drawHash } from '../platform/crypto/index.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { printResult } from './output.ts';

/** Checks of what was published, without a system: a file is all that is needed. */
export function addDrawCommands(program: Command): void {
  const draw = program.command('draw').description('核对随机抽取');
  draw
    .command('verify')
    .description('凭公布的抽取文件重新计算一次抽取；不连数据库')
    .argument('<文件>')
    .option('--commitment <承诺值>', '抽取前公布的承诺值，一并核对')
    .option('--json', '以 JSON 输出')
    .action(async (path: string, options: { commitment?: string; json?: boolean }) => {
      let text: string;
      try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
      } catch (error) {
        if (error instanceof TypeError) throw new CommandFailure('不一致：文件不是 UTF-8 文本', EXIT.notInOrder);
        throw error;
      }
      const result = verifyDraw(drawHash, text, options.commitment);
      if (!result.ok) {
        printResult(options.json ?? false, { ok: false, message: result.message }, () => [`不一致：${result.message}`]);
        process.exitCode = EXIT.notInOrder;
        return;
      }
      const { population, commitment, digest, result: drawn } = result.file;
      const nameOf = (list: readonly { id: string; name: string }[], id: string) =>
        list.find((one) => one.id === id)?.name ?? id;
      const lines = drawn.inspectors.map(
        ({ subject, persons }) =>
          `  ${nameOf(population.subjects, subject)} ← ${persons.map((id) => nameOf(population.inspectors, id)).join('、')}`,
      );
      printResult(options.json ?? false, { ok: true, commitment, digest, drawn }, () => [
        `一致：${population.plan.number} ${population.plan.title}`,
        ...lines,
        `核对码 ${digest}`,
        options.commitment
          ? '承诺值与抽取前公布的相同'
          : `承诺值 ${commitment}（请与抽取前公布的比对，或加 --commitment）`,
      ]);
    });
}
