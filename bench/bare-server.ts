import Fastify from 'fastify';
import pg from 'pg';
import { runTemplates } from './pgbench.ts';
import type { Template } from './record.ts';
import { SCHEMA } from './world.ts';

/** Fastify and pg and nothing else: the same SQL for the same requests, the rows as JSON. */
const pool = new pg.Pool({
  connectionString: process.argv[2]!,
  max: 10,
  options: `-c search_path=${SCHEMA},public -c role=${SCHEMA}_app -c TimeZone=Asia/Shanghai`,
});
let variants: Template[][] = [];
let n = 0;
let prefix = '';
const app = Fastify();
app.post('/', async () => answer());
app.get('/', async () => answer());

async function answer(): Promise<unknown> {
  const mine = ++n;
  const client = await pool.connect();
  try {
    const index = mine % variants.length;
    return { rows: await runTemplates(client, variants[index]!, mine, `${prefix}${index}`) };
  } finally {
    client.release();
  }
}

process.on('message', (message: { variants: Template[][]; first: number; prefix: string } | 'stop') => {
  if (message === 'stop') process.exit(0);
  variants = message.variants.map((templates) =>
    templates.map(({ text, slots }) => ({
      text,
      slots: slots.map((slot) => ('value' in slot ? { value: revive(slot.value) } : slot)),
    })),
  );
  n = message.first;
  prefix = message.prefix;
  process.send?.({ ready: true });
});

/** Messages between processes are structured clones: only buffers need their class back. */
function revive(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: Number(new URL(address).port) });
