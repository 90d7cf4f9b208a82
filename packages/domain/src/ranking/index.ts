export {
  competitionRanks,
  DEFAULT_MINIMUM,
  type Interval,
  type Ranked,
  type RankingRule,
  rankByRate,
  wilson,
} from './rank.ts';
