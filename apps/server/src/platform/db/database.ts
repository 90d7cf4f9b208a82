import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type { DB } from './types.generated.ts';

// int8 counts and sums fit a JS number here; numeric stays text.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A date is a calendar day, not an instant.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** Runs SQL: outside a transaction on any free connection, inside one on its own. */
export interface Sql {
  /** `name` makes it a prepared statement of that name: same name, same text. `null` = not prepared. */
  query<Row extends object = Record<string, unknown>>(
    name: string | null,
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** Typed queries where speed is not the point. */
  readonly kysely: Kysely<DB>;
}

declare const insideTransaction: unique symbol;
/** An open transaction. Lock functions take only this, so an unlocked decision does not compile. */
export interface Trx extends Sql {
  readonly [insideTransaction]: true;
}

/** A transaction that may also COPY, on a connection of its own kind. */
export interface BulkTrx extends Trx {
  readonly client: pg.PoolClient;
}

export interface Database extends Sql {
  readonly pool: pg.Pool;
  readonly schema: string;
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  /** For imports: COPY does not go through the pipelined connections that requests use. */
  bulk<T>(work: (trx: BulkTrx) => Promise<T>): Promise<T>;
  /** A connection outside the pool, e.g. for LISTEN; the caller ends it. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

export const APP_ROLE_SUFFIX = '_app';

/**
 * Connects as the `app` role, which can neither change nor delete append-only tables.
 * @param url connection string of the migrator
 */
export function openDatabase(
  url: string,
  schema: string,
  options: { poolSize: number; applicationName?: string },
): Database {
  const settings: pg.ClientConfig = {
    connectionString: url,
    application_name: options.applicationName ?? 'bihuan',
    // Set at connection start, so that RESET ALL returns to it.
    options: `-c search_path=${schema},public -c role=${schema}${APP_ROLE_SUFFIX} -c TimeZone=Asia/Shanghai -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000`,
  };
  // Pipelined: the statements of a transaction that do not wait for each other's answers travel in one trip.
  const pool = new pg.Pool({ ...settings, pipeline: true, max: options.poolSize, idleTimeoutMillis: 30_000 });
  const bulkPool = new pg.Pool({ ...settings, max: 2, idleTimeoutMillis: 10_000 });
  // A connection dropped by the server is replaced at the next use; dropped in the middle of a transaction it fails the
  // statement that was sent, and must not end the process.
  for (const one of [pool, bulkPool]) {
    one.on('error', () => {});
    one.on('connect', (client) => client.on('error', () => {}));
  }
  const base = sqlOn((config) => pool.query(config));
  return {
    ...base,
    get kysely() {
      return base.kysely;
    },
    pool,
    schema,
    transaction: (work) => inTransaction(pool, work),
    bulk: (work) => inTransaction(bulkPool, work),
    async connect() {
      const client = new pg.Client(settings);
      await client.connect();
      return client;
    },
    async close() {
      await Promise.all([pool.end(), bulkPool.end()]);
    },
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (trx: BulkTrx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // Not awaited on a pipelined connection: BEGIN travels with the first statement.
    const begun = client.query('begin');
    begun.catch(() => {});
    if (!client.pipeline) await begun;
    const result = await work(trxOn(client));
    await begun;
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

function trxOn(client: pg.PoolClient): BulkTrx {
  const base = sqlOn((config) => client.query(config));
  return {
    query: base.query,
    get kysely() {
      return base.kysely;
    },
    client,
  } as BulkTrx;
}

function sqlOn(run: (config: pg.QueryConfig) => Promise<pg.QueryResult>): Sql {
  let kysely: Kysely<DB> | undefined;
  return {
    async query<Row extends object>(
      name: string | null,
      text: string,
      values: readonly unknown[] = [],
    ): Promise<Row[]> {
      const config: pg.QueryConfig = { text, values: values as unknown[] };
      if (name !== null) config.name = name;
      return (await run(config)).rows as Row[];
    },
    get kysely() {
      kysely ??= new Kysely<DB>({
        dialect: {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => new BorrowedDriver(run),
          createIntrospector: (db) => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        },
      });
      return kysely;
    },
  };
}

/** Lets Kysely write SQL but leaves connections and transactions to `Database`. */
class BorrowedDriver implements Driver {
  readonly #connection: DatabaseConnection;
  constructor(run: (config: pg.QueryConfig) => Promise<pg.QueryResult>) {
    this.#connection = {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        const result = await run({ text: query.sql, values: query.parameters as unknown[] });
        return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) };
      },
      streamQuery() {
        throw new Error('Streaming goes through COPY or keyset pages');
      },
    };
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }
  async beginTransaction(): Promise<void> {
    throw new Error('Use Database.transaction');
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}
