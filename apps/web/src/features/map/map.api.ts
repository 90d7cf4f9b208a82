import type { ComplaintFilter } from '@bihuan/contract/complaint';
import { mapBase } from '@bihuan/contract/map';
import { useQuery } from '@tanstack/vue-query';
import { call } from '../../api/client.ts';

/** Boundaries and tile source: asked once a session. */
export const useMapBase = () =>
  useQuery({
    queryKey: ['map', 'base'],
    queryFn: ({ signal }) => call(mapBase, {}, { signal }),
    staleTime: 10 * 60_000,
  });

/** The list with the same orders: every number on the map opens it. */
export function listLink(filter: ComplaintFilter, more: Partial<ComplaintFilter> = {}) {
  const query = Object.fromEntries(
    Object.entries({ ...filter, ...more }).filter(([, value]) => value !== undefined && value !== ''),
  ) as Record<string, string>;
  return { path: '/complaints', query };
}

export const LAYERS = { clusters: '聚合', points: '点', heat: '热力', towns: '街镇' } as const;
export type Layer = keyof typeof LAYERS;

/** Light to dark, for counts; the text on the darkest is white. */
export const RAMP = ['#eef4f5', '#cfe2e6', '#9fc5ce', '#5f9cab', '#2a7185'] as const;

/** Upper limits of classes that hold about as many towns each; equal counts fall together. */
export function breaksOf(counts: readonly number[], classes = RAMP.length): number[] {
  const sorted = counts.filter((n) => n > 0).sort((a, b) => a - b);
  const limits = Array.from({ length: classes }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / classes) - 1]);
  return [...new Set(limits.filter((limit) => limit !== undefined))];
}

export const classOf = (count: number, breaks: readonly number[]): number =>
  count === 0
    ? -1
    : Math.max(
        0,
        breaks.findIndex((limit) => count <= limit),
      );

/** Spread over the ramp, also where there are fewer classes than colours. */
export const colourOf = (index: number, classes: number): string =>
  index < 0 ? '#fbfcfc' : RAMP[classes <= 1 ? 2 : Math.round((index * (RAMP.length - 1)) / (classes - 1))]!;
