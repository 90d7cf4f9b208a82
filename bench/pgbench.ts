import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Measured, summarise } from './measure.ts';
import type { Template } from './record.ts';
import { SCHEMA } from './world.ts';

/** Whether pgbench is installed; otherwise the limit is measured by a bare driver loop. */
export const hasPgbench = (() => {
  try {
    return /pgbench/.test(execFileSync('pgbench', ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

const OPTIONS = `-c search_path=${SCHEMA},public -c role=${SCHEMA}_app -c TimeZone=Asia/Shanghai`;

export interface LimitRun {
  readonly url: string;
  /** One list of statements a variant; run in turn. */
  readonly variants: readonly (readonly Template[])[];
  readonly clients: number;
  readonly seconds: number;
  /** Orders are taken from these numbers on, when they are existing ones. */
  readonly orders: { readonly from: number; readonly to: number } | null;
}

/** What the same SQL reaches without our server. */
export async function measureLimit(run: LimitRun): Promise<Measured> {
  return hasPgbench ? byPgbench(run) : byDriver(run);
}

async function byPgbench({ url, variants, clients, seconds, orders }: LimitRun): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bihuan-pgbench-'));
  try {
    const files: string[] = [];
    const variables = new Map<string, string>();
    const name = (value: string): string => {
      if (!variables.has(value)) variables.set(value, `v${variables.size}`);
      return variables.get(value)!;
    };
    for (const [index, templates] of variants.entries()) {
      const file = join(folder, `${index}.sql`);
      const draw = orders
        ? `\\set n random(${orders.from}, ${orders.to})\n`
        : // New orders: each client counts on its own, as time-ordered ids do.
          '\\set n random(1, 281474976710655)\n';
      const body = templates.map((template) => `${scripted(template, name)};`).join('\n');
      await writeFile(file, `${draw}\\set k random(1, 281474976710655)\n\\set j random(1, 281474976710655)\n${body}\n`);
      files.push(file);
    }
    const { stdout, stderr } = await promisify(execFile)(
      'pgbench',
      [
        '-n',
        '-M',
        'prepared',
        '-c',
        String(clients),
        '-j',
        '1',
        '-T',
        String(seconds),
        '-l',
        '--log-prefix',
        join(folder, 'log'),
        ...files.flatMap((file) => ['-f', file]),
        ...[...variables].flatMap(([value, variable]) => ['-D', `${variable}=${value}`]),
        url,
      ],
      { env: { ...process.env, PGOPTIONS: OPTIONS }, maxBuffer: 64 * 1024 * 1024 },
    );
    const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    if (!(tps > 0)) throw new Error(`pgbench: ${stdout}${stderr}`.slice(0, 2000));
    const latencies: number[] = [];
    for (const name of await readdir(folder)) {
      if (!name.startsWith('log')) continue;
      for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
        const micros = Number(line.split(' ')[2]);
        if (micros > 0) latencies.push(micros / 1000);
      }
    }
    return { ...summarise(latencies, seconds), perSecond: tps };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The statement with pgbench variables for its parameters, so that the server prepares and plans it as it does for us;
 * slots become expressions on numbers drawn by pgbench.
 */
function scripted({ text, slots }: Template, name: (value: string) => string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return oneLine.replace(/\$(\d+)/g, (_, number: string) => {
    const slot = slots[Number(number) - 1]!;
    if ('slot' in slot) return slot.slot === 'order' ? ORDER : COMMAND;
    const value = asText(slot.value);
    return value === null ? 'null' : `:${name(value)}`;
  });
}

const ORDER = `('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid`;
const COMMAND = `('00000000-0000-4000-9' || substr(lpad(to_hex(:j::bigint), 12, '0'), 1, 3) || '-' || lpad(to_hex(:k::bigint), 12, '0'))::uuid`;

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value))
    return `{${value.map((item) => (item === null ? 'NULL' : `"${String(item).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
  return String(value);
}

/** Without pgbench: the same statements, prepared, over bare connections in this process. */
async function byDriver({ url, variants, clients, seconds, orders }: LimitRun): Promise<Measured> {
  const latencies: number[] = [];
  let next = orders?.from ?? 1;
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const client = new pg.Client({ connectionString: url, options: OPTIONS });
      await client.connect();
      try {
        for (let n = index; performance.now() < until && (!orders || next <= orders.to); n++) {
          const began = performance.now();
          await runTemplates(client, variants[n % variants.length]!, next++, `v${n % variants.length}`);
          latencies.push(performance.now() - began);
        }
      } finally {
        await client.end();
      }
    }),
  );
  return summarise(latencies, seconds);
}

/** Runs templates on one connection, each as a prepared statement. @returns the last statement's rows but COMMIT's */
export async function runTemplates(
  client: pg.ClientBase,
  templates: readonly Template[],
  n: number,
  prefix: string,
): Promise<unknown[]> {
  const { randomUUID } = await import('node:crypto');
  const order = `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  const command = randomUUID();
  let rows: unknown[] = [];
  for (const [index, { text, slots }] of templates.entries()) {
    const values = slots.map((slot) => ('slot' in slot ? (slot.slot === 'order' ? order : command) : slot.value));
    const plain = /^\s*(begin|commit)/i.test(text);
    const result = await client.query(plain ? { text } : { name: `${prefix}.${index}`, text, values });
    if (!plain) rows = result.rows;
  }
  return rows;
}
