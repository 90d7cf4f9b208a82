import type { BulletinResult } from './bulletin.ts';
import type { ImportResult } from './import.ts';
import type { CandidateGrowth, MatterResult } from './matter.ts';
import { type Measured, median, middleOf } from './measure.ts';
import type { PageResult } from './page.ts';
import type { SearchResult, SearchRow } from './search.ts';

/** The three measured one right after the other. */
export interface Turn {
  readonly limit: Measured;
  readonly bare: Measured;
  readonly app: Measured;
}

export interface Row {
  readonly path: string;
  readonly label: string;
  readonly promise: number | null;
  readonly clients: number;
  readonly turns: readonly Turn[];
  readonly limitBy: string;
  /** Bytes. */
  readonly memory: number;
}

export interface SizeResult {
  readonly size: number;
  readonly rows: readonly Row[];
  readonly intake: ImportResult | null;
  readonly bulletin: BulletinResult | null;
  readonly matters: MatterResult | null;
  readonly search: SearchResult | null;
  readonly memory: number;
  /** `null`: the data were there already. */
  readonly loadSeconds: number | null;
  readonly postgres: string;
  readonly databaseMegabytes: number;
  readonly monthOrders: number;
}

/** Milliseconds of the month's ranking at each size, measured in turns. */
export interface RankingGrowth {
  readonly size: number;
  readonly milliseconds: number;
  /** Cost in relation to the first size, in the middle of the turns. */
  readonly times: number;
}

export const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const percent = (part: number): string => `${Math.round(part * 100)}%`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

/** Share of what the same SQL reaches without us: of pgbench, and of a bare handler. */
export const shares = ({ turns }: Row): { limit: number; bare: number } => ({
  limit: median(turns.map(({ app, limit }) => app.perSecond / limit.perSecond)),
  bare: median(turns.map(({ app, bare }) => app.perSecond / bare.perSecond)),
});

export function summaryOf(row: Row): string {
  const of = (which: keyof Turn) => middleOf(row.turns.map((turn) => turn[which])).perSecond.toFixed(0);
  const { limit, bare } = shares(row);
  return `本系统 ${of('app')}/s，裸处理 ${of('bare')}/s（${percent(bare)}），${row.limitBy} ${of('limit')}/s（${percent(limit)}）`;
}

const perSecond = ({ perSecond: value }: Measured): string => number(value);
const latency = ({ p50, p99 }: Measured): string => `${number(p50, 1)} / ${number(p99, 1)}`;

function pathLine(row: Row): string {
  const { label, clients, turns, limitBy, promise } = row;
  const [app, bare, limit] = (['app', 'bare', 'limit'] as const).map((which) =>
    middleOf(turns.map((turn) => turn[which])),
  ) as [Measured, Measured, Measured];
  const share = shares(row);
  const promised = (part: number, least: number | null) =>
    least === null ? percent(part) : `${percent(part)}（应 ≥ ${percent(least)}）`;
  return `| ${label} | ${clients} | ${perSecond(app)} | ${latency(app)} | ${perSecond(bare)} | ${latency(bare)} | ${perSecond(limit)}（${limitBy}） | ${promised(share.limit, promise)} | ${promised(share.bare, promise === null ? null : 0.8)} |`;
}

const searchLine = ({ kind, word, hits, search, relevance, many, scan, walk, times, identical }: SearchRow): string =>
  `| ${kind}“${word}” | ${number(hits)} | ${latency(search)} | ${number(relevance.p50, 1)} | ${number(many.perSecond)} | ${number(scan)} | ${number(walk, 1)} | ${number(times)} | ${identical ? '是' : '**否**'} |`;

function searchLines(search: SearchResult | null): string[] {
  if (!search) return [];
  const { rows, indexed, megabytes: size } = search;
  return [
    `搜索（第一页 20 件与计数，经 HTTP，含鉴权与范围）：LIKE 扫描为同样的列读遍全部诉件与答复、取同一页并计数，与本系统轮流测；倍数是每秒次数之比（2 字词应 ≥ 100）。“沿时间索引”为 LIKE 由新到旧、数满 1,000 即停，词常见时它也快。检索表 ${number(size.table)} MB，索引 ${number(size.index)} MB${indexed ? `；编入 ${number(indexed.rows)} 件，每秒 ${number(indexed.perSecond)} 件` : ''}。`,
    '',
    '| 词 | 命中 | p50 / p99 毫秒 | 按相关 p50 | 10 并发 次/秒 | LIKE 扫描 毫秒 | 沿时间索引 毫秒 | 倍数 | 编号、次序、计数一致 |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows.map(searchLine),
    '',
  ];
}

function matterLines(matters: MatterResult | null): string[] {
  if (!matters) return [];
  const { withMatters, without, times, prepared } = matters;
  return [
    `同一事项：登记 ${number(withMatters)} 件/秒（自第一件请求至最后一件比对完毕），关掉比对时 ${number(without)} 件/秒，用时 ${number(times, 2)} 倍（应 ≤ 1.6），轮流测。${prepared ? `存量比对 ${number(prepared.orders)} 件，每秒 ${number(prepared.perSecond)} 件。` : ''}`,
    '',
  ];
}

function pathLines(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  return [
    '| 路径 | 并发 | 本系统 次/秒 | p50 / p99 毫秒 | 裸处理 次/秒 | p50 / p99 | 极限 次/秒 | 占极限 | 占裸处理 |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(pathLine),
    '',
  ];
}

function importLines(intake: ImportResult | null): string[] {
  if (!intake) return [];
  const { rows, megabytes: size, staged, copied, taken, compared, memory } = intake;
  return [
    `导入（GB18030 CSV，${number(rows)} 行，${number(size, 1)} MB）：读取、核对、脱敏、加密并写入数据库暂存表 ${number(staged)} 行/秒（应 ≥ 15,000）；同样的行事先备好、只做 COPY ${number(copied)} 行/秒（占 ${percent(staged / copied)}）；连同查重、建件、轮次、台账、审计，并比对重复，${number(taken)} 行/秒，其中比对 ${number(compared)} 件/秒；进程内存比导入前最多增加 ${megabytes(memory)}。`,
    '',
  ];
}

function bulletinLines(bulletin: BulletinResult | null): string[] {
  if (!bulletin) return [];
  const { figures, sql, docx, pdf } = bulletin;
  return [
    `月度通报（2023年6月）：取数与冻结编号 ${number(figures)} 毫秒，其中同样的 SQL ${number(sql)} 毫秒；生成 DOCX ${number(docx)} 毫秒，PDF ${number(pdf)} 毫秒。`,
    '',
  ];
}

/** The results as they stand in the repository. */
export function report(
  results: readonly SizeResult[],
  growth: readonly RankingGrowth[],
  candidates: readonly CandidateGrowth[],
  pages: readonly PageResult[] | null,
  about: { machine: string; seconds: number; turns: number; warm: number },
): string {
  const lines = [
    '# 性能测量结果',
    '',
    '由 `npm run bench` 生成。每一行的三个数在同一次运行、同一个数据库服务器上轮流测得：不经 HTTP 直接执行同样的 SQL（极限）、只有 Fastify 与 pg 的处理程序执行同样的 SQL（裸处理）、本系统（含鉴权、范围、审计、时限）。',
    '机器时快时慢，所以比例按轮计算、取中位数；次数只供参考。负载程序、被测程序与数据库共用本机处理器；只访问本机地址。',
    '',
    `- 机器：${about.machine}`,
    `- 每项 ${about.turns} 轮，每轮各 ${about.seconds} 秒，先预热 ${about.warm} 秒；数据库 shared_buffers 1 GB，fsync 打开。`,
    '- 数据由演示数据生成器产生：前 10 万件逐件走完状态机，其余为其副本，分布在更早的九年（2021年6月以前）；2023年6月及其比较月份（上月、上年同月）的件数在各规模下相同。',
    '',
  ];
  for (const {
    size,
    rows,
    memory,
    loadSeconds,
    databaseMegabytes,
    monthOrders,
    intake,
    bulletin,
    matters,
    search,
  } of results) {
    lines.push(
      `## ${number(size)} 件`,
      '',
      `数据库 ${number(databaseMegabytes)} MB${loadSeconds === null ? '' : `，造数 ${number(loadSeconds)} 秒（每秒 ${number(size / loadSeconds)} 件）`}；2023年6月办理轮次 ${number(monthOrders)}${memory > 0 ? `；服务进程内存最高 ${megabytes(memory)}（应 < 400 MB）` : ''}。`,
      '',
      ...pathLines(rows),
      ...importLines(intake),
      ...bulletinLines(bulletin),
      ...matterLines(matters),
      ...searchLines(search),
    );
  }
  if (growth.length > 1) {
    lines.push(
      '## 排名随数据量的变化',
      '',
      `同为 2023年6月、月内件数相同，各规模轮流测；以 ${number(growth[0]!.size)} 件时为 1（应 ≤ 1.5）。`,
      '',
      '| 规模 | 毫秒 | 倍数 |',
      '| ---: | ---: | ---: |',
      ...growth.map(
        ({ size, milliseconds, times }) => `| ${number(size)} | ${number(milliseconds, 1)} | ${number(times, 2)} |`,
      ),
      '',
    );
  }
  if (candidates.length > 1) {
    lines.push(
      '## 找相似诉件随数据量的变化',
      '',
      `为最近的诉件从索引中取候选，各规模轮流测；以 ${number(candidates[0]!.size)} 件时为 1（应 < 1.5）。`,
      '',
      '| 规模 | 候选（平均） | 毫秒 | 倍数 |',
      '| ---: | ---: | ---: | ---: |',
      ...candidates.map(
        ({ size, found, milliseconds, times }) =>
          `| ${number(size)} | ${number(found, 1)} | ${number(milliseconds, 2)} | ${number(times, 2)} |`,
      ),
      '',
    );
  }
  if (pages) {
    lines.push(
      '## 首页',
      '',
      '协调科登录后的工作台（演示数据），无缓存、处理器放慢 4 倍：自开始载入至列表与按钮可用、浏览器空闲为止，取多次的中位数（应 < 2,000 毫秒）。',
      '',
      '| 宽度 | 毫秒 | 最慢 | 脚本（压缩后） |',
      '| ---: | ---: | ---: | ---: |',
      ...pages.map(
        ({ width, usable, slowest, script }) =>
          `| ${width} | ${number(usable)} | ${number(slowest)} | ${number(script / 1000)} kB |`,
      ),
      '',
    );
  }
  return lines.join('\n');
}
