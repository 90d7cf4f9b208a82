export * from './access/index.ts';
export * from './complaint/index.ts';
export * from './workday/index.ts';
