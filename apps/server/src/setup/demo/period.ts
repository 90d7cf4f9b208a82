export const DEMO_ORDERS = 20_000;
export const DEMO_SEED = 2023;
/** First instant of the demo's main period, and the first after it. */
export const DEMO_FROM = Date.parse('2022-07-01T00:00:00+08:00');
export const DEMO_TO = Date.parse('2023-07-01T00:00:00+08:00');
