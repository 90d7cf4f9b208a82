import {
  commandRectification,
  exportRectifications,
  findRecurrences,
  getRectification,
  issueRectification,
  listRectifications,
  rectificationBoard,
  rectificationCandidates,
  rectificationReference,
} from '@bihuan/contract/rectification';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { rectificationBoardOf } from './board.query.ts';
import { candidates, rectificationDetail, referenceView } from './detail.query.ts';
import { exportLedger } from './export.service.ts';
import { rectificationPage, recurrencesOf } from './rectification.query.ts';
import { executeRectification, issueByHand } from './rectification.service.ts';
import { sweepRectifications } from './reminder.jobs.ts';

export { executeRectification, type Finding, openRectification } from './rectification.service.ts';
export { sweepRectifications } from './reminder.jobs.ts';

const REMIND_TASK = 'rectification.remind';

/** 整改台账: the one ledger of what is to be put right, wherever it was found. */
export function registerRectification(api: FastifyInstance, deps: Deps): void {
  bind(api, listRectifications, ({ actor, query }) => rectificationPage(deps, actor, query));
  bind(api, exportRectifications, async ({ actor, query, reply }) => {
    await exportLedger(deps, actor, query, reply);
    return undefined;
  });
  bind(api, rectificationBoard, ({ actor, query }) => rectificationBoardOf(deps, actor, query));
  bind(api, rectificationReference, ({ actor }) => referenceView(deps, actor));
  bind(api, rectificationCandidates, ({ actor, query }) => candidates(deps, actor, query.unitId));
  bind(api, findRecurrences, async ({ actor, query }) => ({
    items: await recurrencesOf(deps, actor, query.unitId, query.type),
  }));
  bind(api, issueRectification, ({ actor, body }) => issueByHand(deps, actor, body));
  bind(api, getRectification, ({ actor, params }) => rectificationDetail(deps, actor, params.id));
  bind(api, commandRectification, ({ actor, params, body }) => executeRectification(deps, actor, params.id, body));
  deps.jobs.handle(REMIND_TASK, async (_payload, { signal }) => {
    await sweepRectifications(deps, signal);
  });
  deps.jobs.schedule(REMIND_TASK, '* * * * *');
}
