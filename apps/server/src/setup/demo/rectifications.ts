import { Readable } from 'node:stream';
import type { RectificationCommand } from '@bihuan/contract/rectification';
import { executeRectification, openRectification } from '../../modules/rectification/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { actorsByUsername } from './actors.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { DEMO_OPENS } from './world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Orders that went wrong and were pursued, a month. */
const A_MONTH = 9;

interface Subject {
  readonly problem: (title: string, number: string) => string;
  readonly cause: readonly string[];
  readonly measure: readonly string[];
  readonly result: readonly string[];
  readonly rule: readonly string[];
}
const SUBJECTS: Readonly<Record<'late' | 'unsolved', Subject>> = {
  late: {
    problem: (title, number) => `诉件${number}“${title}”超过办理时限才办结，期间没有申请延期`,
    cause: [
      '内勤签收后没有当日指派，经办人到岗时已过半',
      '经办人连续值夜班，没有安排代办',
      '等物业答复，没有按规定申请暂停计时',
    ],
    measure: [
      '签收当日指派到人，午间和下班前各查一次临期诉件',
      '值夜班的诉件由组长指定代办人',
      '需要外单位配合的，先申请暂停再等候',
    ],
    result: [
      '已补做回访并向诉求人说明；近两周临期诉件全部按时办结',
      '已按措施排班，代办人名单上墙；本周无超期',
      '已学习暂停计时的规定，补办手续三件',
    ],
    rule: [
      '临期诉件每日两次清单到人，中队长签字',
      '排班表注明代办人，月底内勤核对一次',
      '暂停、延期一律在系统中申请，口头无效',
    ],
  },
  unsolved: {
    problem: (title, number) => `诉件${number}“${title}”两次以上重办，诉求人回访仍称未解决`,
    cause: [
      '只在上班时间到场，当事人不在，没有错时检查',
      '只作口头劝阻，没有固定证据和立案',
      '答复时没有核对现场，照片是前一次的',
    ],
    measure: [
      '安排夜间和周末错时检查，连续两周',
      '逾期不改的立案处罚，同步抄告街镇',
      '结案前由组长到现场复核并与诉求人见面',
    ],
    result: [
      '错时检查八次，立案一件，诉求人当面表示已改善',
      '已立案处罚并拆除，诉求人回访满意',
      '组长复核三处，补拍照片，诉求人确认已解决',
    ],
    rule: [
      '同一地点两次重办的，中队长到场并定出错时检查表',
      '口头劝阻两次无效即立案，内勤登记',
      '结案照片须当日拍摄，内勤逐件核对时间',
    ],
  },
};
const OBJECTIONS = ['到期当日街镇更改责任单位，转派后重新起算', '诉求人要求缓办，已留通话录音'];

interface Wrong {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly unit_id: string;
  readonly at: Date;
  readonly kind: 'late' | 'unsolved';
}

/**
 * A year of the ledger: orders that ran over or were reopened again and again, pursued by supervision. Each goes through the
 * same services as a real one, at its own time; those of the last weeks are still on their way. Safe to repeat.
 */
export async function furnishRectifications(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from rectification limit 1');
  if (known) return;
  const wrong = await deps.db.query<Wrong>(
    null,
    `select id, number, title, unit_id, at, kind from (
       select c.id, c.number, c.title, r.unit_id, coalesce(r.concluded_at, r.due_at) as at, case when c.reopen_count >= 2 then 'unsolved' else 'late' end as kind,
              row_number() over (partition by date_trunc('month', coalesce(r.concluded_at, r.due_at)) order by c.reopen_count desc, md5(c.id::text)) as place
         from complaint c join handling_round r on r.complaint_id = c.id and r.round = c.round join unit u on u.id = r.unit_id and u.kind = 'squadron'
        where c.received_at < $1 and r.excluded_at is null and (c.reopen_count >= 2 or r.concluded_at > r.due_at + interval '4 hours')) w
      where place <= ${A_MONTH} and at < $1 order by at, id`,
    [new Date(DEMO_OPENS - DAY)],
  );
  const cast = castOf(await actorsByUsername(deps));
  const draw = random(2023, 90);
  /** Last signed off of a unit and kind: the next within half a year is a recurrence. */
  const closed = new Map<string, { id: string; at: number }>();
  for (const order of wrong) {
    const leader = cast.leaders.get(order.unit_id);
    if (leader) await pursue(deps, cast, draw, order, leader, closed);
  }
}

function castOf(actors: ReadonlyMap<string, RequestActor>) {
  const all = [...actors.values()];
  return {
    supervisors: all.filter(({ role }) => role === 'supervisor'),
    chief: actors.get('jiandu-kezhang')!,
    director: actors.get('fujuzhang1')!,
    leaders: new Map(
      all.filter(({ role }) => role === 'squadron_leader').map((actor) => [actor.unitId, actor] as const),
    ),
  };
}

async function pursue(
  deps: Deps,
  { supervisors, chief, director }: ReturnType<typeof castOf>,
  draw: Random,
  order: Wrong,
  leader: RequestActor,
  closed: Map<string, { id: string; at: number }>,
): Promise<void> {
  const { calendar } = deps.workingTime;
  const subject = SUBJECTS[order.kind];
  const which = draw.between(0, subject.cause.length - 1);
  const key = `${order.unit_id} ${order.kind}`;
  let now = 0;
  /** The next step, so many working days on, in office hours. */
  const later = (workdays: number): boolean => {
    now = calendar.addWorkdays(now, workdays) - draw.between(1, 7) * HOUR;
    return now < DEMO_OPENS - HOUR;
  };
  const then = (): Deps => ({ ...deps, clock: { now: () => now } });
  now = order.at.getTime();
  if (!later(2)) return;
  const issuer = draw.pick(supervisors);
  const former = closed.get(key);
  const recurrenceOf = former && now - former.at < 180 * DAY && draw.chance(0.5) ? former.id : null;
  const { id } = await deps.db.transaction((trx) =>
    openRectification(trx, then(), issuer, {
      source: 'complaint',
      complaintId: order.id,
      type: order.kind,
      problem: subject.problem(order.title, order.number),
      basis: '《12345诉件办理责任制规定》第九条',
      ownerUnitId: order.unit_id,
      workdays: order.kind === 'late' ? 5 : 7,
      recurrenceOf,
    }),
  );
  const act = (actor: RequestActor, command: RectificationCommand) =>
    executeRectification(then(), actor, id, { commandId: drawnUuid(draw, now), command });
  const evidence = async (): Promise<string> => {
    const text = `整改情况说明\n\n单位：${leader.unitName}\n事由：${order.title}\n经办：${leader.name}\n`;
    const stored = await then().files.put({
      stream: Readable.from([Buffer.from(`${text}${now}\n`)]),
      name: '整改情况说明.txt',
      purpose: 'evidence',
      maxBytes: 10_000,
      createdBy: leader.personId,
    });
    return stored.id;
  };
  const handIn = async () =>
    act(leader, {
      action: 'submit',
      result: subject.result[which]!,
      ...(recurrenceOf || draw.chance(0.4) ? { lastingRule: subject.rule[which]! } : {}),
      fileIds: [await evidence()],
    });

  if (!later(1)) return;
  if (draw.chance(0.08)) {
    await act(leader, { action: 'object', reason: draw.pick(OBJECTIONS) });
    if (!later(1)) return;
    const upheld = draw.chance(0.5);
    await act(chief, {
      action: 'decide_objection',
      upheld,
      reason: upheld ? '经核对转派记录，情况属实，撤销整改' : '规定应在到期前申请延期，理由不成立',
    });
    if (upheld || !later(1)) return;
  }
  await act(leader, { action: 'plan', cause: subject.cause[which]!, measure: subject.measure[which]! });
  if (draw.chance(0.1)) {
    if (!later(1)) return;
    await act(leader, { action: 'request_extension', workdays: 3, reason: '需街镇和物业一同到场，已约定日期' });
    if (!later(1)) return;
    await act(chief, { action: 'decide_extension', granted: true, reason: '情况属实，同意' });
  }
  if (!later(draw.between(1, draw.chance(0.15) ? 8 : 4))) return;
  await handIn();
  if (draw.chance(0.18)) {
    if (!later(draw.between(1, 2))) return;
    await act(issuer, { action: 'verify', passed: false, note: '材料只有说明，没有现场照片和诉求人意见，退回补充' });
    if (!later(draw.between(1, 3))) return;
    await handIn();
  }
  if (!later(draw.between(1, 3))) return;
  await act(issuer, { action: 'verify', passed: true, note: '到中队查看台账并抽访诉求人，整改属实' });
  if (!later(draw.between(1, 2))) return;
  await act(draw.chance(0.85) ? chief : director, { action: 'sign_off' });
  closed.set(key, { id, at: now });
}
