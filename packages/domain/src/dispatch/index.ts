/** Which squadron an order belongs to, and which category: suggestions with their reasons, never silently applied. */

export interface PlaceEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: 'road' | 'compound' | 'village' | 'landmark';
  readonly townId: string | null;
  readonly unitId: string | null;
  readonly id: string;
}

export interface TownEntry {
  readonly id: string;
  readonly name: string;
  /** The town's squadron. */
  readonly unitId: string | null;
}

export interface UnitSuggestion {
  readonly unitId: string;
  readonly townId: string | null;
  readonly placeId: string | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

interface Hit {
  readonly townId: string | null;
  readonly unitId: string;
  readonly placeId: string | null;
  readonly weight: number;
  readonly reason: string;
}

/** Weight of each kind of evidence; a compound or village lies in one town, a road may run through several. */
const WEIGHT = { town: 5, compound: 4, village: 4, landmark: 3, road: 2, history: 3 } as const;
/** A name shorter than this says nothing on its own. */
const SHORTEST_NAME = 2;

/** The first two characters as one number. */
const startKey = (text: string, at: number): number => text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);

/** The place dictionary, indexed by the first two characters of every name so that a text is read once. */
export class DispatchDictionary {
  readonly #byStart = new Map<number, { name: string; hit: Hit }[]>();

  constructor(places: readonly PlaceEntry[], towns: readonly TownEntry[]) {
    const squadronOf = new Map(towns.map((town) => [town.id, town.unitId]));
    for (const town of towns) {
      if (!town.unitId) continue;
      const hit: Hit = {
        townId: town.id,
        unitId: town.unitId,
        placeId: null,
        weight: WEIGHT.town,
        reason: `地址写明“${town.name}”`,
      };
      this.#add(town.name, hit);
      const short = town.name.replace(/(街道|镇|工业园区)$/, '');
      // 吴淞, 大场: the bare name is weaker evidence, for roads and stations carry it too.
      if (short.length >= SHORTEST_NAME && short !== town.name)
        this.#add(short, { ...hit, weight: 1.5, reason: `文中提到“${short}”` });
    }
    for (const place of places) {
      const unitId = place.unitId ?? (place.townId ? squadronOf.get(place.townId) : null);
      if (!unitId) continue;
      for (const name of [place.name, ...place.aliases]) {
        this.#add(name, {
          townId: place.townId,
          unitId,
          placeId: place.id,
          weight: WEIGHT[place.kind],
          reason: `“${name}”在地点词典中属该辖区`,
        });
      }
    }
  }

  #add(name: string, hit: Hit): void {
    if (name.length < SHORTEST_NAME) return;
    const key = startKey(name, 0);
    const list = this.#byStart.get(key);
    if (list) list.push({ name, hit });
    else this.#byStart.set(key, [{ name, hit }]);
  }

  /**
   * @param history squadrons that earlier handled orders at the same address, with how many
   * @returns the likeliest squadron, or nothing where nothing speaks for one
   */
  suggest(
    text: { address: string | null; content: string },
    history: readonly { unitId: string; count: number }[] = [],
  ): UnitSuggestion | null {
    // What the address says outweighs what is merely mentioned.
    const hits = [
      ...this.#find(text.address ?? '').map((hit) => ({ ...hit, weight: hit.weight * 2 })),
      ...this.#find(text.content.slice(0, 500)),
    ];
    for (const { unitId, count } of history) {
      hits.push({
        townId: null,
        unitId,
        placeId: null,
        weight: Math.min(count, 3),
        reason: `同一地址此前 ${count} 件由该中队办理`,
      });
    }
    if (hits.length === 0) return null;
    const totals = new Map<string, { weight: number; reasons: Set<string>; best: Hit; place: Hit | null }>();
    let sum = 0;
    for (const hit of hits) {
      const total = totals.get(hit.unitId);
      sum += hit.weight;
      const place = hit.placeId === null ? null : hit;
      if (!total) totals.set(hit.unitId, { weight: hit.weight, reasons: new Set([hit.reason]), best: hit, place });
      else {
        total.weight += hit.weight;
        total.reasons.add(hit.reason);
        if (hit.weight > total.best.weight) total.best = { ...hit, townId: hit.townId ?? total.best.townId };
        // The town's name weighs more than a compound's, and yet says less of where it is.
        if (place && (total.place === null || place.weight > total.place.weight)) total.place = place;
      }
    }
    const [unitId, winner] = [...totals].sort((a, b) => b[1].weight - a[1].weight)[0]!;
    // Share of the evidence, held back while there is little of it.
    const confidence = (winner.weight / sum) * (1 - Math.exp(-winner.weight / 2));
    return {
      unitId,
      townId: winner.place?.townId ?? winner.best.townId,
      placeId: winner.place?.placeId ?? null,
      confidence: Math.round(confidence * 100) / 100,
      reasons: [...winner.reasons].slice(0, 4),
    };
  }

  /** Longest names first at each position; a name found swallows its characters. */
  #find(text: string): Hit[] {
    const found: Hit[] = [];
    for (let at = 0; at < text.length - 1; ) {
      const candidates = this.#byStart.get(startKey(text, at));
      if (!candidates) {
        at++;
        continue;
      }
      let longest = 0;
      let here: Hit[] = [];
      for (const { name, hit } of candidates) {
        if (name.length < longest || !text.startsWith(name, at)) continue;
        if (name.length > longest) here = [];
        longest = name.length;
        here.push(hit);
      }
      // The same name in several towns: each gets its share.
      for (const hit of here) found.push({ ...hit, weight: hit.weight / here.length });
      at += longest || 1;
    }
    return found;
  }
}

/** Certain enough to be taken over by one click for many orders at once. */
export const CONFIDENT = 0.6;

export interface CategoryEntry {
  readonly code: string;
  readonly keywords: readonly string[];
}

interface Keyword {
  readonly word: string;
  /** Place of its category in the list. */
  readonly category: number;
}

/** The categories' keywords, indexed by their first two characters so that a text is read once. */
export class CategoryDictionary {
  readonly #categories: readonly CategoryEntry[];
  readonly #byStart = new Map<number, Keyword[]>();

  constructor(categories: readonly CategoryEntry[]) {
    this.#categories = categories;
    for (const [category, { keywords }] of categories.entries()) {
      for (const word of keywords) {
        if (word.length < SHORTEST_NAME) continue;
        const key = startKey(word, 0);
        const list = this.#byStart.get(key);
        if (list) list.push({ word, category });
        else this.#byStart.set(key, [{ word, category }]);
      }
    }
  }

  /** The category whose keywords the text names most, longer words counting more; the title counts double. */
  suggest(title: string, content: string): { code: string; confidence: number } | null {
    const scores = new Map<number, number>();
    this.#score(title, 2, scores);
    this.#score(content, 1, scores);
    let best: { category: number; score: number } | null = null;
    let sum = 0;
    for (const [category, score] of scores) {
      sum += score;
      // Of equals, the one that stands first in the list.
      if (!best || score > best.score || (score === best.score && category < best.category)) best = { category, score };
    }
    return (
      best && { code: this.#categories[best.category]!.code, confidence: Math.round((best.score / sum) * 100) / 100 }
    );
  }

  /** A keyword counts once in a text. */
  #score(text: string, weight: number, scores: Map<number, number>): void {
    const named = new Set<Keyword>();
    for (let at = 0; at < text.length - 1; at++) {
      for (const keyword of this.#byStart.get(startKey(text, at)) ?? []) {
        if (named.has(keyword) || !text.startsWith(keyword.word, at)) continue;
        named.add(keyword);
        scores.set(keyword.category, (scores.get(keyword.category) ?? 0) + weight * keyword.word.length);
      }
    }
  }
}
