import type { Kind, Urgency } from '@bihuan/domain/complaint';
import { mobile, personName } from './names.ts';
import type { DemoPlace } from './places.ts';
import { type Random, random } from './random.ts';
import { CLOSINGS, EATERIES, OPENINGS, REPEATED, SHOPS, SINCE, SUBJECTS, type Subject } from './subjects.ts';
import { TOWNS } from './towns.ts';

/** Something wrong at a place: one order, or many in different words. */
export interface Matter {
  readonly subject: Subject;
  /** Index of the subject's problem. */
  readonly problem: number;
  readonly place: DemoPlace;
  readonly address: string;
  /** How one says it in a sentence, without the district. */
  readonly spot: string;
  readonly callers: readonly { readonly name: string; readonly phone: string }[];
}

/** What comes in by the hotline. */
export interface IncomingOrder {
  readonly receivedAt: number;
  readonly matter: Matter;
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly title: string;
  readonly content: string;
  readonly caller: { readonly name: string; readonly phone: string } | null;
  readonly repeat: boolean;
}

const DAY = 86_400_000;
const OFFSET = 8 * 3_600_000;
const WEEKDAY = [0.72, 1.16, 1.1, 1.06, 1.04, 1.02, 0.78];
const HOURS: Readonly<Record<Subject['hours'], readonly number[]>> = {
  day: [0, 0, 0, 0, 0, 0.1, 0.5, 1.5, 4, 6, 6, 4, 2.5, 4, 5.5, 5.5, 4.5, 3, 2, 2, 1.5, 1, 0.5, 0.2],
  evening: [0.6, 0.2, 0.1, 0, 0, 0.1, 0.5, 1, 2, 2.5, 2.5, 2, 1.5, 2, 2, 2.5, 3, 4, 6, 7, 6.5, 5, 3, 1.5],
  night: [2.5, 2, 1.2, 0.8, 0.5, 0.6, 1, 2, 3, 3.5, 3, 2, 1.5, 2, 2, 2, 2, 1.8, 2, 2.5, 3, 4, 4.5, 4],
};

/** The bearing-wall orders grow from January to May 2023: the special report that set off the plan speaks of those months. */
function bearingWallGrowth(year: number, month: number): number {
  return year === 2023 && month <= 5 ? 1 + 0.35 * month : year === 2023 ? 2.2 : 1;
}

function weightsAt(day: number): number[] {
  const date = new Date(day + OFFSET);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return SUBJECTS.map(
    (subject) =>
      subject.months[month]! * (subject.category === 'house.bearing_wall' ? bearingWallGrowth(year, month + 1) : 1),
  );
}

/** Every tenth order on average opens a matter that keeps coming back; the rest of the orders are single. */
const ORDERS_PER_MATTER = 10;
const REPEAT_SHARE = 0.38;

export class World {
  readonly #seed: number;
  readonly #placesOfTown: readonly (readonly DemoPlace[])[];
  readonly #recurring = new Map<Subject, { matter: Matter; from: number; to: number; heat: number }[]>();

  constructor(seed: number, places: readonly DemoPlace[], from: number, to: number, orders: number) {
    this.#seed = seed;
    this.#placesOfTown = TOWNS.map((_, town) => places.filter((place) => place.town === town));
    const draw = random(seed, 21);
    const shares = SUBJECTS.map((subject) => subject.months.reduce((sum, share) => sum + share, 0));
    const count = Math.max(20, Math.round(Math.min(orders, 200_000) / ORDERS_PER_MATTER));
    for (let i = 0; i < count; i++) {
      const subject = SUBJECTS[draw.weighted(shares)]!;
      const start = from - 30 * DAY + draw.next() * (to - from);
      const entry = {
        matter: this.#matter(draw, subject),
        from: start,
        to: start + draw.long(70, 0.7) * DAY,
        heat: draw.long(1, 1),
      };
      const list = this.#recurring.get(subject);
      if (list) list.push(entry);
      else this.#recurring.set(subject, [entry]);
    }
  }

  /** Orders of the period in the order of their receipt; the same seed gives the same orders. */
  *orders(from: number, to: number, total: number): Generator<IncomingOrder> {
    const days: { day: number; share: number }[] = [];
    let sum = 0;
    for (let day = Math.floor((from + OFFSET) / DAY) * DAY - OFFSET; day < to; day += DAY) {
      const season = weightsAt(day).reduce((a, b) => a + b, 0);
      const noise = 0.85 + 0.3 * random(this.#seed, 31, day / 1000).next();
      const part = (Math.min(day + DAY, to) - Math.max(day, from)) / DAY;
      const share = season * WEEKDAY[new Date(day + OFFSET).getUTCDay()]! * noise * part;
      days.push({ day, share });
      sum += share;
    }
    let before = 0;
    let made = 0;
    for (const { day, share } of days) {
      before += share;
      const upTo = Math.round((before / sum) * total);
      const draw = random(this.#seed, 41, day / 1000);
      const weights = weightsAt(day);
      const today: { at: number; subject: Subject }[] = [];
      for (; made < upTo; made++) {
        const subject = SUBJECTS[draw.weighted(weights)]!;
        const clock =
          (draw.weighted(HOURS[subject.hours]) * 60 + draw.between(0, 59)) * 60_000 + draw.between(0, 59_000);
        today.push({ at: Math.min(Math.max(day + clock, from), to - 1), subject });
      }
      today.sort((a, b) => a.at - b.at);
      for (const { at, subject } of today) yield this.#order(draw, at, subject);
    }
  }

  #order(draw: Random, at: number, subject: Subject): IncomingOrder {
    const running = draw.chance(REPEAT_SHARE)
      ? (this.#recurring.get(subject) ?? []).filter((entry) => entry.from <= at && entry.to >= at)
      : [];
    const repeat = running.length > 0;
    const matter = repeat
      ? running[draw.weighted(running.map((entry) => entry.heat))]!.matter
      : this.#matter(draw, subject);
    const kinds = Object.entries(subject.kinds) as [Kind, number][];
    const kind = kinds[draw.weighted(kinds.map(([, weight]) => weight))]![0];
    const urgency: Urgency =
      kind === 'enquiry' || draw.chance(0.965) ? 'normal' : draw.chance(0.75) ? 'urgent' : 'critical';
    const anonymous = kind !== 'enquiry' && draw.chance(0.06);
    const caller = anonymous ? null : draw.pick(matter.callers);
    const [title, ...wordings] = subject.problems[matter.problem]!;
    const parts = [
      draw.pick(OPENINGS),
      draw.pick(SINCE),
      matter.spot,
      draw.pick(wordings),
      '，',
      draw.pick(subject.harms),
      '，',
      draw.pick(subject.wishes),
      '。',
      repeat && draw.chance(0.4) ? draw.pick(REPEATED) : '',
      caller && draw.chance(0.06) ? `联系电话：${caller.phone}。` : '',
      draw.pick(CLOSINGS),
    ];
    return {
      receivedAt: at,
      matter,
      kind,
      urgency,
      title: `${matter.place.name}${title}`,
      content: parts.join(''),
      caller,
      repeat,
    };
  }

  #matter(draw: Random, subject: Subject): Matter {
    const town = draw.weighted(TOWNS.map(({ volume }) => volume));
    const wanted = subject.at === 'home' ? 'compound' : subject.at === 'site' && draw.chance(0.5) ? 'village' : 'road';
    const places = this.#placesOfTown[town]!.filter(({ kind }) => kind === wanted);
    const place = draw.pick(places);
    const { name: townName, roads } = TOWNS[town]!;
    const callers = Array.from({ length: draw.between(1, 4) }, () => ({
      name: personName(draw).name,
      phone: mobile(draw),
    }));
    const { address, spot } = spotOf(draw, subject, place, roads);
    return {
      subject,
      problem: draw.between(0, subject.problems.length - 1),
      place,
      address: draw.chance(0.7) ? `宝山区${townName}${address}` : draw.chance(0.5) ? `${townName}${address}` : address,
      spot,
      callers,
    };
  }
}

function spotOf(
  draw: Random,
  subject: Subject,
  place: DemoPlace,
  roads: readonly string[],
): { address: string; spot: string } {
  if (place.kind === 'compound') {
    const building = draw.between(1, 60);
    const room = `${draw.between(1, 18)}0${draw.between(1, 4)}室`;
    const address = draw.chance(0.6)
      ? `${place.road}${place.lane}弄${building}号${room}`
      : `${place.name}${building}号${room}`;
    return {
      address,
      spot: draw.chance(0.5) ? `${place.name}${building}号${room}` : `${place.road}${place.lane}弄${building}号${room}`,
    };
  }
  if (place.kind === 'village')
    return {
      address: `${place.name}${draw.between(1, 12)}组附近`,
      spot: `${place.name}${draw.pick(['村口', '河边', '停车场旁', '厂房旁'])}`,
    };
  if (subject.at === 'shop') {
    const number = draw.between(1, 2800);
    const shop = draw.pick(subject.category === 'environment.fume' ? EATERIES : SHOPS);
    return { address: `${place.name}${number}号`, spot: `${place.name}${number}号“${shop}”` };
  }
  const other = draw.pick(roads.filter((road) => road !== place.name));
  const form = draw.between(0, 2);
  const spot =
    form === 0
      ? `${place.name}近${other}`
      : form === 1
        ? `${place.name}${other}路口`
        : `${place.name}${draw.between(1, 2800)}号门口`;
  return { address: spot, spot };
}
