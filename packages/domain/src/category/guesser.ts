import type { CategoryDictionary } from '../dispatch/index.ts';
import { type CategoryModel, type Guess, guess } from './model.ts';

export interface Suggestion extends Guess {
  /** Sure enough to be filled in until a person has confirmed it. */
  readonly sure: boolean;
  /** By the categories' keywords, while there is no model. */
  readonly byWords: boolean;
}

/** Without a model the category whose keywords make at least half of those named. */
const WORDS_ENOUGH = 0.5;

/** What an order's category may be: by the model in use, before there is one by the categories' keywords. */
export class CategoryGuesser {
  readonly #words: CategoryDictionary;
  readonly #model: CategoryModel | null;
  readonly #threshold: number | null;
  /** Categories that may still be given. */
  readonly #open: ReadonlySet<string>;

  constructor(
    words: CategoryDictionary,
    open: ReadonlySet<string>,
    model: { readonly model: CategoryModel; readonly threshold: number | null } | null,
  ) {
    this.#words = words;
    this.#open = open;
    this.#model = model?.model ?? null;
    this.#threshold = model?.threshold ?? null;
  }

  /** The likeliest first. */
  suggest(title: string, content: string, most = 3): Suggestion[] {
    if (this.#model) {
      return guess(this.#model, title, content, most + 2)
        .filter(({ code }) => this.#open.has(code))
        .slice(0, most)
        .map((one) => ({
          ...one,
          sure: this.#threshold !== null && one.confidence >= this.#threshold,
          byWords: false,
        }));
    }
    const found = this.#words.suggest(title, content.slice(0, 500));
    return found ? [{ ...found, sure: found.confidence >= WORDS_ENOUGH, byWords: true }] : [];
  }

  /** What may be filled in; `null`: nothing is sure enough. */
  sure(title: string, content: string): Suggestion | null {
    const [first] = this.suggest(title, content, 1);
    return first?.sure ? first : null;
  }
}
