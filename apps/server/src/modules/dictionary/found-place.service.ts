import { setImmediate as breathe } from 'node:timers/promises';
import type { FoundPlace } from '@bihuan/contract/dictionary';
import { parseAddress } from '@bihuan/domain/address';
import type { Deps } from '../../platform/deps.ts';

/** The latest closed orders, of which a person has confirmed where they belong. */
const ORDERS = 4_000;
const CHUNK = 20;
/** Named in fewer matters a name is a slip, or somebody's home. */
const LEAST_MATTERS = 3;
/** Share of them in one town. */
const SAME_TOWN = 0.8;
const LISTED = 50;
const NAME = /^\p{Script=Han}{3,12}$/u;
/** Parts of a place, not places. */
const PART = /(?:门口|入口|出口|路口|对面|附近|停车场|人行道|绿化带|商铺|底商|楼下|侧|旁)$/;

/**
 * Names of compounds and villages that closed orders mention and the dictionary does not know, most often named first:
 * what the dictionary can be extended by. Nothing of an order but the name is kept or shown.
 */
export async function findPlaces({ db }: Pick<Deps, 'db'>): Promise<FoundPlace[]> {
  const [orders, known] = await Promise.all([
    db.query<{ address: string; town_id: string; town: string; matter: string }>(
      'dictionary.closed_addresses',
      `select c.address, c.town_id, u.name as town, coalesce(o.matter_id, c.id) as matter
         from complaint c join unit u on u.id = c.town_id left join matter_order o on o.complaint_id = c.id
        where c.status = 'closed' and c.address is not null order by c.received_at desc, c.id desc limit ${ORDERS}`,
    ),
    db.query<{ name: string; aliases: string[] }>('dictionary.known_places', 'select name, aliases from place'),
  ]);
  const names = new Set(known.flatMap(({ name, aliases }) => [name, ...aliases]));
  const found = new Map<string, { village: boolean; towns: Map<string, { name: string; matters: Set<string> }> }>();
  for (const [at, { address, town_id, town, matter }] of orders.entries()) {
    if (at % CHUNK === 0) await breathe();
    const { parts } = parseAddress(address);
    for (const name of [parts.community, parts.place]) {
      if (!name || !NAME.test(name) || PART.test(name) || names.has(name)) continue;
      const entry = found.get(name) ?? { village: name === parts.community && name.endsWith('村'), towns: new Map() };
      const here = entry.towns.get(town_id) ?? { name: town, matters: new Set<string>() };
      here.matters.add(matter);
      entry.towns.set(town_id, here);
      found.set(name, entry);
    }
  }
  return [...found]
    .flatMap(([name, { village, towns }]) => {
      const byTown = [...towns].sort((a, b) => b[1].matters.size - a[1].matters.size);
      const all = byTown.reduce((sum, [, { matters }]) => sum + matters.size, 0);
      const [[id, { name: town, matters }]] = byTown as [[string, { name: string; matters: Set<string> }]];
      if (matters.size < LEAST_MATTERS || matters.size < SAME_TOWN * all) return [];
      return [
        {
          name,
          kind: village ? ('village' as const) : ('compound' as const),
          town: { id, name: town },
          matters: matters.size,
        },
      ];
    })
    .sort((a, b) => b.matters - a.matters || a.name.localeCompare(b.name))
    .slice(0, LISTED);
}
