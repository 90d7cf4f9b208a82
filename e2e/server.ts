import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

const MAIN = fileURLToPath(new URL('../apps/server/src/main.ts', import.meta.url));

export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** The product itself, started as an operator starts it, with demo data in a database of its own. */
export async function startServer(postgresUrl: string, name: string): Promise<RunningServer> {
  const template = await demoTemplate(postgresUrl);
  const databaseUrl = await freshDatabase(postgresUrl, name, TEMPLATE);
  const dataDir = mkdtempSync(join(tmpdir(), 'bihuan-e2e-'));
  cpSync(template, dataDir, { recursive: true });
  return run(databaseUrl, dataDir, true);
}

const TEMPLATE = 'e2e_template';

/** Demo data are made by the product's own first start, once for the whole run; each test file goes on from a copy. */
async function demoTemplate(postgresUrl: string): Promise<string> {
  const dataDir = join(inject('scratch'), TEMPLATE);
  if (existsSync(join(dataDir, 'ready'))) return dataDir;
  mkdirSync(dataDir, { recursive: true });
  const first = await run(await freshDatabase(postgresUrl, TEMPLATE, null), dataDir, false);
  await first.stop();
  writeFileSync(join(dataDir, 'ready'), '');
  return dataDir;
}

async function run(databaseUrl: string, dataDir: string, own: boolean): Promise<RunningServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, PORT: String(port), DATABASE_URL: databaseUrl, BIHUAN_DATA: dataDir, BIHUAN_LOG: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, `${url}/readyz`, output);
  return {
    url,
    dataDir,
    databaseUrl,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (own) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function freshDatabase(postgresUrl: string, name: string, template: string | null): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`drop database if exists ${name} with (force)`);
  await client.query(`create database ${name}${template === null ? '' : ` template ${template}`}`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilReady(child: ChildProcess, address: string, output: string[]): Promise<void> {
  for (let waited = 0; waited < 240_000; waited += 250) {
    if (child.exitCode !== null) throw new Error(`The server ended while starting:\n${output.join('')}`);
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  child.kill('SIGKILL');
  throw new Error(`The server was not ready in four minutes:\n${output.join('')}`);
}
