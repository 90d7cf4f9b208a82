import { detectMatters, learnIfGrown } from '../../modules/matter/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { DEMO_OPENS } from './world.ts';

const DAY = 86_400_000;
const OFFSET = 8 * 3_600_000;
/** The day so many days before (or, negative, after) the demo opens, in Shanghai. */
const day = (before: number): string => new Date(DEMO_OPENS - before * DAY + OFFSET).toISOString().slice(0, 10);

interface Step {
  readonly kind: string;
  readonly content: string;
  readonly planned: number | null;
  readonly done: number | null;
}
interface Case {
  readonly listed: number;
  readonly due: number;
  readonly status: 'open' | 'agreed' | 'reviewing' | 'closed';
  readonly reason: string;
  readonly plan: string;
  readonly conclusion: string | null;
  readonly steps: readonly Step[];
}

/** Of the matters with most orders: one struck off, one about to be, one agreed, two still open, of them one late. */
const CASES: readonly Case[] = [
  {
    listed: 150,
    due: 40,
    status: 'closed',
    reason: '同一点位多次重复投诉，两次信访复查，诉求人对处置结果不认可。',
    plan: '一、局领导包案，约谈当事人和物业服务企业；\n二、联合街镇、房管、市场监管现场核查，固定证据；\n三、依法责令改正，逾期代履行；\n四、整改后回访诉求人，稳定三个月再销号。',
    conclusion: '已整改到位，诉求人签字认可，三个月内无新增诉求。',
    steps: [
      { kind: 'visit', content: '包案领导约见诉求人，听取意见', planned: 145, done: 144 },
      { kind: 'milestone', content: '联合街镇、房管部门现场核查', planned: 138, done: 137 },
      { kind: 'hearing', content: '组织听证，当事人和居民代表到场', planned: 110, done: 112 },
      { kind: 'agreement', content: '当事人签订限期整改承诺书', planned: 100, done: 98 },
      { kind: 'milestone', content: '整改完成，现场复核', planned: 70, done: 66 },
    ],
  },
  {
    listed: 100,
    due: -10,
    status: 'reviewing',
    reason: '半年内重复诉求多次，三次办结后又重办。',
    plan: '一、查明经营主体和证照情况；\n二、与街镇、市场监管联合约谈；\n三、督促加装设施或者停业整改；\n四、每周巡查一次，连续四周。',
    conclusion: '设施已加装并通过检测，连续四周巡查未复发，诉求人表示满意。',
    steps: [
      { kind: 'visit', content: '走访诉求人三户，核实影响时段', planned: 96, done: 95 },
      { kind: 'milestone', content: '联合约谈经营者', planned: 85, done: 84 },
      { kind: 'agreement', content: '经营者书面承诺限期整改', planned: 70, done: 69 },
      { kind: 'milestone', content: '连续四周巡查无复发', planned: 20, done: 18 },
    ],
  },
  {
    listed: 70,
    due: -25,
    status: 'agreed',
    reason: '邻里纠纷引发的反复投诉，诉求人多次到局来访。',
    plan: '一、会同居委、司法所调解；\n二、依法认定后分类处置；\n三、达成协议的，跟踪履行情况。',
    conclusion: null,
    steps: [
      { kind: 'visit', content: '会同居委上门走访双方', planned: 66, done: 66 },
      { kind: 'hearing', content: '司法所主持调解会', planned: 40, done: 38 },
      { kind: 'agreement', content: '双方签订调解协议', planned: 30, done: 29 },
      { kind: 'milestone', content: '协议履行情况复核', planned: -12, done: null },
    ],
  },
  {
    listed: 60,
    due: 5,
    status: 'open',
    reason: '历史遗留问题，前后三任业主，权属不清，久拖未决。',
    plan: '一、调取规划、不动产登记档案；\n二、征询规划部门认定意见；\n三、依认定结果立案或者销号。',
    conclusion: null,
    steps: [
      { kind: 'milestone', content: '调取不动产登记和规划档案', planned: 50, done: 47 },
      { kind: 'milestone', content: '规划部门出具认定意见', planned: 15, done: null },
    ],
  },
  {
    listed: 21,
    due: -60,
    status: 'open',
    reason: '一个月内重复诉求集中，已有媒体关注。',
    plan: '一、包案领导到现场；\n二、与街镇明确分工和时限；\n三、每周向诉求人通报一次进展。',
    conclusion: null,
    steps: [
      { kind: 'visit', content: '包案领导到现场约见诉求人', planned: 18, done: 18 },
      { kind: 'milestone', content: '与街镇召开协调会', planned: 4, done: 4 },
      { kind: 'milestone', content: '完成第一阶段清理', planned: -14, done: null },
    ],
  },
];

/** Compares the demo's orders, lists the backlog, and answers some of what was warned of. */
export async function furnishMatters(deps: Deps): Promise<void> {
  const there = { ...deps, clock: { now: () => DEMO_OPENS } };
  await learnIfGrown(there);
  await detectMatters(there);
  await deps.db.transaction(async (trx) => {
    const [listed] = await trx.query(null, 'select 1 from matter_backlog limit 1');
    if (listed) return;
    await listBacklog(trx);
    await answerAlerts(trx);
  });
}

async function listBacklog(trx: Trx): Promise<void> {
  const matters = await trx.query<{ id: string }>(
    null,
    'select id from matter order by order_count desc, id limit $1',
    [CASES.length],
  );
  const leaders = await trx.query<{ id: string; role: string }>(
    null,
    `select person_id as id, role from posting where ended_on is null and role in ('bureau_leader','coordination_chief') order by role, person_id`,
  );
  const makers = await trx.query<{ id: string }>(
    null,
    `select person_id as id from posting where ended_on is null and role in ('coordination_clerk','coordination_chief') order by role, person_id`,
  );
  for (const [at, one] of CASES.entries()) {
    const matter = matters[at];
    if (!matter || leaders.length === 0 || makers.length === 0) return;
    const leader = leaders[at % leaders.length]!.id;
    const maker = makers[at % makers.length]!.id;
    const closed = one.status === 'closed' ? new Date(DEMO_OPENS - (one.due + 5) * DAY) : null;
    const agreed = one.steps.find(({ kind, done }) => kind === 'agreement' && done !== null);
    await trx.query(
      null,
      `insert into matter_backlog (matter_id, listed_at, listed_by, reason, leader_id, plan, due_on, status, agreed_on, closed_at, closed_by, conclusion)
       values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
      [
        matter.id,
        new Date(DEMO_OPENS - one.listed * DAY),
        maker,
        one.reason,
        leader,
        one.plan,
        day(one.due),
        one.status,
        agreed ? day(agreed.done!) : null,
        closed,
        closed ? leader : null,
        one.conclusion,
      ],
    );
    for (const step of one.steps)
      await trx.query(
        null,
        `insert into matter_step (matter_id, kind, content, planned_on, done_on, made_by, made_at) values ($1,$2,$3,$4,$5,$6,$7)`,
        [
          matter.id,
          step.kind,
          step.content,
          step.planned === null ? null : day(step.planned),
          step.done === null ? null : day(step.done),
          maker,
          new Date(DEMO_OPENS - one.listed * DAY),
        ],
      );
  }
}

/** Two in three of what coordination was warned of has been dealt with; a few were declined, with the reason. */
async function answerAlerts(trx: Trx): Promise<void> {
  await trx.query(
    null,
    `update matter_alert a set status = case when n.place % 12 = 5 then 'declined' else 'done' end,
            note = case when n.place % 12 = 5 then '商户已搬离，不再协调' else '已召集属地中队和街镇协调，明确处置时限' end,
            decided_by = (select person_id from posting where role = 'coordination_clerk' and ended_on is null order by person_id limit 1),
            decided_at = a.fired_at, version = 2
       from (select id, row_number() over (order by matter_id) as place from matter_alert where action = 'coordinate') n
      where a.id = n.id and n.place % 3 <> 0`,
  );
}
