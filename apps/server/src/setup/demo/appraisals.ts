import type { AppraisalAction } from '@bihuan/domain/appraisal';
import type { Deps } from '../../platform/deps.ts';
import { commandAppraisalOf, makeAppraisalOf } from '../../reports/appraisal/index.ts';
import { actorsByUsername } from './actors.ts';
import { drawnUuid, random } from './random.ts';

const DAY = 86_400_000;
/** The first two are confirmed, the last waits for what the squadrons have to say. */
const MADE = [
  { audience: 'unit', period: '2023-04', at: '2023-05-08T10:00:00+08:00', confirmed: true },
  { audience: 'unit', period: '2023-05', at: '2023-06-06T10:00:00+08:00', confirmed: true },
  { audience: 'person', period: '2023-Q1', at: '2023-04-10T10:00:00+08:00', confirmed: true },
  { audience: 'unit', period: '2023-06', at: '2023-07-03T08:40:00+08:00', confirmed: false },
] as const;

/** Appraisals of the months before the demo opens, through the hands they pass. Safe to repeat. */
export async function furnishAppraisals(deps: Deps): Promise<void> {
  const [known] = await deps.db.query(null, 'select 1 from appraisal limit 1');
  if (known) return;
  const actors = await actorsByUsername(deps);
  const draw = random(2023, 96);
  for (const { audience, period, at, confirmed } of MADE) {
    const begun = Date.parse(at);
    const then = (days: number): Deps => ({ ...deps, clock: { now: () => begun + days * DAY } });
    const id = () => drawnUuid(draw, begun);
    const made = await makeAppraisalOf(then(0), actors.get('zhenggong01')!, { commandId: id(), audience, period });
    const act = (username: string, days: number, version: number, action: AppraisalAction) =>
      commandAppraisalOf(then(days), actors.get(username)!, made.id, { commandId: id(), version, action });
    const { version } = await act('zhenggong-kezhang', 0.01, 1, 'ask');
    if (confirmed) await act('juzhang', 14, version, 'confirm');
  }
}
