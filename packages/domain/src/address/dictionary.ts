import type { Hints } from './tagger.ts';
import { STATES, stateOf, type Tag } from './tags.ts';

/** Outweighs what the features say, unless they are very sure. */
const BONUS = 30;
const SHORTEST = 2;

/** Names that a district knows: its towns, villages, roads and compounds. They make the reading of an address surer. */
export class AddressDictionary {
  readonly #byStart = new Map<string, { name: string; tag: Tag }[]>();

  constructor(names: Iterable<{ readonly name: string; readonly tag: Tag }>) {
    for (const entry of names) {
      if (entry.name.length < SHORTEST) continue;
      const start = entry.name.slice(0, 2);
      const list = this.#byStart.get(start);
      if (list) list.push(entry);
      else this.#byStart.set(start, [entry]);
    }
    for (const list of this.#byStart.values()) list.sort((a, b) => b.name.length - a.name.length);
  }

  /** Longest names first; a name found swallows its characters. */
  hints(text: string): Hints {
    const hints: (Float64Array | undefined)[] = new Array(text.length);
    for (let at = 0; at < text.length - 1; ) {
      const found = this.#byStart.get(text.slice(at, at + 2))?.find(({ name }) => text.startsWith(name, at));
      if (!found) {
        at++;
        continue;
      }
      const end = at + found.name.length;
      for (let i = at; i < end; i++) {
        const bonus = new Float64Array(STATES.length);
        bonus[stateOf(i === at ? 'B' : i === end - 1 ? 'E' : 'I', found.tag)] = BONUS;
        hints[i] = bonus;
      }
      at = end;
    }
    return hints;
  }
}
