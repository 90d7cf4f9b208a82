import type { Measured } from './measure.ts';

export interface Row {
  readonly path: string;
  readonly label: string;
  readonly promise: number | null;
  readonly clients: number;
  readonly app: Measured;
  readonly bare: Measured;
  readonly limit: Measured;
  readonly limitBy: string;
  /** Bytes. */
  readonly memory: number;
}

export interface SizeResult {
  readonly size: number;
  readonly rows: readonly Row[];
  readonly memory: number;
  /** `null`: the data were there already. */
  readonly loadSeconds: number | null;
  readonly postgres: string;
  readonly databaseMegabytes: number;
  readonly monthOrders: number;
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const percent = (part: number): string => `${Math.round(part * 100)}%`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

/** The results as they stand in the repository. */
export function report(results: readonly SizeResult[], about: { machine: string; seconds: number }): string {
  const lines = [
    '# 性能测量结果',
    '',
    '由 `npm run bench` 生成。每一行的三个数在同一次运行、同一个数据库服务器上先后测得：本系统（含鉴权、范围、审计、时限）、只有 Fastify 与 pg 的处理程序执行同样的 SQL、不经 HTTP 直接执行同样的 SQL。',
    '负载程序、被测程序与数据库共用本机处理器；只访问 127.0.0.1。',
    '',
    `- 机器：${about.machine}`,
    `- 每项 ${about.seconds} 秒，先预热 1 秒；数据库 shared_buffers 1 GB，fsync 打开。`,
    '- 数据由演示数据生成器产生：前 10 万件逐件走完状态机，其余为其副本，分布在此前九年；2023年6月的件数在各规模下相同。',
    '',
  ];
  for (const { size, rows, memory, loadSeconds, databaseMegabytes, monthOrders } of results) {
    lines.push(
      `## ${number(size)} 件`,
      '',
      `数据库 ${number(databaseMegabytes)} MB${loadSeconds === null ? '' : `，造数 ${number(loadSeconds)} 秒（每秒 ${number(size / loadSeconds)} 件）`}；2023年6月办理轮次 ${number(monthOrders)}；服务进程内存最高 ${megabytes(memory)}。`,
      '',
      '| 路径 | 并发 | 本系统 次/秒 | p50 / p99 毫秒 | 裸处理 次/秒 | p50 / p99 | 极限 次/秒 | 占极限 | 占裸处理 |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows.map(({ label, clients, app, bare, limit, limitBy, promise }) => {
        const share = app.perSecond / limit.perSecond;
        const shareText = promise === null ? percent(share) : `${percent(share)}（应 ≥ ${percent(promise)}）`;
        return `| ${label} | ${clients} | ${number(app.perSecond)} | ${number(app.p50, 1)} / ${number(app.p99, 1)} | ${number(bare.perSecond)} | ${number(bare.p50, 1)} / ${number(bare.p99, 1)} | ${number(limit.perSecond)}（${limitBy}） | ${shareText} | ${percent(app.perSecond / bare.perSecond)} |`;
      }),
      '',
    );
  }
  const ranking = results.flatMap(({ size, rows }) =>
    rows
      .filter(({ path, clients }) => path === 'ranking' && clients === Math.min(...rows.map((r) => r.clients)))
      .map(({ app, limit }) => ({ size, app, limit })),
  );
  if (ranking.length > 1) {
    const base = ranking[0]!;
    lines.push(
      '## 排名随数据量的变化',
      '',
      `同为 2023年6月、月内件数相同；以 ${number(base.size)} 件时为 1。`,
      '',
      '| 规模 | p50 毫秒 | 倍数 | SQL p50 毫秒 | 倍数 |',
      '| ---: | ---: | ---: | ---: | ---: |',
      ...ranking.map(
        ({ size, app, limit }) =>
          `| ${number(size)} | ${number(app.p50, 1)} | ${number(app.p50 / base.app.p50, 2)} | ${number(limit.p50, 1)} | ${number(limit.p50 / base.limit.p50, 2)} |`,
      ),
      '',
    );
  }
  return lines.join('\n');
}
