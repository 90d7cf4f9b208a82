export { type Figures, figureOf, type OrderIds, readFigures, readOrderIds, spanOf } from './figures.query.ts';
export { readPeriod, registerIndicator } from './indicator.routes.ts';
export { figureTable, periodView } from './table.service.ts';
export { trend } from './trend.service.ts';
