import { mapMatters, mapOrders, mapTowns, mapWeeks } from '@bihuan/contract/map';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { countTowns, countWeeks, mattersInView, ordersInView } from './map.query.ts';

/** 地图上的诉件: by the list's own filters and scope, so that every number opens the list that it counts. */
export function registerOrderMap(api: FastifyInstance, deps: Deps): void {
  bind(api, mapOrders, ({ actor, query }) => ordersInView(deps, actor, query));
  bind(api, mapTowns, ({ actor, query }) => countTowns(deps, actor, query));
  bind(api, mapWeeks, ({ actor, query }) => countWeeks(deps, actor, query));
  bind(api, mapMatters, ({ actor, query }) => mattersInView(deps, actor, query));
}
