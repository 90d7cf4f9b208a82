import { commandJointTask, getJointTask, jointReference, listJointTasks, makeJointTask } from '@bihuan/contract/joint';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { jointReferenceView, taskDetail, taskList } from './joint.query.ts';
import { executeJoint, makeTask } from './joint.service.ts';

export { executeJoint, makeTask } from './joint.service.ts';

/** 联合督察（管执联动）: bureau units and partners, each with its part before, during and after. */
export function registerJoint(api: FastifyInstance, deps: Deps): void {
  bind(api, listJointTasks, async ({ actor, query }) => ({ items: await taskList(deps, actor, query) }));
  bind(api, jointReference, () => jointReferenceView(deps));
  bind(api, makeJointTask, ({ actor, body }) => makeTask(deps, actor, body));
  bind(api, getJointTask, ({ actor, params }) => taskDetail(deps, actor, params.id));
  bind(api, commandJointTask, ({ actor, params, body }) => executeJoint(deps, actor, params.id, body));
}
