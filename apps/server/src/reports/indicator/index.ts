export {
  type Figures,
  figureOf,
  type OrderIds,
  readFigures,
  readLabels,
  readOrderIds,
  spanOf,
} from './figures.query.ts';
export {
  mostReopened,
  overdueAt,
  overdueCondition,
  overdueIdsAt,
  overdueNow,
  type Reader,
  reopenedNow,
} from './hot-orders.query.ts';
export { readPeriod, registerIndicator } from './indicator.routes.ts';
export { countOrders, listOrders } from './orders.query.ts';
export { readAllSettings, settingsOn } from './settings.repo.ts';
export { categoryRises, figureTable, periodView } from './table.service.ts';
export { trend } from './trend.service.ts';
