export * from './finding.ts';
export * from './party.ts';
export * from './plan.ts';
export * from './visit.ts';
export * from './vocabulary.ts';
