import type { ListingCommand, NewListing } from '@bihuan/contract/listing';
import { executeListing, proposeForListing } from '../../modules/listing/index.ts';
import { executeRectification } from '../../modules/rectification/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { actorsByUsername } from './actors.ts';
import { paperOf } from './papers.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { DEMO_OPENS } from './world.ts';

const HOUR = 3_600_000;
/** Repeat matters that were listed in the course of the year. */
const MATTERS = 9;

interface Case {
  readonly at: number;
  readonly unitId: string;
  readonly source: Pick<NewListing, 'source' | 'sourceNote' | 'matterId'>;
  readonly level: NewListing['level'];
  readonly subject: string;
  readonly reason: string;
  readonly demand: string;
  /** Refused, sent back once, straight on, or silent after the first report. */
  readonly course: 'refused' | 'sent_back' | 'straight' | 'rectified' | 'stuck';
  /** Forgets a report now and then. */
  readonly careless?: boolean;
}

/** What the press or a grave case brought; the squadron by its code. */
const GIVEN: readonly (Omit<Case, 'at' | 'unitId'> & { readonly day: string; readonly squadron: string })[] = [
  {
    day: '2022-09-14',
    squadron: 'dachang',
    source: { source: 'media', sourceNote: '2022年9月13日 上海电视台《新闻坊》' },
    level: 'bureau',
    subject: '大场镇沿街夜市占道经营、油烟扰民',
    reason: '媒体曝光后一周内又接到诉件，现有值守只到二十一时，撤岗后随即回潮。',
    demand: '值守延至零时，连续三周无占道；油烟净化设施逐户核验。',
    course: 'rectified',
  },
  {
    day: '2023-02-20',
    squadron: 'songnan',
    source: { source: 'media', sourceNote: '2023年2月18日《新民晚报》社会版' },
    level: 'bureau',
    subject: '淞南镇在建工地夜间运输、道路污染',
    reason: '曝光当日未到场，次日处置只作口头劝阻，没有取证。',
    demand: '夜间错时检查四周，抛洒滴漏一律立案；与建设、公安建立通报。',
    course: 'sent_back',
    careless: true,
  },
  {
    day: '2023-03-16',
    squadron: 'gucun',
    source: { source: 'case', sourceNote: '宝城执立〔2023〕第0316号' },
    level: 'district',
    subject: '顾村镇住宅擅自拆改承重结构案',
    reason: '涉及整栋楼住户安全，首次到场后未当日责令停止施工。',
    demand: '十个工作日内完成房屋检测委托和恢复方案备案，恢复施工全程旁站。',
    course: 'straight',
  },
  {
    day: '2023-05-16',
    squadron: 'dachang',
    source: { source: 'media', sourceNote: '2023年5月15日 澎湃新闻' },
    level: 'bureau',
    subject: '大场镇小区底商违规敲墙开店',
    reason: '曝光的三处中两处曾有诉件，均以“已劝阻”办结。',
    demand: '三处逐一立案，恢复承重墙体并经检测合格。',
    course: 'stuck',
  },
  {
    day: '2023-06-01',
    squadron: 'songnan',
    source: { source: 'media', sourceNote: '2023年5月31日 上海电视台《民生一网通》' },
    level: 'bureau',
    subject: '淞南镇中考考点周边夜间施工噪声',
    reason: '考前一周集中投诉，首次处置后当晚又施工。',
    demand: '考试期间零投诉，考后两周每夜巡查一次。',
    course: 'straight',
  },
  {
    day: '2023-05-22',
    squadron: 'yanghang',
    source: { source: 'media', sourceNote: '2023年5月20日 政务微博网友投诉，转发二百余次' },
    level: 'section',
    subject: '杨行镇商业广场周边共享单车、广告灯箱乱设',
    reason: '同类问题年内第二次被曝光。',
    demand: '清理灯箱，会同企业定出停放点和每日清运时间。',
    course: 'straight',
    careless: true,
  },
  {
    day: '2023-06-21',
    squadron: 'miaohang',
    source: { source: 'case', sourceNote: '宝城执立〔2023〕第0619号' },
    level: 'bureau',
    subject: '庙行镇违法搭建复建案',
    reason: '拆除后一个月内复建，当事人拒不配合。',
    demand: '查明复建责任，依法强制拆除并落实看管。',
    course: 'straight',
  },
];
const REPORTS = [
  '已排定值守班次，本期到场六次，现场劝离四次，立案一件。',
  '与街镇、物业开过协调会，明确了各自地段和时间，本期没有新的诉件。',
  '当事人已签承诺书，设施正在安装；仍有一处夜间反复，已加派人员。',
  '逐户上门核对完毕，清单附后；未整改的两户已发责令改正通知书。',
];

/** A year of listed supervision, each step through the same services as a real one, at its own time. Safe to repeat. */
export async function furnishListings(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from listing limit 1');
  if (known) return;
  const actors = await actorsByUsername(deps);
  const cases = [...(await matterCases(deps)), ...(await givenCases(deps))].sort((a, b) => a.at - b.at);
  const draw = random(2023, 92);
  for (const [index, one] of cases.entries()) await follow(deps, actors, draw, one, index);
}

async function givenCases(deps: Deps): Promise<Case[]> {
  const rows = await deps.db.query<{ id: string; code: string }>(
    null,
    "select id, code from unit where kind = 'squadron'",
  );
  return GIVEN.flatMap(({ day, squadron, ...rest }) => {
    const unit = rows.find(({ code }) => code === squadron);
    return unit ? [{ ...rest, at: Date.parse(`${day}T10:00:00+08:00`), unitId: unit.id }] : [];
  });
}

/** The matters with most orders, listed when half of their orders had come: some of them come back after the delisting. */
async function matterCases(deps: Deps): Promise<Case[]> {
  const rows = await deps.db.query<{ id: string; unit_id: string; category: string; town: string; at: Date }>(
    null,
    `select m.id, m.unit_id, coalesce(k.name, '市容环境') as category, coalesce(t.name, u.name) as town,
            (select o.received_at from matter_order o where o.matter_id = m.id order by o.received_at offset (m.order_count + 1) / 2 limit 1) as at
       from matter m join unit u on u.id = m.unit_id and u.kind = 'squadron' left join category k on k.code = m.category_code left join unit t on t.id = m.town_id
      where m.order_count >= 4 and k.code is distinct from (select code from category where name = '政策咨询') order by m.order_count desc, m.id limit $1`,
    [MATTERS],
  );
  const COURSES = ['rectified', 'straight', 'sent_back', 'refused', 'rectified'] as const;
  return rows.map((row, index) => ({
    at: row.at.getTime(),
    unitId: row.unit_id,
    source: { source: 'matter', matterId: row.id },
    level: index % 3 === 0 ? 'section' : 'bureau',
    subject: `${row.town}一处${row.category}问题反复诉求`,
    reason: '同一事项多次办结后再来诉件，两次以上重办，前期措施没有管住。',
    demand: '查清反复的原因，定出固定措施和责任人，连续两周没有新的诉件。',
    course: COURSES[index % COURSES.length]!,
    careless: index % 4 === 1,
  }));
}

async function follow(
  deps: Deps,
  actors: ReadonlyMap<string, RequestActor>,
  draw: Random,
  one: Case,
  index: number,
): Promise<void> {
  const all = [...actors.values()];
  const supervisors = all.filter(({ role }) => role === 'supervisor');
  const owner = all.find(({ role, unitId }) => role === 'squadron_leader' && unitId === one.unitId);
  const clerk = all.find(({ role, unitId }) => role === 'squadron_clerk' && unitId === one.unitId);
  const leaders = ['fujuzhang1', 'fujuzhang2', 'fujuzhang3'].map((name) => actors.get(name)!);
  if (!owner || !clerk) return;
  const leader = leaders[index % leaders.length]!;
  const decider = actors.get('juzhang')!;
  const chief = actors.get('jiandu-kezhang')!;
  const checker = draw.pick(supervisors);
  const { calendar } = deps.workingTime;
  let now = one.at;
  /** The next step, so many working days on, in office hours. */
  const later = (workdays: number): boolean => {
    now = calendar.addWorkdays(now, workdays) - draw.between(1, 7) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const then = (): Deps => ({ ...deps, clock: { now: () => now } });
  const commandId = () => drawnUuid(draw, now);
  const paper = (by: RequestActor, title: string, line: string) =>
    paperOf(deps, by, title, [one.subject, line, `${now}`]);
  if (!later(2)) return;
  const { id } = await proposeForListing(then(), index % 2 === 0 ? chief : checker, {
    commandId: commandId(),
    listing: {
      ...one.source,
      level: one.level,
      subject: one.subject,
      reason: one.reason,
      demand: one.demand,
      ownerUnitId: one.unitId,
      leaderId: leader.personId,
      workdays: one.level === 'district' ? 30 : 20,
      reportEvery: 5,
    },
  });
  const act = (by: RequestActor, command: ListingCommand) =>
    executeListing(then(), by, id, { commandId: commandId(), command });

  if (!later(1)) return;
  if (one.course === 'refused') {
    await act(decider, { action: 'refuse', reason: '先由中队按事项方案办理，一个月后仍反复再提请。' });
    return;
  }
  await act(decider, { action: 'approve', note: '同意挂牌，由分管局领导督办。' });
  for (const turn of [0, 1, 2]) {
    if (!later(turn === 0 ? 4 : 5)) return;
    if (!(one.careless && turn === 1))
      await act(turn === 1 ? clerk : owner, { action: 'report', note: REPORTS[(index + turn) % REPORTS.length]! });
    if (turn === 0) {
      if (!later(1)) return;
      const fileIds = [await paper(checker, '到场核查记录', '两名督察人员到场，现场仍有反复，已拍照。')];
      await act(checker, {
        action: 'visit',
        note: '到场核查，措施已开始落实，现场仍有反复，已要求补齐台账。',
        fileIds,
      });
      if (one.course === 'stuck') return;
      if (one.course === 'rectified') await rectify(deps, { act, checker, owner, chief, id, draw, later, then });
    }
  }
  const ask = async () =>
    act(owner, {
      action: 'ask_delisting',
      result: '固定值守和巡查到位，近两周没有新的诉件，责任人和长效措施已公示。',
      fileIds: [await paper(owner, '整治情况报告', '附值守表、照片和诉求人回访记录。')],
    });
  if (!later(2)) return;
  await ask();
  if (!later(2)) return;
  if (one.course === 'sent_back') {
    await act(checker, { action: 'verify', passed: false, result: '晚间到场抽查，两处仍有反复，值守表与实际不符。' });
    if (!later(6)) return;
    await ask();
    if (!later(2)) return;
  }
  await act(checker, {
    action: 'verify',
    passed: true,
    result: '早晚各到场一次，现场整洁，抽访三户诉求人均表示已解决。',
  });
  if (!later(2)) return;
  if (await openRectifications(deps, id)) return;
  await act(decider, { action: 'delist', note: '同意摘牌，转日常巡查，一个月后回头看。' });
}

async function openRectifications(deps: Deps, id: string): Promise<boolean> {
  const rows = await deps.db.query(
    null,
    "select 1 from rectification where source_id = $1 and status not in ('closed','cancelled')",
    [id],
  );
  return rows.length > 0;
}

/** What the check on site found is put right by the one ledger before the delisting. */
async function rectify(
  deps: Deps,
  {
    act,
    checker,
    owner,
    chief,
    id,
    draw,
    later,
    then,
  }: {
    act: (by: RequestActor, command: ListingCommand) => Promise<unknown>;
    checker: RequestActor;
    owner: RequestActor;
    chief: RequestActor;
    id: string;
    draw: Random;
    later: (workdays: number) => boolean;
    then: () => Deps;
  },
): Promise<void> {
  await act(checker, {
    action: 'open_rectification',
    type: 'street',
    problem: '到场核查时值守人员不在岗，台账缺三日记录',
    workdays: 7,
  });
  const [made] = await deps.db.query<{ id: string }>(
    null,
    "select id from rectification where source = 'listing' and source_id = $1",
    [id],
  );
  const put = (by: RequestActor, command: Parameters<typeof executeRectification>[3]['command']) =>
    executeRectification(then(), by, made!.id, { commandId: drawnUuid(draw, then().clock.now()), command });
  if (!later(1)) return;
  await put(owner, { action: 'plan', cause: '换班时间没有衔接', measure: '重排班次，换班在现场交接并签字' });
  if (!later(2)) return;
  await put(owner, {
    action: 'submit',
    result: '班次已重排，补齐台账，中队长每日抽查一次',
    lastingRule: '换班须现场交接签字，内勤次日核对',
    fileIds: [await paperOf(deps, owner, '整改情况说明', ['值守台账补齐', `${then().clock.now()}`])],
  });
  if (!later(1)) return;
  await put(checker, { action: 'verify', passed: true, note: '抽查三日台账和换班现场，属实' });
  if (!later(1)) return;
  await put(chief, { action: 'sign_off' });
}
