export { type DraftFacts, type DraftMeasure, type DraftRise, writeDraft } from './draft.ts';
export { EFFECTS, type Effect, effectOf, LEAST_FOR_EFFECT } from './effect.ts';
export {
  type Expectation,
  expectationFor,
  FALSE_SHARE,
  falseShares,
  findRises,
  HISTORY_WEEKS,
  isSeasonal,
  LEAST_ORDERS,
  LEAST_RATIO,
  LEAST_WEEKS,
  LEVEL_WEEKS,
  type Rise,
  type Rises,
  type Series,
  upperBound,
  upperTail,
  type Weekly,
} from './rising.ts';
export { decideWeek, WEEK_REFUSALS, type WeekAction, type WeekState } from './week.ts';
