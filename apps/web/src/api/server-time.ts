let ahead = 0;

/** Told with every look at the session: how far the device's clock is from the server's. */
export function keepServerTime(instant: string): void {
  ahead = Date.parse(instant) - Date.now();
}

/** Now by the server's clock, epoch milliseconds: devices are set wrong, and the demo keeps a time of its own. */
export const serverNow = (): number => Date.now() + ahead;
