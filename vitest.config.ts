import { defineConfig } from 'vitest/config';

const postgres = ['tools/vitest-postgres.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{db,scope,race}.test.ts'],
        },
      },
      {
        test: {
          name: 'db',
          include: ['apps/server/src/**/*.{db,scope,race}.test.ts'],
          globalSetup: postgres,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          globalSetup: postgres,
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
