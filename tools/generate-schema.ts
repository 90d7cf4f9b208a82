import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../apps/server/src/platform/config.ts';
import { describeMigrations } from '../apps/server/src/platform/db/describe-migrations.ts';
import { withTemporaryPostgres } from './temporary-postgres.ts';

/** Writes db/schema.sql and the table types from the migrations. */
const { sql, types } = await withTemporaryPostgres(describeMigrations);
writeFileSync(join(PROJECT_ROOT, 'db/schema.sql'), sql);
writeFileSync(join(PROJECT_ROOT, 'apps/server/src/platform/db/types.generated.ts'), types);
