import type { Spot } from '@bihuan/contract/analysis';

/** The orders behind a count of a spot. */
export function spotOrders(spot: Spot, from: string, to: string) {
  return {
    path: '/complaints',
    query: {
      ...(spot.townId ? { townId: spot.townId } : {}),
      ...(spot.placeId ? { placeId: spot.placeId } : {}),
      ...(spot.categoryCode ? { categoryCode: spot.categoryCode } : {}),
      receivedFrom: from,
      receivedTo: to,
    },
  };
}

/** The same orders on the map. */
export const spotOnMap = (spot: Spot, from: string, to: string) => ({
  ...spotOrders(spot, from, to),
  path: '/map',
});

export const shortDay = (day: string): string => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
export const spanText = (from: string, to: string): string =>
  `${shortDay(from)}至${from.slice(0, 7) === to.slice(0, 7) ? `${Number(to.slice(8))}日` : shortDay(to)}`;

/** Days before or after a day, both written 2023-06-05. */
export const daysFrom = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** An expected count as people say it. */
export const expectedText = (value: number): string => (value < 0.95 ? '不足 1 件' : `约 ${Math.round(value)} 件`);
