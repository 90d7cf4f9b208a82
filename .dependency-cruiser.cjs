const TESTS = '\\.(test|fixture|e2e)\\.ts$';

/** The directions of docs/architecture.md. Every rule is proven on a planted violation in tools/rules.test.ts. */
module.exports = {
  forbidden: [
    {
      name: 'domain-stands-alone',
      comment: 'packages/domain holds pure rules: it imports nothing but itself.',
      severity: 'error',
      from: { path: '^packages/domain/src/', pathNot: TESTS },
      to: { pathNot: '^packages/domain/src/' },
    },
    {
      name: 'contract-only-domain-and-typebox',
      comment: 'packages/contract describes what travels: it knows the domain and TypeBox, nothing else.',
      severity: 'error',
      from: { path: '^packages/contract/src/', pathNot: TESTS },
      to: { pathNot: ['^packages/(contract|domain)/src/', '^node_modules/typebox/'] },
    },
    {
      name: 'web-never-server',
      comment: 'The web pages know the contract, never the server.',
      severity: 'error',
      from: { path: '^apps/web/' },
      to: { path: '^apps/server/' },
    },
    {
      name: 'server-never-web',
      comment: 'The server serves the built pages; it imports nothing of theirs.',
      severity: 'error',
      from: { path: '^apps/server/' },
      to: { path: '^apps/web/' },
    },
    {
      name: 'platform-below-modules',
      comment: 'platform ← modules ← reports: the platform knows no module and no report.',
      severity: 'error',
      from: { path: '^apps/server/src/platform/', pathNot: TESTS },
      to: { path: '^apps/server/src/(modules|reports)/' },
    },
    {
      name: 'modules-below-reports',
      comment: 'platform ← modules ← reports: a module knows no report.',
      severity: 'error',
      from: { path: '^apps/server/src/modules/', pathNot: TESTS },
      to: { path: '^apps/server/src/reports/' },
    },
    {
      name: 'module-only-through-its-index',
      comment: 'A module is entered through its index.ts only.',
      severity: 'error',
      from: { path: '^apps/server/src/modules/([^/]+)/' },
      to: {
        path: '^apps/server/src/modules/[^/]+/',
        pathNot: ['^apps/server/src/modules/$1/', '^apps/server/src/modules/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'module-only-through-its-index-from-outside',
      comment: 'A module is entered through its index.ts only, also from the rest of the server.',
      severity: 'error',
      from: { path: '^apps/server/src/', pathNot: '^apps/server/src/modules/[^/]+/' },
      to: { path: '^apps/server/src/modules/[^/]+/', pathNot: '^apps/server/src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'no-circles',
      comment: 'Files that need each other in a circle cannot be read or tested alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'sql-in-its-place',
      comment: 'Kysely only in *.repo.ts, *.query.ts and platform/db, so all SQL of a room is in one place.',
      severity: 'error',
      from: {
        path: '^(apps|packages)/',
        pathNot: ['\\.(repo|query)\\.ts$', '^apps/server/src/platform/db/', '\\.generated\\.ts$', TESTS],
      },
      to: { path: '^node_modules/(kysely|kysely-[^/]+)/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere is checked by no other rule.',
      severity: 'error',
      from: {},
      // A style of the component library exists for the bundler only.
      to: { couldNotResolve: true, pathNot: '^element-plus/es/components/[^/]+/style/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^apps/web/dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
    },
  },
};
