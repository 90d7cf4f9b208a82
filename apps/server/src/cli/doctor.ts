import { existsSync } from 'node:fs';
import { readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { countUnsealed } from '../platform/audit/index.ts';
import { PROJECT_ROOT } from '../platform/config.ts';
import { jobsSchema } from '../platform/jobs/migrate-jobs.ts';
import type { OpenSystem } from './open-system.ts';
import { keyFits } from './restore.ts';

export interface Finding {
  readonly item: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly detail: string;
}

const GIGABYTE = 1024 ** 3;

/** Looks at everything that has to be right for the system to work tomorrow as it does today. */
export async function examine({ config, databaseUrl, deps }: OpenSystem): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (item: string, level: Finding['level'], detail: string): void => {
    findings.push({ item, level, detail });
  };
  const client = new pg.Client({ connectionString: databaseUrl, options: `-c search_path=${config.schema},public` });
  await client.connect();
  const one = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row> =>
    (await client.query(sql, values)).rows[0] as Row;
  try {
    const [major] = process.versions.node.split('.').map(Number);
    add('Node', major! >= 22 ? 'ok' : 'error', process.versions.node);

    const { version, number } = await one<{ version: string; number: number }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
    );
    add(
      'PostgreSQL',
      number >= 180_000 ? 'ok' : 'error',
      number >= 180_000 ? version : `${version}，需要 18 或更新的版本`,
    );

    const { trigrams, pinyin } = await one<{ trigrams: number; pinyin: boolean }>(
      "select cardinality(show_trgm('电梯故障')) as trigrams, exists (select 1 from pg_collation where collname = 'zh-Hans-CN-x-icu') as pinyin",
    );
    add(
      '中文检索',
      trigrams > 0 ? 'ok' : 'error',
      trigrams > 0 ? '正常' : '数据库的字符分类不认识汉字，请用 C.UTF-8 重建数据库',
    );
    add('拼音排序', pinyin ? 'ok' : 'warning', pinyin ? '正常' : '数据库没有 zh-Hans-CN-x-icu 排序规则');

    const files = (await readdir(join(PROJECT_ROOT, 'db/migrations'))).filter((name) => name.endsWith('.sql'));
    const { applied } = await one<{ applied: number }>('select count(*)::int as applied from migration');
    add('数据库结构', applied === files.length ? 'ok' : 'error', `${applied} / ${files.length} 个迁移已执行`);

    const disk = await statfs(config.dataDir);
    const free = disk.bavail * disk.bsize;
    add(
      '磁盘',
      free > 5 * GIGABYTE ? 'ok' : free > GIGABYTE ? 'warning' : 'error',
      `剩余 ${(free / GIGABYTE).toFixed(1)} GB`,
    );

    const hasKey = existsSync(join(config.dataDir, 'keys', 'master.key'));
    const fits = hasKey && (await keyFits(client, config.dataDir));
    add(
      '主密钥',
      fits ? 'ok' : 'error',
      !hasKey ? '缺少 keys/master.key' : fits ? '存在，能解开已有数据' : '解不开已有数据，请放回原来的主密钥',
    );

    const { failed, waiting } = await one<{ failed: number; waiting: number }>(
      `select count(*) filter (where attempts >= max_attempts)::int as failed, count(*) filter (where attempts < max_attempts and run_at < now() - interval '10 minutes')::int as waiting from ${jobsSchema(config.schema)}.jobs`,
    );
    add(
      '后台任务',
      failed > 0 ? 'warning' : 'ok',
      failed > 0 ? `${failed} 个任务多次失败，请在“后台任务”中查看` : '没有失败的任务',
    );
    if (waiting > 0) add('任务积压', 'warning', `${waiting} 个任务等待超过 10 分钟；服务没有运行时属正常`);

    const unsealed = await countUnsealed(deps.db);
    const { broken } = await one<{ broken: boolean }>(
      'select coalesce((select s.seq from audit_seal s), 0) <> coalesce((select max(seq) from audit_link), 0) as broken',
    );
    add(
      '审计链',
      broken ? 'error' : unsealed > 100_000 ? 'warning' : 'ok',
      broken ? '链尾与封存位置不符，请执行 bihuan audit verify' : `链尾相符，${unsealed} 条待封存`,
    );

    const year = new Date(deps.clock.now() + 8 * 3_600_000).getUTCFullYear();
    const months = new Date(deps.clock.now() + 8 * 3_600_000).getUTCMonth() + 1;
    for (const wanted of months >= 11 ? [year, year + 1] : [year]) {
      const { announced } = await one<{ announced: boolean }>(
        'select exists (select 1 from calendar_year where year = $1 and announced) as announced',
        [wanted],
      );
      add(
        '工作日历',
        announced ? 'ok' : 'warning',
        announced ? `${wanted} 年放假安排已载入` : `${wanted} 年放假安排尚未载入，时限按普通周历推算`,
      );
    }

    const before = deps.clock.now();
    const { now } = await one<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
    const skew = Math.abs(now - (before + deps.clock.now()) / 2);
    add(
      '时钟',
      skew < 2_000 ? 'ok' : 'error',
      skew < 2_000 ? '程序与数据库一致' : `程序与数据库相差 ${Math.round(skew / 1000)} 秒，请校时`,
    );

    const { unlinked } = await one<{ unlinked: number }>(
      "select count(*)::int as unlinked from account where username in ('sysadmin', 'juzhang') and exists (select 1 from setting where key = 'demo.loaded')",
    );
    add(
      '演示数据',
      unlinked > 0 && config.secureCookies ? 'error' : 'ok',
      unlinked > 0 ? '系统中是演示数据和演示账号，不能用于正式办公' : '无',
    );
    return findings;
  } finally {
    await client.end();
  }
}
