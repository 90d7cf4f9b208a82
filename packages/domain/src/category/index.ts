export { CategoryGuesser, type Suggestion } from './guesser.ts';
export {
  type CategoryModel,
  calibrate,
  type Features,
  featuresOf,
  type Guess,
  guess,
  type Labelled,
  packModel,
  type Score,
  scoreModel,
  Trainer,
  thresholdFor,
  unpackModel,
} from './model.ts';
export { type Dated, LEAST_CONFIRMED, LEAST_OF_CATEGORY, LEAST_UNSEEN, MOST_WORSE, splitOrders } from './split.ts';
