import {
  answerAppraisal,
  appraisalRecords,
  commandAppraisal,
  decideAnswer,
  exportAppraisal,
  getAppraisal,
  listAppraisals,
  makeAppraisal,
  readSchemes,
  saveScheme,
} from '@bihuan/contract/appraisal';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { answer, command, decide, keepScheme, make } from './appraisal.service.ts';
import { exportResults, list, records, schemes, view } from './view.query.ts';

export { command as commandAppraisalOf, make as makeAppraisalOf } from './appraisal.service.ts';
export { measure } from './measure.query.ts';

/** 考核评议: points of squadrons and officers for a period, with the records behind every one of them. */
export function registerAppraisal(api: FastifyInstance, deps: Deps): void {
  bind(api, listAppraisals, ({ actor, query }) => list(deps, actor, query.audience));
  bind(api, makeAppraisal, ({ actor, body }) => make(deps, actor, body));
  bind(api, readSchemes, ({ actor }) => schemes(deps, actor));
  bind(api, saveScheme, ({ actor, body }) => keepScheme(deps, actor, body));
  bind(api, getAppraisal, ({ actor, params }) => view(deps, actor, params.id));
  bind(api, exportAppraisal, async ({ actor, params, reply }) => {
    await exportResults(deps, actor, params.id, reply);
    return undefined;
  });
  bind(api, appraisalRecords, ({ actor, params, query }) => records(deps, actor, params.id, query));
  bind(api, commandAppraisal, ({ actor, params, body }) => command(deps, actor, params.id, body));
  bind(api, answerAppraisal, ({ actor, params, body }) => answer(deps, actor, params.id, body));
  bind(api, decideAnswer, ({ actor, params, body }) => decide(deps, actor, params.id, params.answerId, body));
}
