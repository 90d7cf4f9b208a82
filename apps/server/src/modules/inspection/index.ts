import {
  commandFinding,
  commandPlan,
  commandVisit,
  createPlan,
  downloadDraw,
  editPlan,
  exportVisits,
  findConflicts,
  getPlan,
  getVisit,
  inspectionReference,
  listPlans,
  listVisits,
  saveChecklist,
  saveTarget,
} from '@bihuan/contract/inspection';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { exportInspections } from './export.service.ts';
import { drawFile, planDetail, planPage } from './plan.query.ts';
import { changePlan, conflictsOf, draftPlan, executePlan } from './plan.service.ts';
import { changeTarget, publishChecklist, referenceOf } from './settings.service.ts';
import { readVisits, visitDetail } from './visit.query.ts';
import { executeFinding, executeVisit } from './visit.service.ts';

export { draftPlan, executePlan } from './plan.service.ts';
export { executeFinding, executeVisit } from './visit.service.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ids = (text: string): string[] => {
  const list = text.split(',').filter(Boolean);
  if (!list.every((one) => ID.test(one))) throw invalid('编号格式不对');
  return list;
};

/** 督察: plans, verifiable draws, visits, findings. What a covert plan holds stays with those who need it until it is opened. */
export function registerInspection(api: FastifyInstance, deps: Deps): void {
  bind(api, listPlans, ({ actor, query }) => planPage(deps, actor, query));
  bind(api, exportVisits, async ({ actor, query, reply }) => {
    await exportInspections(deps, actor, query, reply);
    return undefined;
  });
  bind(api, inspectionReference, ({ actor }) => referenceOf(deps, actor));
  bind(api, findConflicts, async ({ query }) => ({
    items: await conflictsOf(deps.db, deps.clock.now(), ids(query.personId), ids(query.unitId)),
  }));
  bind(api, createPlan, ({ actor, body }) => draftPlan(deps, actor, body));
  bind(api, editPlan, ({ actor, params, body }) => changePlan(deps, actor, params.id, body));
  bind(api, getPlan, ({ actor, params }) => planDetail(deps, actor, params.id));
  bind(api, downloadDraw, async ({ actor, params, reply }) => {
    const { number, file } = await drawFile(deps.db, actor, params.id);
    await reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`抽取-${number}.json`)}`)
      .header('cache-control', 'private, no-store')
      .send(Buffer.from(file));
    return undefined;
  });
  bind(api, commandPlan, ({ actor, params, body }) => executePlan(deps, actor, params.id, body));
  bind(api, listVisits, async ({ actor, query }) => ({ items: await readVisits(deps.db, actor, query) }));
  bind(api, getVisit, ({ actor, params }) => visitDetail(deps, actor, params.id));
  bind(api, commandVisit, ({ actor, params, body }) => executeVisit(deps, actor, params.id, body));
  bind(api, commandFinding, ({ actor, params, body }) => executeFinding(deps, actor, params.id, body));
  bind(api, saveChecklist, ({ actor, body }) => publishChecklist(deps, actor, body));
  bind(api, saveTarget, ({ actor, params, body }) => changeTarget(deps, actor, params.code, body));
}
