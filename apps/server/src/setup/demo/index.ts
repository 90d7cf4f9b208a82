export { furnishMatters } from './backlog.ts';
export { publishDemoBulletins } from './bulletins.ts';
export { furnishCategories } from './categories.ts';
export { DemoError, type DemoOptions, type DemoResult, loadDemo, SIMULATED_AT_MOST } from './load.ts';
export { DEMO_ACCOUNTS, DEMO_PASSWORD } from './organisation.ts';
export { DEMO_FROM, DEMO_ORDERS, DEMO_SEED, DEMO_TO } from './period.ts';
export { type DemoSpreadsheet, type DemoSpreadsheetOptions, writeDemoSpreadsheet } from './spreadsheet.ts';
export { furnishWeeks } from './weeks.ts';
export { DEMO_OPENS, demoClock, startDemoClock } from './world.ts';
