export { EFFECTS, type Effect, effectOf, LEAST_FOR_EFFECT } from './effect.ts';
export {
  type Expectation,
  expectations,
  FALSE_SHARE,
  falseShares,
  findRises,
  HISTORY_WEEKS,
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
