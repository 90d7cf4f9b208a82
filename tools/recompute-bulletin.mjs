#!/usr/bin/env node
// 独立核对一份通报：不引用本项目的任何代码，只用 pg 读库。
//   DATABASE_URL=postgres://… node tools/recompute-bulletin.mjs 通报编号 [schema]
// 逐项核对：公布的数 = 冻结的诉件编号个数；分子是分母的子集（按件次）；按 handling_round 的现状重算，得到的诉件与冻结的相同。
// 退出码：0 全部一致；1 公布的数与冻结的编号不一致；2 用法或连接有误；3 冻结内容一致，但有诉件在统计之后改动过，按现状重算不同（逐项列出）。
import pg from 'pg';

const [id, schema = 'bihuan'] = process.argv.slice(2);
if (!process.env.DATABASE_URL || !/^[0-9a-f-]{36}$/i.test(id ?? '') || !/^[a-z_][a-z0-9_]*$/.test(schema)) {
  console.error('用法：DATABASE_URL=postgres://… node tools/recompute-bulletin.mjs 通报编号 [schema]');
  process.exit(2);
}

const MINUTES = 60_000;
const DAY = 1440 * MINUTES;
const shanghai = (year, month, day) => Date.UTC(year, month - 1, day) - 480 * MINUTES;

/** `2023-06`、`2023-W23` 的起止时刻。 */
function spanOf(text) {
  const [year, rest] = [Number(text.slice(0, 4)), text.slice(5)];
  if (!rest.startsWith('W')) return { from: shanghai(year, Number(rest), 1), to: shanghai(year, Number(rest) + 1, 1) };
  const fourth = shanghai(year, 1, 4);
  const weekday = (new Date(fourth + 480 * MINUTES).getUTCDay() + 6) % 7;
  const from = fourth - weekday * DAY + (Number(rest.slice(1)) - 1) * 7 * DAY;
  return { from, to: from + 7 * DAY };
}

const time = (value) => (value === null ? null : value.getTime());
/** 暂停始于到期之前且尚未恢复：到期时刻还在后移，不计入。 */
const moving = (row, due) => row.paused_at !== null && time(row.paused_at) <= time(row[due]);
const counted = (row) => row.excluded_at === null && row.declined_at === null;
const heard = (row) => row.reached === true && row.excluded_at === null;

/** 各指标的口径（docs/indicators.md 第 1 版）：归期、计入、达标。 */
const RULES = {
  volume: { at: 'started_at', in: (r) => r.round === 1 && counted(r), hit: () => true },
  first_contact: {
    at: 'first_contact_due_at',
    in: (r) =>
      counted(r) && (r.first_contact_at !== null || r.concluded_at !== null || !moving(r, 'first_contact_due_at')),
    hit: (r) => r.first_contact_at !== null && time(r.first_contact_at) <= time(r.first_contact_due_at),
  },
  on_time: {
    at: 'due_at',
    in: (r) => counted(r) && (r.concluded_at !== null || !moving(r, 'due_at')),
    hit: (r) => r.concluded_at !== null && time(r.concluded_at) <= time(r.due_at),
  },
  resolution: { at: 'followed_up_at', in: heard, hit: (r) => r.solved === true },
  satisfaction: {
    at: 'followed_up_at',
    in: (r) => heard(r) && r.satisfaction !== null,
    hit: (r) => ['satisfied', 'fairly'].includes(r.satisfaction),
  },
  reopen: { at: 'followed_up_at', in: heard, hit: (r) => r.reopened === true },
};
const COLUMN = { unit: 'unit_id', category: 'category_code' };

const tally = (ids) => {
  const map = new Map();
  for (const one of ids) map.set(one, (map.get(one) ?? 0) + 1);
  return map;
};
/** a 中有而 b 中没有的件次。 */
const beyond = (a, b) => {
  const [left, right] = [tally(a), tally(b)];
  return [...left].flatMap(([one, n]) => (n > (right.get(one) ?? 0) ? [one] : []));
};

const client = new pg.Client({
  connectionString: process.env.DATABASE_URL,
  options: `-c search_path=${schema},public`,
});
try {
  await client.connect();
  await client.query('begin isolation level repeatable read read only');
  const bulletin = (await client.query('select title, number, as_of, status from bulletin where id = $1', [id]))
    .rows[0];
  if (!bulletin) throw new Error(`没有编号为 ${id} 的通报`);
  const { rows: figures } = await client.query('select * from bulletin_figure where bulletin_id = $1 order by key', [
    id,
  ]);
  const asOf = bulletin.as_of.getTime();
  const rows = await readRounds(figures, asOf);
  const report = { agree: 0, recomputed: 0, wrong: [], changed: [] };
  const byKey = new Map(figures.map((figure) => [figure.key, figure]));
  for (const figure of figures) check(figure, byKey, rows, asOf, report);
  print(bulletin, figures.length, report);
  process.exitCode = report.wrong.length > 0 ? 1 : report.changed.length > 0 ? 3 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await client.end();
}

/** 通报涉及的各时段内的全部办理，以及冻结过的诉件的办理。 */
async function readRounds(figures, asOf) {
  const periods = figures.flatMap(({ data }) => (data.period ? [spanOf(data.period)] : []));
  const from = new Date(Math.min(...periods.map((period) => period.from), asOf - 366 * DAY));
  const frozen = [...new Set(figures.flatMap((figure) => figure.denominator_ids))];
  const { rows } = await client.query(
    `select r.*, c.number, p.paused_at from handling_round r join complaint c on c.id = r.complaint_id
       left join complaint p on p.id = r.complaint_id and p.round = r.round
      where r.started_at >= $1::timestamptz - interval '400 days' or r.complaint_id = any($2::uuid[])`,
    [from, frozen],
  );
  return rows;
}

function check(figure, byKey, rows, asOf, report) {
  const wrong = (what) => report.wrong.push(`${figure.label}（${figure.key}）：${what}`);
  const before = report.wrong.length;
  if (figure.key !== 'minimum' && !figure.data.members) checkFrozen(figure, wrong);
  if (figure.data.members) checkSelection(figure, byKey, wrong);
  if (report.wrong.length > before) return;
  report.agree += 1;
  const now = recompute(figure, rows, asOf);
  if (now === null) return;
  const differs = [
    ...beyond(now.denominator, figure.denominator_ids).map((one) => ['现状应计入', one]),
    ...beyond(figure.denominator_ids, now.denominator).map((one) => ['现状不计入', one]),
    ...beyond(now.numerator, figure.numerator_ids).map((one) => ['现状达标', one]),
    ...beyond(figure.numerator_ids, now.numerator).map((one) => ['现状不达标', one]),
  ];
  if (differs.length === 0) report.recomputed += 1;
  else {
    const numbers = new Map(rows.map((row) => [row.complaint_id, row.number]));
    const shown = differs.slice(0, 3).map(([what, one]) => `${numbers.get(one) ?? one} ${what}`);
    report.changed.push(
      `${figure.label}（${figure.key}）：${shown.join('，')}${differs.length > 3 ? ` 等 ${differs.length} 处` : ''}`,
    );
  }
}

function checkFrozen(figure, wrong) {
  const { numerator, denominator, numerator_ids: n, denominator_ids: d, value, data } = figure;
  if (n.length !== numerator) wrong(`分子公布为 ${numerator}，冻结 ${n.length} 件次`);
  if (d.length !== denominator) wrong(`分母公布为 ${denominator}，冻结 ${d.length} 件次`);
  if (beyond(n, d).length > 0) wrong('分子中有分母以外的诉件');
  const expected = data.kind === 'rate' ? (d.length === 0 ? null : n.length / d.length) : n.length;
  if (value !== expected) wrong(`数值公布为 ${value}，应为 ${expected}`);
}

/** 挑选出来的项目：上升类别、到场督导对象，按冻结的数重新判断。 */
function checkSelection(figure, byKey, wrong) {
  const chosen = figure.data.members;
  if (figure.value !== chosen.length) wrong(`公布 ${figure.value} 个，列出 ${chosen.length} 个`);
  for (const key of chosen) {
    const one = byKey.get(key);
    if (!one) wrong(`列出的 ${key} 没有数据`);
    else if (figure.key === 'rising.categories') {
      const previous = [...byKey.values()].find((other) => other.key.startsWith(`${key}@`));
      const [a, b] = [one.numerator, previous?.numerator ?? 0];
      if (!(a > b && (a - b) / Math.sqrt(a + b) > 1.645)) wrong(`${one.label}由 ${b} 到 ${a}，不属明显上升`);
    } else if (figure.key === 'visit.units') {
      const whole = byKey.get('resolution.district');
      if (!(upper(one.numerator, one.denominator) < whole.numerator / whole.denominator))
        wrong(`${one.label}并未明显低于全区`);
    }
  }
}

/** 95% Wilson 区间的上限。 */
function upper(n, d) {
  const z = 1.959963984540054;
  const p = n / d;
  return (p + (z * z) / (2 * d) + z * Math.sqrt((p * (1 - p) + (z * z) / (4 * d)) / d)) / (1 + (z * z) / d);
}

/** 按现状重算一项的分子、分母；挑选、列表类的返回 null。 */
function recompute(figure, rows, asOf) {
  const base = figure.key.split('@')[0];
  const span = figure.data.period ? spanOf(figure.data.period) : null;
  const within = (row, column) =>
    row[column] !== null &&
    time(row[column]) >= span.from &&
    time(row[column]) < Math.min(span.to, Math.max(asOf, span.from));
  const ids = (list) => list.map((row) => row.complaint_id);
  if (base === 'excluded.district' || base === 'declined.district') {
    const out = rows.filter(
      (r) =>
        r.round === 1 &&
        within(r, 'started_at') &&
        !counted(r) &&
        (r.excluded_at !== null) === (base === 'excluded.district'),
    );
    return { numerator: ids(out), denominator: ids(out) };
  }
  if (base === 'overdue.district') {
    const late = rows.filter(
      (r) =>
        counted(r) &&
        time(r.due_at) < asOf &&
        time(r.due_at) >= asOf - 366 * DAY &&
        (r.concluded_at === null ? !moving(r, 'due_at') : time(r.concluded_at) >= asOf),
    );
    return { numerator: ids(late), denominator: ids(late) };
  }
  const [indicator, dimension, ...rest] = base.split('.');
  const rule = RULES[indicator];
  if (!rule || figure.data.version !== 1) return null;
  const wanted = rest.join('.');
  const column = COLUMN[dimension];
  const cohort = rows.filter(
    (r) => within(r, rule.at) && rule.in(r) && (column === undefined || (r[column] ?? 'none') === wanted),
  );
  return { numerator: ids(cohort.filter(rule.hit)), denominator: ids(cohort) };
}

function print(bulletin, total, { agree, recomputed, wrong, changed }) {
  console.log(`${bulletin.title}（${bulletin.number ?? '未发布'}）`);
  console.log(`共 ${total} 项数据：${agree} 项与冻结的诉件编号一致，其中 ${recomputed} 项按诉件现状重算也一致。`);
  if (wrong.length > 0) console.log(`不一致 ${wrong.length} 项：\n  ${wrong.join('\n  ')}`);
  if (changed.length > 0) console.log(`发布后有改动、按现状重算不同 ${changed.length} 项：\n  ${changed.join('\n  ')}`);
}
