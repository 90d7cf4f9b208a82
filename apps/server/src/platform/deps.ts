import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { RequestActor } from './access/index.ts';
import type { ByteSource } from './byte-source.ts';
import type { WorkingTime } from './calendar/index.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Keyring } from './crypto/index.ts';
import type { Database, Sql, Trx } from './db/index.ts';

/** All that a module may use; built once in `main.ts`, `cli.ts` and the tests. */
export interface Deps {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  /** The time that other machines keep too: codes of a second factor, signatures. Differs from `clock` in the demo. */
  readonly wallClock: Clock;
  readonly keyring: Keyring;
  readonly workingTime: WorkingTime;
  readonly files: FileStore;
  readonly jobs: Jobs;
  readonly live: Live;
  readonly log: Logger;
  /** Accounts offered on the sign-in page; only in demo mode. */
  readonly demoSignIn: { password: string; accounts: { username: string; label: string }[] } | null;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly sha256: string;
}

export interface Captured {
  readonly at?: Date;
  readonly lng?: number;
  readonly lat?: number;
  /** In hex. */
  readonly sha256?: string;
}

export type FilePurpose = 'evidence' | 'import' | 'reject' | 'export' | 'document';

/** Files by content hash under `<data>/files`, encrypted at rest; the type is sniffed from the content, not believed. */
export interface FileStore {
  /** Streams to disk, hashes, sniffs and records. @throws Problem too_large | unsupported_file | empty_file | upload_damaged */
  put(input: {
    stream: Readable;
    name: string;
    purpose: FilePurpose;
    maxBytes: number;
    createdBy: string | null;
    /** As the device recorded it; a content with another hash is refused. */
    captured?: Captured;
  }): Promise<StoredFile>;
  /** @throws Problem file_lost | file_damaged; reading the content throws file_damaged as well */
  get(id: string): Promise<
    StoredFile & {
      content: ByteSource;
      createdBy: string | null;
      purpose: FilePurpose;
      /** Compares the whole content with its hash. @throws Problem file_damaged */
      verify(): Promise<void>;
    }
  >;
}

export interface JobContext {
  readonly log: Logger;
  /** Aborted when the server stops; long work stops at its next safe point and is taken up again later. */
  readonly signal: AbortSignal;
}

/**
 * For tasks whose jobs each work on one record, named in the job's key as `<task>:<id>`: how far they are, by record id
 * (0 to 1), and how to cancel one, also while it runs.
 */
export interface JobSubjects {
  progress(ids: readonly string[]): Promise<Map<string, number>>;
  cancel(actor: RequestActor, id: string): Promise<void>;
}

/** PostgreSQL job queue. Work may run twice after a crash: handlers are idempotent. */
export interface Jobs {
  /** Adds in the caller's transaction: it runs after the commit. `key` keeps at most one waiting. */
  add(
    sql: Sql,
    task: string,
    payload: Record<string, unknown>,
    options?: { key?: string; runAt?: Date; maxAttempts?: number; queue?: string },
  ): Promise<void>;
  /** Registers a handler; before `start`. */
  handle(
    task: string,
    handler: (payload: Record<string, unknown>, context: JobContext) => Promise<void>,
    subjects?: JobSubjects,
  ): void;
  /** Every task that has a handler, and when it runs by the clock. */
  tasks(): { readonly task: string; readonly schedule: string | null; readonly subjects: JobSubjects | null }[];
  /** Runs a task by the clock, e.g. every minute: `* * * * *` (UTC). */
  schedule(task: string, crontab: string): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs what waits now, in this process, until nothing is left (tests, command line). */
  drain(): Promise<void>;
}

export interface LiveMessage {
  readonly topic: string;
  readonly objectId: string;
  readonly unitId: string | null;
  readonly townId: string | null;
  readonly officerId: string | null;
  readonly data: Record<string, unknown>;
}

/** Server-Sent Events fed from the outbox, so that several server processes agree. */
export interface Live {
  /** Call after a commit that wrote to the outbox: wakes every process's reader (coalesced). */
  wake(): void;
  /** Messages the actor may see, from now on. @returns unsubscribe */
  subscribe(actor: RequestActor, listener: (message: LiveMessage) => void): () => void;
  /** Every message, for this process itself, e.g. to read anew what it holds in memory. @returns unsubscribe */
  observe(listener: (message: LiveMessage) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type { Trx };
