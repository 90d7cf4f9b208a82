import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { createDeps } from '../create-deps.ts';
import { verifyAudit, verifyAuditFile } from '../platform/audit/index.ts';
import { migrate, openDatabase } from '../platform/db/index.ts';
import { migrateJobs } from '../platform/jobs/index.ts';
import { installBaseData } from '../setup/base-data.ts';
import { ensureDatabase } from '../setup/prepare-database.ts';
import { backup } from './backup.ts';
import { examine } from './doctor.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { withDataFolder, withSystem } from './open-system.ts';
import { printResult, progressBar, say, table } from './output.ts';
import { restore } from './restore.ts';

const positive = (text: string): number => {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(value) || value < 1 || value > 10_000_000)
    throw new InvalidArgumentError('应为 1 至 10000000 的整数');
  return value;
};

/** What concerns the data as a whole: structure, demo, backup, checks. */
export function addDataCommands(program: Command): void {
  program
    .command('migrate')
    .description('建立数据库或更新其结构，装入日历、类别等基础数据；可重复执行')
    .option('--json', '以 JSON 输出')
    .action((options: { json?: boolean }) =>
      withDataFolder(async (config, databaseUrl) => {
        await ensureDatabase(databaseUrl);
        const applied = await migrate(databaseUrl, config.schema);
        await migrateJobs(databaseUrl, config.schema);
        const db = openDatabase(databaseUrl, config.schema, { poolSize: 1 });
        try {
          await installBaseData(db);
        } finally {
          await db.close();
        }
        printResult(options.json ?? false, { applied }, () =>
          applied.length === 0 ? ['数据库结构已是最新'] : ['已执行：', ...applied],
        );
      }),
    );

  program
    .command('demo')
    .description('在空的系统里装入演示数据，或写出一份热线导出样式的表格')
    .option('--orders <件数>', '2022年7月至2023年6月的诉件数，至多一千万', positive, 20_000)
    .option('--seed <数>', '随机种子；同一种子结果相同', positive)
    .option('--spreadsheet <文件>', '不装入，只写出表格：.xlsx 或 .csv（GB18030）')
    .option('--json', '以 JSON 输出')
    .action(async (options: { orders: number; seed?: number; spreadsheet?: string; json?: boolean }) => {
      const demo = await import('../setup/demo/index.ts');
      const seed = options.seed === undefined ? {} : { seed: options.seed };
      if (options.spreadsheet) {
        const file = options.spreadsheet;
        if (!/\.(xlsx|csv)$/i.test(file)) throw new CommandFailure('表格文件名应以 .xlsx 或 .csv 结尾', EXIT.usage);
        const written = await demo.writeDemoSpreadsheet(file, { rows: options.orders, ...seed });
        printResult(options.json ?? false, { file, ...written, broken: written.broken.length }, () => [
          `已写出 ${file}：${written.orders} 件诉件，另有重复行 ${written.repeated}、不能受理的行 ${written.broken.length}、空行 ${written.blank}`,
        ]);
        return;
      }
      await withSystem(async ({ deps }) => {
        const bar = progressBar('演示数据');
        try {
          const result = await demo.loadDemo(deps, {
            orders: options.orders,
            ...seed,
            onProgress: (done, total) => bar.update(done, total),
          });
          bar.stop();
          printResult(options.json ?? false, result, () => [
            result.loaded
              ? `已装入 ${result.orders} 件诉件。演示账号的口令：${demo.DEMO_PASSWORD}`
              : `演示数据已在库中（${result.orders} 件），未作改动`,
          ]);
        } finally {
          bar.stop();
        }
      });
    });

  program
    .command('backup')
    .description('备份数据库与附件为一个文件；服务运行时也可执行')
    .requiredOption('--out <文件>', '备份文件，例：bihuan-20230701.tar.gz')
    .option('--with-key', '另外写出主密钥（<文件>.key），须与备份分开保管')
    .option('--json', '以 JSON 输出')
    .action((options: { out: string; withKey?: boolean; json?: boolean }) =>
      withSystem(async (system) => {
        const bar = progressBar('备份');
        try {
          const result = await backup(system, options.out, options.withKey ?? false, (done, total) =>
            bar.update(done, total),
          );
          bar.stop();
          const { size } = await stat(result.file);
          if (result.key === null)
            say('备份不含主密钥（数据文件夹的 keys/master.key）。没有它，诉求人信息无法恢复，请另行妥善保管。');
          printResult(options.json ?? false, { ...result, bytes: size }, () => [
            `已备份到 ${result.file}：${result.tables} 张表 ${result.rows} 行，附件 ${result.files} 个，${(size / 1e6).toFixed(1)} MB`,
            ...(result.key ? [`主密钥：${result.key}，请与备份分开保管`] : []),
          ]);
        } finally {
          bar.stop();
        }
      }),
    );

  program
    .command('restore')
    .description('把备份恢复到空的系统；先逐项核对，不符则不作任何改动')
    .argument('<文件>')
    .option('--key <文件>', '一并放入的主密钥')
    .option('--json', '以 JSON 输出')
    .action((file: string, options: { key?: string; json?: boolean }) =>
      withDataFolder(async (config, databaseUrl) => {
        const bar = progressBar('恢复');
        try {
          const result = await restore(config, databaseUrl, file, options.key ?? null, (done, total) =>
            bar.update(done, total),
          );
          bar.stop();
          if (!result.keyFits) say('注意：现有主密钥解不开备份里的诉求人信息，请放入做备份时的主密钥（--key）。');
          printResult(options.json ?? false, result, () => [
            `已恢复 ${result.rows} 行、附件 ${result.files} 个（备份时间 ${result.madeAt}）`,
          ]);
        } finally {
          bar.stop();
        }
      }),
    );

  const audit = program.command('audit').description('审计');
  audit
    .command('verify')
    .description('核验审计链：库里的，或导出的文件')
    .option('--file <文件>', '核验导出的审计文件，不需要数据库')
    .option('--anchor <序号:校验值>', '以前留存的链尾，用来发现整条链被替换')
    .option('--json', '以 JSON 输出')
    .action(async (options: { file?: string; anchor?: string; json?: boolean }) => {
      const anchor = options.anchor === undefined ? {} : { anchor: readAnchor(options.anchor) };
      const result = options.file
        ? await verifyAuditFile(options.file)
        : await withSystem(({ deps }) => verifyAudit(deps.db, anchor));
      printResult(options.json ?? false, result, () => [
        result.ok
          ? `审计链完好：${result.checked} 条`
          : `审计链有问题：核验 ${result.checked} 条，发现 ${result.problems.length} 处`,
        ...result.problems.map(({ message }) => `  ${message}`),
        `链尾：${result.head.seq}:${result.head.hash}`,
      ]);
      if (!result.ok) process.exitCode = EXIT.notInOrder;
    });

  program
    .command('doctor')
    .description('体检：运行环境、数据库、密钥、任务、审计链、工作日历、时钟')
    .option('--json', '以 JSON 输出')
    .action((options: { json?: boolean }) =>
      withDataFolder(async (config, databaseUrl) => {
        // Looks at things as they are: unlike the other commands it changes nothing first.
        const deps = await createDeps(config, databaseUrl, { log: pino({ level: 'silent' }) });
        try {
          const findings = await examine({ config, databaseUrl, deps });
          const ok = findings.every(({ level }) => level !== 'error');
          printResult(options.json ?? false, { ok, findings }, () =>
            table(
              findings.map(({ item, level, detail }) => [
                { ok: '正常', warning: '注意', error: '异常' }[level],
                item,
                detail,
              ]),
            ),
          );
          if (!ok) process.exitCode = EXIT.notInOrder;
        } finally {
          await deps.jobs.stop();
          await deps.live.stop();
          await deps.db.close();
        }
      }),
    );
}

function readAnchor(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d+):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (!seq || !hash) throw new CommandFailure('--anchor 的格式是“序号:校验值”，校验值为 64 位十六进制数', EXIT.usage);
  return { seq: Number(seq), hash };
}
