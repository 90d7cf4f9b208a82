import type { QueryOf } from '@bihuan/contract';
import {
  addDeadlineRule,
  addShifts,
  calendarYear,
  calendarYears,
  changeCategory,
  changePlace,
  createCategory,
  createPlace,
  exportCalendar,
  exportCategories,
  exportDeadlineRules,
  exportPlaces,
  listCategories,
  listCategoryModels,
  listDeadlineRules,
  listFoundPlaces,
  listPlaces,
  listRecomputes,
  type PlaceItem,
  previewCalendarYear,
  previewDeadlineRule,
  previewShifts,
  removeCategory,
  removePlace,
  retireCategory,
  retirePlace,
  saveCalendarYear,
  trainCategoryModel,
  tryDispatch,
  withdrawDeadlineRule,
  withdrawShifts,
} from '@bihuan/contract/dictionary';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { categoryModels } from '../complaint/index.ts';
import { listShiftSets, listYears } from './calendar.repo.ts';
import {
  previewShiftChange,
  previewYear,
  saveShifts,
  saveYear,
  showYear,
  takeShiftsBack,
  today,
} from './calendar.service.ts';
import { listCategoryItems } from './category.repo.ts';
import { addCategory, askTraining, editCategory, removeUnusedCategory, setCategoryClosed } from './category.service.ts';
import { recomputeViews } from './effect.ts';
import { findPlaces } from './found-place.service.ts';
import { addPlace, editPlace, placePage, removeUnusedPlace, setPlaceClosed, tryOut } from './place.service.ts';
import { listRules } from './rule.repo.ts';
import { previewRule, saveRule, takeRuleBack } from './rule.service.ts';
import { sendSheet } from './send-sheet.ts';
import { calendarSheet, categorySheet, placeSheet, ruleSheet } from './sheets.ts';

export function bindCategoryRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, listCategories, async ({ query }) => ({ items: await listCategoryItems(deps.db, query) }));
  bind(api, exportCategories, async ({ query: { format, ...filter }, reply }) =>
    sendSheet(reply, '诉件类别', format, categorySheet(await listCategoryItems(deps.db, filter))),
  );
  bind(api, listCategoryModels, () => categoryModels(deps));
  bind(api, trainCategoryModel, async ({ actor, body }) => {
    await askTraining(deps, actor, body.commandId);
    return categoryModels(deps);
  });
  bind(api, createCategory, ({ actor, body }) => addCategory(deps, actor, body));
  bind(api, changeCategory, ({ actor, params, body }) => editCategory(deps, actor, params.id, body));
  bind(api, retireCategory, ({ actor, params, body }) => setCategoryClosed(deps, actor, params.id, body));
  bind(api, removeCategory, async ({ actor, params, body }) => {
    await removeUnusedCategory(deps, actor, params.id, body);
    return undefined;
  });
}

export function bindPlaceRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, listFoundPlaces, async () => ({ items: await findPlaces(deps) }));
  bind(api, listPlaces, ({ query }) => placePage(deps, query));
  bind(api, exportPlaces, ({ query: { format, ...filter }, reply }) =>
    sendSheet(reply, '地点词典', format, placeSheet(allPlaces(deps, filter))),
  );
  bind(api, createPlace, ({ actor, body }) => addPlace(deps, actor, body));
  bind(api, changePlace, ({ actor, params, body }) => editPlace(deps, actor, params.id, body));
  bind(api, retirePlace, ({ actor, params, body }) => setPlaceClosed(deps, actor, params.id, body));
  bind(api, removePlace, async ({ actor, params, body }) => {
    await removeUnusedPlace(deps, actor, params.id, body);
    return undefined;
  });
  bind(api, tryDispatch, ({ body }) => tryOut(deps, body));
}

async function* allPlaces(
  deps: Deps,
  filter: Omit<QueryOf<typeof listPlaces>, 'after' | 'limit'>,
): AsyncGenerator<PlaceItem> {
  let after: string | null = '0';
  while (after !== null) {
    const page: Awaited<ReturnType<typeof placePage>> = await placePage(deps, { ...filter, after, limit: 200 });
    yield* page.items;
    after = page.next;
  }
}

export function bindCalendarRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, calendarYears, async () => {
    const [years, shifts] = await Promise.all([listYears(deps.db), listShiftSets(deps.db, today(deps))]);
    return { years, shifts };
  });
  bind(api, calendarYear, ({ params }) => showYear(deps, params.year));
  bind(api, exportCalendar, async ({ params, query, reply }) =>
    sendSheet(reply, `${params.year}年工作日历`, query.format, calendarSheet(await showYear(deps, params.year))),
  );
  bind(api, previewCalendarYear, ({ actor, params, body }) => previewYear(deps, actor, params.year, body));
  bind(api, saveCalendarYear, ({ actor, params, body }) => saveYear(deps, actor, params.year, body));
  bind(api, previewShifts, ({ actor, body }) => previewShiftChange(deps, actor, body));
  bind(api, addShifts, ({ actor, body }) => saveShifts(deps, actor, body));
  bind(api, withdrawShifts, ({ actor, body }) => takeShiftsBack(deps, actor, body));
  bind(api, listRecomputes, ({ query }) => recomputeViews(deps, query.id ?? null));
}

export function bindRuleRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, listDeadlineRules, async () => ({ items: await listRules(deps.db, today(deps)) }));
  bind(api, exportDeadlineRules, async ({ query, reply }) =>
    sendSheet(reply, '时限规则', query.format, ruleSheet(await listRules(deps.db, today(deps)))),
  );
  bind(api, previewDeadlineRule, ({ actor, body }) => previewRule(deps, actor, body));
  bind(api, addDeadlineRule, ({ actor, body }) => saveRule(deps, actor, body));
  bind(api, withdrawDeadlineRule, ({ actor, params, body }) => takeRuleBack(deps, actor, params.id, body));
}
