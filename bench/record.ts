import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import type { HttpRequest } from './paths.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The SQL one request really sends, in order, BEGIN and COMMIT included: what the limit is measured with. */
export function record(app: FastifyInstance, request: HttpRequest, cookie: string): Promise<Statement[]> {
  return recordStatements(async () => {
    const response = await app.inject({
      method: request.method,
      url: request.path,
      headers: { cookie },
      ...(request.body === undefined ? {} : { payload: request.body as object }),
    });
    if (response.statusCode !== 200)
      throw new Error(`${request.path}: ${response.statusCode} ${response.body.slice(0, 300)}`);
  });
}

/** The SQL that some work sends. */
export async function recordStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const original = pg.Client.prototype.query;
  // Every statement of the server passes here, pooled or not.
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    if (typeof first === 'string') statements.push({ text: first, values: Array.isArray(second) ? second : [] });
    else if (typeof first === 'object' && typeof first.text === 'string')
      statements.push({ text: first.text, values: first.values ?? [] });
    return (original as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original;
  }
  return statements.filter(({ text }) => !/^\s*(set|listen|notify|select 1$)/i.test(text));
}

/**
 * A value of a statement, or a place where every run has a value of its own: `order` a waiting order (or a new one's
 * id), `command` an idempotency key.
 */
export type Slot = { readonly slot: 'order' | 'command' } | { readonly value: unknown };
export interface Template {
  readonly text: string;
  readonly slots: readonly Slot[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Turns recorded statements into templates: ids that belong to this one request become slots. */
export function toTemplates(
  statements: readonly Statement[],
  ownOrder: string | null,
  command: string | null,
): Template[] {
  // A new order's id is made by the server: it is the uuid that stands first in the statement that registers it.
  const created = ownOrder ?? statements.find(({ text }) => /insert into complaint \(/.test(text))?.values[0];
  return statements.map(({ text, values }) => ({
    text,
    slots: values.map((value): Slot => {
      if (typeof value === 'string' && UUID.test(value)) {
        if (value === created) return { slot: 'order' };
        if (value === command) return { slot: 'command' };
      }
      return { value };
    }),
  }));
}
