import type { VisitCommand } from '@bihuan/contract/on-site';
import { nextPeriod, type Period, parsePeriod, periodInstants } from '@bihuan/domain/indicator';
import { MOVEMENTS } from '@bihuan/domain/on-site';
import { dateAt } from '@bihuan/domain/workday';
import { executeVisit, planOneVisit } from '../../modules/on-site/index.ts';
import { executeRectification } from '../../modules/rectification/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { causeOf, lookBackOf, proposalsOf } from '../../reports/on-site/index.ts';
import { actorsByUsername } from './actors.ts';
import { paperOf } from './papers.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { DEMO_OPENS } from './world.ts';

const HOUR = 3_600_000;
const FIRST_MONTH = '2022-09';
/** Visits a month at most; the same squadron not two months running. */
const A_MONTH = 2;

interface Talk {
  readonly minutes: string;
  readonly commitments: readonly string[];
  readonly problem: string;
  readonly answer: string;
}
const TALKS: readonly Talk[] = [
  {
    minutes:
      '带队领导与中队班子逐件过堂上月未解决的诉件。主要原因：一是签收后平均一天半才指派；二是夜间问题白天到场；三是办结前没有与诉求人见面。现场抽看三件，两件的照片不是当日拍摄。',
    commitments: [
      '签收当日指派到人，内勤下班前核对',
      '夜间问题由夜班办理，错时检查表每周公布',
      '办结前与诉求人见面或视频确认',
    ],
    problem: '签收后未当日指派，夜间诉件白天到场，办结前未与诉求人确认',
    answer:
      '已调整班次，夜间诉件由夜班办理；内勤每日十一时、十六时各核对一次未指派诉件；上周办结的诉件均已与诉求人确认。',
  },
  {
    minutes: '到中队和两处点位查看。重办集中在三家商户，口头劝阻多、立案少；与街镇、市场监管没有约定共同到场的时间。',
    commitments: ['三家商户一周内立案', '与街镇、市场监管每月两次共同到场', '同一点位两次重办的由中队长到场'],
    problem: '同一商户多次口头劝阻，未固定证据立案',
    answer: '三家商户均已立案，其中一家已作出处罚决定；已与街镇约定每月第一、第三个周四共同到场。',
  },
  {
    minutes:
      '听取两名经办人说明，查看台账。需要物业配合的诉件没有申请暂停，临近到期才退单；解释答复用语生硬，诉求人不认可。',
    commitments: ['需外单位配合的，当日申请暂停并写明等待事项', '答复由组长审核，周五集中讲评一次'],
    problem: '需外单位配合的诉件未按规定申请暂停，答复未经审核',
    answer: '已组织学习暂停、延期的规定，补办两件；答复由组长审核签字，已讲评两次。',
  },
];

/** Each month's visits from planning to looking back, by the rule and through the services, at their own time. Safe to repeat. */
export async function furnishVisits(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from on_site_visit limit 1');
  if (known) return;
  const actors = await actorsByUsername(deps);
  const draw = random(2023, 93);
  let lately: string[] = [];
  for (let month = parsePeriod(FIRST_MONTH); periodInstants(month).to < DEMO_OPENS; month = nextPeriod(month)) {
    const begun = deps.workingTime.calendar.addWorkdays(periodInstants(month).to, 2) - 5 * HOUR;
    const planner = actors.get('jiandu-kezhang')!;
    if (begun >= DEMO_OPENS) break;
    const { items } = await proposalsOf({ ...deps, clock: { now: () => begun } }, planner, month.text);
    const chosen = items.filter(({ unit }) => !lately.includes(unit.id)).slice(0, A_MONTH);
    for (const { unit } of chosen) await visit(deps, actors, draw, month, unit.id, begun);
    lately = chosen.map(({ unit }) => unit.id);
  }
}

async function visit(
  deps: Deps,
  actors: ReadonlyMap<string, RequestActor>,
  draw: Random,
  month: Period,
  unitId: string,
  begun: number,
): Promise<void> {
  const all = [...actors.values()];
  const planner = actors.get('jiandu-kezhang')!;
  const helper = actors.get('jiandu01')!;
  const owner = all.find((one) => one.role === 'squadron_leader' && one.unitId === unitId);
  const leader = draw.pick(['fujuzhang1', 'fujuzhang2', 'fujuzhang3'].map((name) => actors.get(name)!));
  if (!owner) return;
  const { calendar } = deps.workingTime;
  const talk = draw.pick(TALKS);
  let now = begun;
  const then = (): Deps => ({ ...deps, clock: { now: () => now } });
  const later = (workdays: number): boolean => {
    now = calendar.addWorkdays(now, workdays) - draw.between(1, 6) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const commandId = () => drawnUuid(draw, now);
  const on = (workdays: number): string => dateAt(calendar.addWorkdays(now, workdays));
  const plan = {
    month: month.text,
    unitId,
    plannedOn: on(4),
    leaderId: leader.personId,
    participantIds: [planner.personId, helper.personId],
  };
  const { id } = await planOneVisit(
    then(),
    planner,
    { commandId: commandId(), visit: plan },
    await causeOf(then(), plan),
  );
  const act = (by: RequestActor, command: VisitCommand) =>
    executeVisit(then(), by, id, { commandId: commandId(), command });
  if (!later(4)) return;
  await act(helper, {
    action: 'minute',
    visitedOn: dateAt(now),
    minutes: talk.minutes,
    commitments: talk.commitments.map((text, index) => ({ text, dueOn: on(5 * (index + 1)) })),
    fileIds: [await paperOf(deps, helper, '到场督导签到与记录', [talk.minutes, `${now}`])],
  });
  if (draw.chance(0.7)) {
    await act(helper, { action: 'open_rectification', type: 'unsolved', problem: talk.problem, workdays: 7 });
    await putRight(deps, then, later, draw, { id, talk, owner, helper, planner });
  }
  if (!later(3)) return;
  await act(owner, { action: 'answer', answer: talk.answer });
  // Looked back on once the month after the visit is over.
  const visitedIn = parsePeriod(dateAt(now).slice(0, 7));
  now = calendar.addWorkdays(periodInstants(nextPeriod(visitedIn)).to, 3) - 4 * HOUR;
  if (now >= DEMO_OPENS) return;
  const { movement, before, after } = await lookBackOf(then(), planner, id);
  const rate = (figure: { numerator: number; denominator: number }) => `${figure.numerator}／${figure.denominator}`;
  await act(planner, {
    action: 'conclude',
    conclusion: `解决率由 ${rate(before)} 变为 ${after ? rate(after) : '无数据'}，${MOVEMENTS[movement]}。${
      movement === 'better' ? '承诺事项已兑现，不再列入。' : '承诺事项已兑现，但还不能说已经好转，继续跟踪下月排名。'
    }`,
  });
}

async function putRight(
  deps: Deps,
  then: () => Deps,
  later: (workdays: number) => boolean,
  draw: Random,
  cast: { id: string; talk: Talk; owner: RequestActor; helper: RequestActor; planner: RequestActor },
): Promise<void> {
  const { id, talk, owner, helper, planner } = cast;
  const [made] = await deps.db.query<{ id: string }>(
    null,
    "select id from rectification where source = 'on_site' and source_id = $1",
    [id],
  );
  const put = (by: RequestActor, command: Parameters<typeof executeRectification>[3]['command']) =>
    executeRectification(then(), by, made!.id, { commandId: drawnUuid(draw, then().clock.now()), command });
  if (!later(1)) return;
  await put(owner, { action: 'plan', cause: '班次和审核没有跟上', measure: talk.commitments.join('；') });
  if (!later(3)) return;
  await put(owner, {
    action: 'submit',
    result: talk.answer,
    lastingRule: talk.commitments[0]!,
    fileIds: [await paperOf(deps, owner, '督导整改情况说明', [talk.answer, `${then().clock.now()}`])],
  });
  if (!later(2)) return;
  await put(helper, { action: 'verify', passed: true, note: '抽查一周指派和办结记录，属实' });
  if (!later(1)) return;
  await put(planner, { action: 'sign_off' });
}
