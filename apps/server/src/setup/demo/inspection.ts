import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import type { FindingCommand, NewPlan, PlanCommand, VisitCommand } from '@bihuan/contract/inspection';
import type { RectificationCommand } from '@bihuan/contract/rectification';
import { draftPlan, executeFinding, executePlan, executeVisit } from '../../modules/inspection/index.ts';
import { executeRectification } from '../../modules/rectification/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { actorsByUsername } from './actors.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { DEMO_OPENS } from './world.ts';

const HOUR = 3_600_000;
/** Where complaints are many and resolution is low, inspections find more. */
const WEAK = ['大场', '淞南'];

interface Round {
  /** When it is drafted. */
  readonly on: string;
  readonly title: string;
  readonly form: NewPlan['form'];
  readonly manner: NewPlan['manner'];
  readonly checklist: 'daily' | 'structure' | 'night';
  readonly purpose: string;
  readonly basis: string;
  readonly targets: readonly string[];
  /** How many squadrons are drawn of all. */
  readonly wanted: number;
  /** How far it gets, whatever time there is. */
  readonly until?: 'draft' | 'submitted' | 'approved' | 'sealed';
}

const MONTHS = [
  '2022-07',
  '2022-08',
  '2022-09',
  '2022-10',
  '2022-11',
  '2022-12',
  '2023-01',
  '2023-02',
  '2023-03',
  '2023-04',
  '2023-05',
  '2023-06',
];
const monthly = (month: string): Round => ({
  on: `${month}-03`,
  title: `${Number(month.slice(5))}月双随机日常督察`,
  form: 'routine',
  manner: 'open',
  checklist: 'daily',
  purpose: '随机抽取中队和督察人员，督察勤务、诉件受理办理、执法程序和案卷。',
  basis: '《宝山区城管执法系统“五大行动”实施方案》第十项',
  targets: ['duty_desk', 'first_contact', 'on_site', 'conclude'],
  wanted: month === '2023-06' ? 6 : 4,
});
const NIGHT = { checklist: 'night', targets: ['night', 'weekend', 'on_site'], form: 'campaign' } as const;
const WALLS = { checklist: 'structure', targets: ['front_officer', 'on_site', 'reinspect'], form: 'campaign' } as const;
const BASIS = '《宝山区城管执法系统“五大行动”实施方案》第十项、第十三项';
const ROUNDS: readonly Round[] = [
  ...MONTHS.map(monthly),
  {
    ...NIGHT,
    on: '2022-08-15',
    title: '三季度夜间设摊专项督导',
    manner: 'open',
    purpose: '夏季夜间设摊投诉集中，督导重点路段夜间勤务。',
    basis: BASIS,
    wanted: 4,
  },
  {
    ...WALLS,
    on: '2022-11-09',
    title: '四季度违法搭建专项督导',
    manner: 'covert',
    purpose: '核查多次投诉的违法搭建是否真正拆除，答复与现场是否一致。',
    basis: BASIS,
    wanted: 4,
  },
  {
    ...WALLS,
    on: '2023-02-13',
    title: '一季度承重墙专项督导',
    manner: 'open',
    purpose: '督导承重结构损坏点位的及时到场、勘验取证和恢复。',
    basis: BASIS,
    wanted: 4,
  },
  {
    ...NIGHT,
    on: '2023-05-08',
    title: '二季度夜间设摊暗访',
    manner: 'covert',
    purpose: '不打招呼，核查重复投诉路段夜间是否有人管。',
    basis: BASIS,
    wanted: 4,
  },
  {
    ...WALLS,
    on: '2023-06-12',
    title: '承重墙点位回头看暗访',
    manner: 'covert',
    purpose: '一季度督导后已销号的点位是否反弹。',
    basis: BASIS,
    wanted: 3,
    until: 'sealed',
  },
  { ...monthly('2023-06'), on: '2023-06-28', title: '7月双随机日常督察', until: 'approved' },
  {
    ...NIGHT,
    on: '2023-06-30',
    title: '三季度夜间设摊专项督导',
    manner: 'open',
    purpose: '入夏后夜间设摊投诉回升，督导重点路段夜间勤务。',
    basis: BASIS,
    wanted: 4,
    until: 'submitted',
  },
  {
    ...WALLS,
    on: '2023-06-30',
    title: '三季度违法搭建专项督导',
    manner: 'open',
    purpose: '督导新增违法搭建的发现和处置。',
    basis: BASIS,
    wanted: 4,
    until: 'draft',
  },
];

/** What was found, by checklist and item. */
const FOUND: Readonly<Record<Round['checklist'], Readonly<Record<number, string>>>> = {
  daily: {
    1: '值班表有两人，现场仅一人在岗，交接班记录缺三天',
    2: '一名队员未佩戴执法记录仪，称设备充电',
    3: '抽查十件诉件，两件先行联系记录为办结当天补录',
    4: '两件诉件的照片拍摄时间早于派单时间，疑为旧照',
    5: '一起简易程序案件笔录只有一名执法人员签名',
    6: '三份责令改正通知书到期后没有复查记录',
    7: '两卷案卷未编页码，缺送达回证',
  },
  structure: {
    1: '点位台账漏登一处，两处未按等级巡查',
    2: '接报后次日才到场，墙体已拆完',
    3: '现场勘验没有测量数据，照片看不出位置',
    4: '立案后超过九十日未作出决定，也没有延期审批',
    5: '台账记为已恢复，现场仍为开口，未见验收材料',
  },
  night: {
    1: '二十时二十分到点，班表上的两人均不在路段',
    2: '菜场出入口聚集设摊十余处，占用非机动车道',
    3: '劝离登记表当晚为空，执法记录仪没有当晚视频',
    4: '同一路段三个月内投诉二十余件，没有专门方案',
  },
};
const ANSWERS = ['情况属实，已约谈当班人员，立即整改', '属实，中队已组织自查', '属实，人手不足不是理由，即日调整班表'];
const DISPUTES = ['当晚两人被抽调参加防汛，有调度记录', '该记录因系统升级当日补录，电话实际已打，附通话清单'];
const FIX = [
  {
    cause: '班表只排人不排岗，组长没有到点核对',
    measure: '班表定人定岗，组长到点拍照上传',
    result: '两周内夜查六次，人员均在岗；台账已补登',
    rule: '每周由副中队长夜查一次，结果进月度讲评',
  },
  {
    cause: '内勤只看是否填写，不核对时间',
    measure: '内勤逐件核对照片时间和通话记录',
    result: '已复核近一个月四十三件，更正两件并向诉求人说明',
    rule: '办结审核增加照片时间核对，不符不得办结',
  },
  {
    cause: '责令改正到期没有提醒，靠经办人记忆',
    measure: '建立复查台账，到期前两日提醒',
    result: '三处均已复查，两处改正，一处立案',
    rule: '责令改正书开出当日登记复查日期',
  },
];

/** Where the findings of the last weeks stand when the demo opens: one of each kind, in turn. */
const STOPS = [
  'submitted',
  'answered',
  'planned',
  'verified',
  'objected',
  'issued',
  'sent_back',
  'disputed',
  'asked',
] as const;
type Stop = (typeof STOPS)[number];
const LATEST = Date.parse('2023-06-10T00:00:00+08:00');

/**
 * A year of inspections, each through the same services as a real one: monthly draws, quarterly campaigns, covert ones, one of
 * them still sealed. Whoever is drawn differs from load to load, as it should; what is found depends on the squadron.
 * Safe to repeat.
 */
export async function furnishInspections(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from inspection_plan limit 1');
  if (known) return;
  const world = await worldOf(deps);
  for (const [index, round] of ROUNDS.entries()) await carryThrough(deps, world, round, random(2023, 91, index));
}

async function worldOf(deps: Deps) {
  const actors = await actorsByUsername(deps);
  const all = [...actors.values()];
  const squadrons = await deps.db.query<{ id: string; name: string; short: string; lng: number; lat: number }>(
    null,
    `select u.id, u.name, u.short_name as short, coalesce(avg(c.lng), 121.44)::float8 as lng, coalesce(avg(c.lat), 31.36)::float8 as lat
       from unit u left join complaint c on c.unit_id = u.id where u.kind = 'squadron' and u.town_id is not null and u.closed_at is null group by u.id order by u.sort`,
  );
  const matters = await deps.db.query<{ unit_id: string; about: string; id: string; title: string }>(
    null,
    `select distinct on (c.unit_id, a.about) c.unit_id, a.about, m.id, m.title from (values ('structure', '承重|搭建|违法建筑'), ('night', '摊|烧烤|占路|占道')) a (about, words)
       join matter m on m.title ~ a.words join matter_order o on o.matter_id = m.id join complaint c on c.id = o.complaint_id
      where c.unit_id is not null and m.order_count >= 2 order by c.unit_id, a.about, m.order_count desc, m.id`,
  );
  const lists = await deps.db.query<{ id: string; code: Round['checklist'] }>(
    null,
    'select id, code from inspection_checklist where version = 1',
  );
  return {
    byPerson: new Map(all.map((actor) => [actor.personId, actor])),
    leaders: new Map(
      all.filter(({ role }) => role === 'squadron_leader').map((actor) => [actor.unitId, actor] as const),
    ),
    supervisors: all.filter(({ role }) => role === 'supervisor'),
    reviewers: all.filter(({ role }) => role === 'case_reviewer'),
    clerks: all.filter(({ role }) => role === 'coordination_clerk').slice(0, 2),
    chief: actors.get('jiandu-kezhang')!,
    director: actors.get('fujuzhang1')!,
    squadrons,
    matters: new Map(matters.map((matter) => [`${matter.about} ${matter.unit_id}`, matter])),
    /** How many of the latest findings were given a place to stop. */
    latest: { count: 0 },
    lists: new Map(lists.map(({ code, id }) => [code, id])),
  };
}
type World = Awaited<ReturnType<typeof worldOf>>;

async function carryThrough(deps: Deps, world: World, round: Round, draw: Random): Promise<void> {
  const { calendar } = deps.workingTime;
  let now = Date.parse(`${round.on}T09:20:00+08:00`);
  const then = (at = now): Deps => ({ ...deps, clock: { now: () => at } });
  /** The next step, so many working days on, in office hours. */
  const later = (workdays: number): boolean => {
    now = calendar.addWorkdays(now, workdays) - draw.between(1, 6) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const planner = draw.pick(world.supervisors);
  const approver = round.manner === 'covert' && draw.chance(0.4) ? world.director : world.chief;
  const publicAt = calendar.addWorkdays(now, 2) + 4 * HOUR;
  const candidates = [...world.supervisors, ...world.reviewers, ...world.clerks];
  const bigSquadron = world.squadrons.find(({ name }) => name.includes('大场'))!;
  const day = (at: number) => new Date(at + 8 * HOUR).toISOString().slice(0, 10);
  const plan: NewPlan = {
    title: round.title,
    form: round.form,
    manner: round.manner,
    purpose: round.purpose,
    basis: round.basis,
    startsOn: day(calendar.addWorkdays(now, 3)),
    endsOn: day(calendar.addWorkdays(now, 18)),
    checklistId: world.lists.get(round.checklist)!,
    targets: [...round.targets],
    subjects: world.squadrons.map(({ id, name }) => {
      const matter = world.matters.get(`${round.checklist} ${id}`);
      return {
        name: matter ? `${name}：${matter.title}`.slice(0, 100) : name,
        unitId: id,
        ...(matter ? { matterId: matter.id } : {}),
      };
    }),
    subjectsWanted: round.wanted,
    candidateIds: candidates.map(({ personId }) => personId),
    exclusions: [{ personId: world.reviewers[0]!.personId, unitId: bigSquadron.id, reason: '正在审理该中队的案件' }],
    publicSource: `福利彩票 3D ${day(publicAt)} 开奖号码`,
    publicAt: new Date(publicAt).toISOString(),
  };
  const { id } = await draftPlan(then(), planner, { commandId: drawnUuid(draw, now), plan });
  const act = (actor: RequestActor, command: PlanCommand) =>
    executePlan(then(), actor, id, { commandId: drawnUuid(draw, now), command });
  if (round.until === 'draft') return;
  now += 2 * HOUR;
  await act(planner, { action: 'submit' });
  if (round.until === 'submitted') return;
  now += 3 * HOUR;
  await act(approver, { action: 'approve', note: '同意' });
  if (round.until === 'approved' || !later(3)) return;
  const digits = [0, 0, 0].map(() => draw.between(0, 9)).join(' ');
  await act(planner, { action: 'draw', publicValue: digits });
  now += HOUR;
  await act(planner, { action: 'start' });
  const visits = await deps.db.query<{ id: string; unit_id: string; inspectors: string[] }>(
    null,
    `select v.id, v.unit_id, array(select i.person_id from inspection_visit_inspector i where i.visit_id = v.id order by i.seq) as inspectors
       from inspection_visit v where v.plan_id = $1 order by v.seq`,
    [id],
  );
  // Of the sealed one a visit is still to be made.
  for (const visit of round.until === 'sealed' ? visits.slice(0, -1) : visits) {
    if (!later(round.on >= '2023-06' ? 1 : 2)) return;
    await inspect(then, world, round, visit);
    now += 2 * HOUR;
  }
  if (round.until === 'sealed' || !later(2)) return;
  if (round.manner === 'covert')
    await act(world.chief, { action: 'open', reason: '现场督察已全部完成，转入单位说明和整改' });
  const opened = now;
  for (const visit of visits) {
    now = opened;
    await settle(deps, world, visit, planner, draw, opened);
  }
  const [left] = await deps.db.query<{ n: number; last: Date | null }>(
    null,
    `select count(*) filter (where f.status in ('open','answered'))::int as n, max(f.decided_at) as last from inspection_finding f join inspection_visit v on v.id = f.visit_id where v.plan_id = $1`,
    [id],
  );
  now = Math.max(opened, left!.last?.getTime() ?? 0);
  if (left!.n > 0 || !later(1)) return;
  await act(planner, {
    action: 'finish',
    note: `督察 ${visits.length} 个对象，发现的问题均已认定处理，整改情况见台账。`,
  });
}

interface Visit {
  readonly id: string;
  readonly unit_id: string;
  readonly inspectors: readonly string[];
}

/** Filled in and signed by both; how well the squadron does depends on the squadron. */
async function inspect(then: (at?: number) => Deps, world: World, round: Round, visit: Visit): Promise<void> {
  const at = then().clock.now();
  const squadron = world.squadrons.find(({ id }) => id === visit.unit_id)!;
  const draw = random(2023, 92, at / 1000, world.squadrons.indexOf(squadron));
  // In June the load of complaints rises, and so do the findings.
  const usual = round.on.startsWith('2023-06') ? 0.22 : 0.08;
  const risk = WEAK.some((name) => squadron.name.includes(name)) ? 0.45 : usual;
  const [first, second] = visit.inspectors.map((personId) => world.byPerson.get(personId)!) as [
    RequestActor,
    RequestActor,
  ];
  const items = await then().db.query<{ no: number; photo_required: boolean }>(
    null,
    'select no, photo_required from inspection_checklist_item where checklist_id = $1 order by no',
    [world.lists.get(round.checklist)],
  );
  const answers: Extract<VisitCommand, { action: 'record' }>['answers'] = [];
  for (const { no, photo_required } of items) {
    const fails = draw.chance(risk);
    const result = fails ? 'fail' : !photo_required && draw.chance(0.08) ? 'not_applicable' : 'pass';
    answers.push({
      no,
      result,
      ...(fails ? { note: FOUND[round.checklist][no]! } : {}),
      ...(photo_required
        ? { fileIds: [await photo(then(), draw, squadron, first, at - (items.length - no) * 240_000)] }
        : {}),
    });
  }
  const send = (actor: RequestActor, minutes: number, command: VisitCommand) => {
    const when = at + minutes * 60_000;
    return executeVisit(then(when), actor, visit.id, { commandId: drawnUuid(draw, when), command });
  };
  await send(first, 2, { action: 'record', answers });
  await send(first, 5, { action: 'sign' });
  await send(second, 9, { action: 'sign' });
}

/** Heard, decided, put right: those of the last weeks are still on their way. */
async function settle(
  deps: Deps,
  world: World,
  visit: Visit,
  planner: RequestActor,
  draw: Random,
  from: number,
): Promise<void> {
  const { calendar } = deps.workingTime;
  const leader = world.leaders.get(visit.unit_id);
  if (!leader) return;
  const findings = await deps.db.query<{ id: string; problem: string; type_code: string; workdays: number }>(
    null,
    `select f.id, f.problem, k.type_code, t.workdays from inspection_finding f join inspection_visit v on v.id = f.visit_id join inspection_plan pl on pl.id = v.plan_id
       join inspection_checklist_item k on k.checklist_id = pl.checklist_id and k.no = f.no join rectification_type t on t.code = k.type_code where f.visit_id = $1 order by f.no`,
    [visit.id],
  );
  for (const finding of findings) {
    const stop = from > LATEST ? STOPS[world.latest.count++ % STOPS.length]! : null;
    if (stop === 'asked') continue;
    let now = from;
    const later = (workdays: number): boolean => {
      now = calendar.addWorkdays(now, workdays) - draw.between(1, 6) * HOUR;
      return now < DEMO_OPENS - HOUR;
    };
    const then = (): Deps => ({ ...deps, clock: { now: () => now } });
    const act = (actor: RequestActor, command: FindingCommand) =>
      executeFinding(then(), actor, finding.id, { commandId: drawnUuid(draw, now), command });
    if (!later(stop ? 1 : draw.between(1, 2))) continue;
    const disputed = stop === 'disputed' || (!stop && draw.chance(0.15));
    await act(leader, { action: 'answer', accepted: !disputed, text: draw.pick(disputed ? DISPUTES : ANSWERS) });
    if (stop === 'answered' || stop === 'disputed' || !later(stop ? 1 : 2)) continue;
    if (disputed && draw.chance(0.5)) {
      await act(world.chief, { action: 'withdraw', reason: '经核对调度记录和通话清单，说明成立' });
      continue;
    }
    const { rectificationId } = await act(disputed ? world.chief : planner, {
      action: 'confirm',
      problem: finding.problem,
      type: finding.type_code,
      workdays: finding.workdays,
    });
    await putRight(deps, world, rectificationId!, leader, planner, draw, now, stop);
  }
}

async function putRight(
  deps: Deps,
  world: World,
  id: string,
  leader: RequestActor,
  planner: RequestActor,
  draw: Random,
  from: number,
  stop: Stop | null,
): Promise<void> {
  let now = from;
  /** What stops on its way gets there quickly. */
  const later = (usual: number): boolean => {
    const workdays = stop ? 1 : usual;
    now = deps.workingTime.calendar.addWorkdays(now, workdays) - draw.between(1, 6) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const then = (): Deps => ({ ...deps, clock: { now: () => now } });
  const act = (actor: RequestActor, command: RectificationCommand) =>
    executeRectification(then(), actor, id, { commandId: drawnUuid(draw, now), command });
  const fix = draw.pick(FIX);
  const squadron = world.squadrons.find((one) => one.id === leader.unitId)!;
  const handIn = async () =>
    act(leader, {
      action: 'submit',
      result: fix.result,
      lastingRule: fix.rule,
      fileIds: [await photo(then(), draw, squadron, leader, now - HOUR)],
    });
  if (stop === 'issued' || !later(1)) return;
  if (stop === 'objected') {
    await act(leader, { action: 'object', reason: '该路段当月已移交街道综合管理，附移交单' });
    return;
  }
  await act(leader, { action: 'plan', cause: fix.cause, measure: fix.measure });
  const weak = WEAK.some((name) => squadron.name.includes(name));
  if (!later(draw.between(2, weak ? 11 : 5))) return;
  if (stop === 'planned') return;
  await handIn();
  if (stop === 'submitted') return;
  if (stop === 'sent_back' || draw.chance(weak ? 0.4 : 0.1)) {
    if (!later(2)) return;
    await act(planner, { action: 'verify', passed: false, note: '现场复核仍有同样情况，退回重新整改' });
    if (stop === 'sent_back' || !later(draw.between(2, 4))) return;
    await handIn();
  }
  if (!later(draw.between(1, 3))) return;
  await act(planner, { action: 'verify', passed: true, note: '到现场复核，整改属实' });
  if (stop === 'verified') return;
  if (!later(draw.between(1, 3))) return;
  await act(world.chief, { action: 'sign_off' });
}

/** A plain picture with the time and place of its taking, stored as evidence. @returns its id */
async function photo(
  deps: Deps,
  draw: Random,
  at: { readonly lng: number; readonly lat: number },
  by: RequestActor,
  taken: number,
): Promise<string> {
  const content = picture(draw);
  const near = (degree: number) => Math.round((degree + (draw.next() - 0.5) * 0.01) * 1e6) / 1e6;
  const { id } = await deps.files.put({
    stream: Readable.from([content]),
    name: `现场照片-${new Date(taken + 8 * HOUR).toISOString().slice(11, 16).replace(':', '')}.png`,
    purpose: 'evidence',
    maxBytes: 1_000_000,
    createdBy: by.personId,
    captured: {
      at: new Date(taken),
      lng: near(at.lng),
      lat: near(at.lat),
      sha256: createHash('sha256').update(content).digest('hex'),
    },
  });
  return id;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, check]);
}
/** A street in flat colours: sky, houses, pavement. PNG, 160 × 120. */
function picture(draw: Random): Buffer {
  const [width, height] = [160, 120];
  const sky = [150 + draw.between(0, 70), 180 + draw.between(0, 50), 220];
  const houses = Array.from({ length: 8 }, () => ({
    top: draw.between(20, 60),
    color: [draw.between(90, 200), draw.between(90, 180), draw.between(80, 160)],
  }));
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const house = houses[Math.floor(x / 20)]!;
      const isWindow = y > house.top + 6 && x % 10 > 3 && x % 10 < 8 && y % 14 > 7;
      const color = y > 92 ? [120, 122, 126] : y < house.top ? sky : isWindow ? [60, 72, 90] : house.color;
      rows.set(color, y * (1 + width * 3) + 1 + x * 3);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
