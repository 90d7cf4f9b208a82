export {
  DEFAULT_WEIGHTS,
  rankByScore,
  type Score,
  type ScorePart,
  scoreOf,
  type Weights,
  weightsProblem,
} from './score.ts';
