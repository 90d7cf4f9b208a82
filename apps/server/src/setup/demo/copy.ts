import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type CopyValue = string | number | boolean | Date | Buffer | null | readonly string[];

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escapeText = (text: string): string =>
  SPECIAL.test(text) ? text.replace(SPECIAL, (char) => ESCAPED[char]!) : text;

function field(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  // Elements are ids and codes: nothing in them needs quoting.
  return `{${(value as readonly string[]).join(',')}}`;
}

/** Rows for one table, sent by COPY. */
export class CopyTable {
  readonly #sql: string;
  #lines: string[] = [];

  constructor(table: string, columns: string) {
    this.#sql = `copy ${table} (${columns}) from stdin`;
  }

  add(...values: CopyValue[]): void {
    let line = '';
    for (let i = 0; i < values.length; i++) line += (i === 0 ? '' : '\t') + field(values[i]!);
    this.#lines.push(`${line}\n`);
  }

  /** Takes the rows out; the function sends them. */
  take(): (client: pg.ClientBase) => Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    return async (client) => {
      if (lines.length === 0) return;
      const stream = client.query(copyFrom(this.#sql));
      stream.end(lines.join(''));
      await finished(stream);
    };
  }

  flush(client: pg.ClientBase): Promise<void> {
    return this.take()(client);
  }
}
