/** The only place that reads the system clock. Tests and the demo generator pass their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until told otherwise. */
export function fixedClock(start: number): Clock & { set(at: number): void; advance(milliseconds: number): void } {
  let at = start;
  return {
    now: () => at,
    set(value) {
      at = value;
    },
    advance(milliseconds) {
      at += milliseconds;
    },
  };
}
