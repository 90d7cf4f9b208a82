import type { Measure } from '@bihuan/contract/analysis';
import type { Deps } from '../../platform/deps.ts';
import { draftWeek, findHotSpots, lastWeek } from '../../reports/analysis/index.ts';
import { DEMO_OPENS } from './world.ts';

const DAY = 86_400_000;
/** Finished analyses before the one that waits as a draft. */
const FINISHED = 3;
/** What was done, the first week and later, by words of the category. */
const ANSWERS: readonly (readonly [about: string, first: string, later: string])[] = [
  [
    '油烟',
    '属地中队到场核查，责令商户停用未装净化器的灶台，限期整改',
    '会同街镇、生态环境部门联合检查，逾期未改的立案处罚，每日夜间复查',
  ],
  ['', '属地中队到场核查，三日内逐件回访诉求人', '会同街镇约谈责任人，明确整改期限，每周复查一次'],
];

/** Three weeks' analyses finished, with measures on what rose, and the last week's first draft as the system writes it. */
export async function furnishWeeks(deps: Deps): Promise<void> {
  const last = Date.parse(`${lastWeek(DEMO_OPENS)}T00:00:00+08:00`);
  for (let ago = FINISHED; ago >= 0; ago--) {
    const monday = last - ago * 7 * DAY;
    const from = new Date(monday + DAY / 3).toISOString().slice(0, 10);
    // Written on the Monday after, at 6:20.
    const written = monday + 7 * DAY + 6 * 3_600_000 + 20 * 60_000;
    if (!(await draftWeek({ ...deps, clock: { now: () => written } }, from, null)) || ago === 0) continue;
    const { rises } = await findHotSpots(
      deps.db,
      'everything',
      new Date(monday + 6 * DAY + DAY / 3).toISOString().slice(0, 10),
    );
    const measures: Measure[] = (rises ?? []).map(({ spot, observed, matters }) => {
      const [, first, later] = ANSWERS.find(([about]) => spot.label.includes(about))!;
      return {
        text: ago === FINISHED ? first : later,
        unitId: matters[0]?.unit?.id ?? null,
        dueOn: new Date(monday + 9 * DAY + DAY / 3).toISOString().slice(0, 10),
        spot,
        before: observed,
      };
    });
    await deps.db.query(
      null,
      `update weekly_analysis set state = 'finished', measures = $2, version = 3, finished_at = $3,
              edited_by = (select person_id from posting where role = 'coordination_clerk' and ended_on is null order by person_id limit 1),
              finished_by = (select person_id from posting where role = 'coordination_chief' and ended_on is null order by person_id limit 1)
        where week_from = $1::date`,
      [from, JSON.stringify(measures), new Date(written + 4 * 3_600_000)],
    );
  }
}
