import {
  answerSuggestion,
  cancelRun,
  changeBacklog,
  changeMatter,
  decideMatter,
  exportMatters,
  getMatter,
  getOrderMatter,
  listBacklog,
  listMatters,
  listSuggestions,
  previewMatter,
  readSettings,
  saveRule,
  startRun,
} from '@bihuan/contract/matter';
import type { FastifyInstance } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { changeBacklogOf, changeOne } from './change.service.ts';
import { answerOrder, decideOnMatter } from './decide.service.ts';
import { getMatterDetail, getOrderMatterView, readSuggestions } from './detail.query.ts';
import { exportMatterList } from './export.service.ts';
import { matterPage } from './list.query.ts';
import { preview } from './preview.service.ts';
import { cancelRerun, startRerun } from './rerun.service.ts';
import { backlogView, keepRule, settingsView } from './settings.service.ts';

export function bindMatterRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, listMatters, ({ actor, query }) => matterPage(deps, actor, query));
  bind(api, exportMatters, async ({ actor, query, reply }) => {
    await exportMatterList(deps, actor, query, reply);
    return undefined;
  });
  bind(api, listBacklog, ({ actor }) => backlogView(deps, actor));
  bind(api, listSuggestions, ({ actor, query }) => suggestionPage(deps, actor, query));
  bind(api, previewMatter, ({ actor, body }) => preview(deps, actor, body));
  bind(api, readSettings, ({ actor }) => settingsView(deps, actor));
  bind(api, saveRule, ({ actor, body }) => keepRule(deps, actor, body));
  bind(api, startRun, ({ actor, body }) => startRerun(deps, actor, body.commandId));
  bind(api, cancelRun, ({ actor, params }) => cancelRerun(deps, actor, params.id));
  bind(api, getMatter, ({ actor, params }) => getMatterDetail(deps, actor, params.id));
  bind(api, decideMatter, ({ actor, params, body }) => decideOnMatter(deps, actor, params.id, body));
  bind(api, changeMatter, ({ actor, params, body }) => changeOne(deps, actor, params.id, body));
  bind(api, changeBacklog, ({ actor, params, body }) => changeBacklogOf(deps, actor, params.id, body));
  bind(api, getOrderMatter, ({ actor, params }) => getOrderMatterView(deps, actor, params.id));
  bind(api, answerSuggestion, async ({ actor, params, body }) => {
    await answerOrder(deps, actor, params.id, body);
    return getOrderMatterView(deps, actor, params.id);
  });
}

const PAGE = 50;
const COUNT_CAP = 1000;

async function suggestionPage(deps: Deps, actor: RequestActor, query: { after?: string; limit?: number }) {
  const limit = query.limit ?? PAGE;
  let after: { at: Date; id: string } | undefined;
  if (query.after !== undefined) {
    const [at = '', id = ''] = query.after.split('~');
    if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/i.test(id)) throw invalid('翻页位置无效，请从第一页开始');
    after = { at: new Date(at), id };
  }
  const found = await readSuggestions(deps.db, actor, { limit: limit + 1, ...(after ? { after } : {}) });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const total = after ? 0 : (await readSuggestions(deps.db, actor, { limit: COUNT_CAP + 1 })).length;
  return {
    items,
    next: found.length > limit && last ? `${last.madeAt}~${last.orderId}` : null,
    total: Math.min(total, COUNT_CAP),
    totalIsCapped: total > COUNT_CAP,
  };
}
