export { APP_ROLE_SUFFIX, type BulkTrx, type Database, openDatabase, type Sql, type Trx } from './database.ts';
export { APPEND_ONLY, MigrationError, migrate, missingMigrations } from './migrate.ts';
