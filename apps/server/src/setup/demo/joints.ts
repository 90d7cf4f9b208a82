import type { JointCommand } from '@bihuan/contract/joint';
import type { Phase } from '@bihuan/domain/joint';
import { dateAt } from '@bihuan/domain/workday';
import { executeJoint, makeTask } from '../../modules/joint/index.ts';
import { executeRectification } from '../../modules/rectification/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { actorsByUsername } from './actors.ts';
import { paperOf } from './papers.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { DEMO_OPENS } from './world.ts';

const HOUR = 3_600_000;

interface Duty {
  readonly phase: Phase;
  /** Who does it, by the name he signs in with. */
  readonly by: string;
  readonly content: string;
  readonly note: string;
}
interface Plan {
  readonly day: string;
  readonly organiser: string;
  readonly title: string;
  readonly purpose: string;
  readonly duties: readonly Duty[];
  readonly minutes: string;
  readonly decision: { readonly by: string; readonly text: string; readonly type: string };
  readonly letter: { readonly to: string; readonly subject: string; readonly text: string };
  readonly summary: string;
}

const PLANS: readonly Plan[] = [
  {
    day: '2022-11-07',
    organiser: 'jiandu-kezhang',
    title: '大场镇餐饮集中区油烟联合督察',
    purpose: '中队、街镇、绿容共同到场，逐户核对油烟净化设施和店外占道，形成一张清单。',
    duties: [
      {
        phase: 'before',
        by: 'dachang-jiezhen',
        content: '提供餐饮商户名册和产权、招租信息',
        note: '名册六十二户，已标明净化设施安装情况。',
      },
      {
        phase: 'before',
        by: 'chengyun01',
        content: '提供近三个月热线工单点位',
        note: '工单点位四十一处，按门牌汇总。',
      },
      {
        phase: 'during',
        by: 'dachang-duizhang',
        content: '逐户检查，未装净化设施的责令改正',
        note: '检查六十二户，责令改正九户，立案三件。',
      },
      {
        phase: 'during',
        by: 'lvrong01',
        content: '清理店外绿化带内垃圾和油污',
        note: '清理绿化带四处，修复护栏两段。',
      },
      { phase: 'after', by: 'dachang-duizhang', content: '两周后逐户复查', note: '复查九户，八户已安装，一户停业。' },
    ],
    minutes: '会议听取名册核对和检查情况，议定：未安装净化设施的不得恢复营业；街镇在招租合同中写入净化设施要求。',
    decision: {
      by: 'dachang-duizhang',
      text: '对复查仍未安装净化设施的一户，七个工作日内作出处罚决定',
      type: 'street',
    },
    letter: {
      to: 'lvrong01',
      subject: '关于移交绿化带占用线索的函',
      text: '检查中发现商户在绿化带内搭设后厨通道两处，超出我局职责，现移交你局依职责处理，并请反馈结果。',
    },
    summary: '检查六十二户，整改九户，立案三件，移交线索两处；热线工单较上月减少。',
  },
  {
    day: '2023-03-06',
    organiser: 'xietiao-kezhang',
    title: '住宅小区违规装修（承重结构）联合督察',
    purpose: '房管、街镇、中队一同排查在装修工地，看承重结构，查备案，建立通报。',
    duties: [
      {
        phase: 'before',
        by: 'fangguan01',
        content: '提供装修备案名单和房屋结构图纸',
        note: '备案一百零八户，图纸已放入共享目录。',
      },
      {
        phase: 'before',
        by: 'youyi-jiezhen',
        content: '会同物业列出在装修门牌',
        note: '在装修二百一十三户，未备案一百零五户。',
      },
      {
        phase: 'during',
        by: 'youyi-duizhang',
        content: '逐户到场，发现敲墙当场责令停止',
        note: '到场二百一十三户，发现拆改承重结构四户，均已责令停止并取证。',
      },
      { phase: 'during', by: 'fangguan01', content: '对四户委托房屋安全检测', note: '四户检测报告已出，两户须加固。' },
      {
        phase: 'after',
        by: 'youyi-duizhang',
        content: '恢复施工旁站，复检合格后结案',
        note: '两户加固完成并复检合格，两户处罚已缴纳。',
      },
    ],
    minutes: '会议议定：未备案先施工的由物业当日报告；中队两小时内到场；房管三日内出具结构意见。',
    decision: { by: 'youyi-duizhang', text: '对四户拆改承重结构的，五个工作日内全部立案', type: 'structure' },
    letter: {
      to: 'fangguan01',
      subject: '关于移交物业未履行报告义务线索的函',
      text: '四户中有三户施工超过一周，物业未按规定报告，现将巡查记录移交你局处理。',
    },
    summary: '排查二百一十三户，立案四件，加固两户；物业报告制度已在全部小区公示。',
  },
  {
    day: '2023-06-12',
    organiser: 'jiandu-kezhang',
    title: '友谊路街道夜市与占道经营管执联动',
    purpose: '暑期前统一标准：街镇疏导、城运派单、中队执法，夜间共同值守。',
    duties: [
      {
        phase: 'before',
        by: 'youyi-jiezhen',
        content: '划定疏导点，告知商户',
        note: '疏导点三处、摊位四十六个，告知书已签收。',
      },
      {
        phase: 'before',
        by: 'chengyun01',
        content: '设夜间工单直派，十分钟派到中队',
        note: '直派已开通，平均六分钟。',
      },
      {
        phase: 'during',
        by: 'youyi-duizhang',
        content: '每晚七时至十一时值守，劝离、取证、立案',
        note: '值守十晚，劝离六十二起，立案五件。',
      },
      {
        phase: 'during',
        by: 'youyi-jiezhen',
        content: '每晚两名工作人员共同值守疏导点',
        note: '共同值守十晚，签到表附后。',
      },
      { phase: 'after', by: 'lvrong01', content: '每日零时后清扫疏导点及周边', note: '' },
      { phase: 'after', by: 'youyi-duizhang', content: '七月起每周抽查两晚，连续四周', note: '' },
    ],
    minutes: '会议议定：疏导点外一律劝离，两次不改立案；值守记录每日共享；投诉集中的路口增设照明。',
    decision: { by: 'youyi-duizhang', text: '对牡丹江路口两次劝离不改的三个摊位，三个工作日内立案', type: 'street' },
    letter: {
      to: 'lvrong01',
      subject: '关于请协助夜间清扫的函',
      text: '疏导点营业至二十三时，收摊后地面油污较重，请你局安排零时后清扫，费用另行商定。',
    },
    summary: '',
  },
];

/** Joint work of the year: two finished, one in its last phase, each step by whose part it is and at its own time. Safe to repeat. */
export async function furnishJointWork(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from joint_task limit 1');
  if (known) return;
  const actors = await actorsByUsername(deps);
  const draw = random(2023, 94);
  for (const plan of PLANS) await carryOut(deps, actors, draw, plan);
}

async function carryOut(
  deps: Deps,
  actors: ReadonlyMap<string, RequestActor>,
  draw: Random,
  plan: Plan,
): Promise<void> {
  const { calendar } = deps.workingTime;
  const start = Date.parse(`${plan.day}T09:30:00+08:00`);
  let now = start;
  const then = (): Deps => ({ ...deps, clock: { now: () => now } });
  const later = (workdays: number): boolean => {
    now = calendar.addWorkdays(now, workdays) - draw.between(1, 6) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const on = (workdays: number): string => dateAt(calendar.addWorkdays(start, workdays));
  const organiser = actors.get(plan.organiser)!;
  const who = (name: string) => actors.get(name)!;
  const commandId = () => drawnUuid(draw, now);
  const parties = [...new Set([...plan.duties.map(({ by }) => by), plan.letter.to].map((name) => who(name).unitId))];
  const { id } = await makeTask(then(), organiser, {
    commandId: commandId(),
    task: {
      title: plan.title,
      purpose: plan.purpose,
      partyIds: parties,
      phases: {
        before: { from: on(1), to: on(4) },
        during: { from: on(5), to: on(11) },
        after: { from: on(12), to: on(22) },
      },
    },
  });
  const act = (by: RequestActor, command: JointCommand) =>
    executeJoint(then(), by, id, { commandId: commandId(), command });
  const DUE = { before: 4, during: 11, after: 22 } as const;
  for (const { phase, by, content } of plan.duties)
    await act(organiser, { action: 'add_duty', phase, unitId: who(by).unitId, content, dueOn: on(DUE[phase]) });
  const ids = await deps.db.query<{ id: string; content: string }>(
    null,
    'select id, content from joint_duty where task_id = $1',
    [id],
  );
  for (const [index, duty] of plan.duties.entries()) {
    if (!later(phaseStep(plan.duties, index)) || duty.note === '') return;
    const dutyId = ids.find(({ content }) => content === duty.content)!.id;
    const by = who(duty.by);
    const fileIds = [await paperOf(deps, by, '任务完成情况', [plan.title, duty.note, `${now}`])];
    await act(by, { action: 'finish_duty', dutyId, note: duty.note, fileIds });
    if (!later(1)) return;
    await act(organiser, { action: 'confirm_duty', dutyId });
    if (index === 2) {
      await meet(deps, { act, organiser, who, plan, id, today: dateAt(now) });
      await putRight(deps, actors, draw, plan, id, now);
    }
    if (index === 3) {
      const { to, subject, text } = plan.letter;
      await act(organiser, { action: 'send_letter', toUnitId: who(to).unitId, subject, text });
      const [letter] = await deps.db.query<{ id: string }>(null, 'select id from joint_letter where task_id = $1', [
        id,
      ]);
      // The last one still waits for its receipt.
      if (plan.summary !== '' && later(1))
        await act(who(to), { action: 'receive_letter', letterId: letter!.id, receipt: '已收悉，转业务科室办理' });
    }
  }
  if (later(2)) await act(organiser, { action: 'close', summary: plan.summary });
}

const phaseStep = (duties: readonly Duty[], index: number): number =>
  index > 0 && duties[index]!.phase !== duties[index - 1]!.phase ? 4 : 2;

async function meet(
  deps: Deps,
  {
    act,
    organiser,
    who,
    plan,
    id,
    today,
  }: {
    act: (by: RequestActor, command: JointCommand) => Promise<unknown>;
    organiser: RequestActor;
    who: (name: string) => RequestActor;
    plan: Plan;
    id: string;
    today: string;
  },
): Promise<void> {
  await act(organiser, {
    action: 'add_meeting',
    heldOn: today,
    place: '局三楼会议室',
    minutes: plan.minutes,
    decisions: [{ unitId: who(plan.decision.by).unitId, text: plan.decision.text }],
  });
  const [decision] = await deps.db.query<{ id: string }>(
    null,
    'select e.id from joint_decision e join joint_meeting m on m.id = e.meeting_id where m.task_id = $1',
    [id],
  );
  await act(organiser, { action: 'rectify_decision', decisionId: decision!.id, type: plan.decision.type, workdays: 7 });
}

/** What the meeting decided, put right in the days after it. */
async function putRight(
  deps: Deps,
  actors: ReadonlyMap<string, RequestActor>,
  draw: Random,
  plan: Plan,
  id: string,
  decidedAt: number,
): Promise<void> {
  const owner = actors.get(plan.decision.by)!;
  const [made] = await deps.db.query<{ id: string }>(
    null,
    "select id from rectification where source = 'joint' and source_id = $1",
    [id],
  );
  const after = async (
    workdays: number,
    by: RequestActor,
    command: Parameters<typeof executeRectification>[3]['command'],
  ): Promise<void> => {
    const now = deps.workingTime.calendar.addWorkdays(decidedAt, workdays) - 2 * HOUR;
    if (now >= DEMO_OPENS - HOUR) return;
    await executeRectification({ ...deps, clock: { now: () => now } }, by, made!.id, {
      commandId: drawnUuid(draw, now),
      command,
    });
  };
  const fileIds = [await paperOf(deps, owner, '整改情况说明', [plan.decision.text, String(decidedAt)])];
  await after(1, owner, { action: 'plan', cause: '取证不及时，立案标准掌握不一', measure: '专人负责，按会议时限办理' });
  await after(4, owner, { action: 'submit', result: '已按会议决定办理完毕，文书编号见附件', fileIds });
  await after(6, actors.get('jiandu01')!, { action: 'verify', passed: true, note: '核对文书和现场，属实' });
  await after(7, actors.get('jiandu-kezhang')!, { action: 'sign_off' });
}
