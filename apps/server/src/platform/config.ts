import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root: where `db/`, `plans/` and `apps/web/dist` are. */
export const PROJECT_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Data folder: embedded database, files, keys. */
  readonly dataDir: string;
  /** Connection string of an existing PostgreSQL; `null` = the embedded one. */
  readonly databaseUrl: string | null;
  /** The district's schema: one district, one schema. */
  readonly schema: string;
  readonly demo: boolean;
  /** Connections of the request pool. */
  readonly poolSize: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Address under which citizens and other systems reach this server, without a trailing slash. */
  readonly publicUrl: string;
  /** The server stands behind TLS (directly or by a proxy): cookies are then marked Secure. */
  readonly secureCookies: boolean;
  readonly trustProxy: boolean;
  /** Folder with the bureau's licensed fonts for PDF (方正小标宋, 仿宋_GB2312 …). */
  readonly fontDir: string | null;
  /** Who presents it as a bearer token may read `/metrics`; `null` = only this machine. */
  readonly metricsToken: string | null;
  readonly webDist: string;
}

export class ConfigError extends Error {}

/**
 * Reads the settings once, from the environment. All other code receives `Config`.
 * @throws ConfigError naming the variable and what is wrong with it
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = integer(env, 'PORT', 3000, 0, 65_535);
  const host = env.HOST || '127.0.0.1';
  const schema = env.BIHUAN_SCHEMA || 'bihuan';
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new ConfigError('BIHUAN_SCHEMA 只能用小写字母、数字和下划线，且不以数字开头');
  const demo = oneOf(env, 'BIHUAN_DEMO', 'on', ['on', 'off']) === 'on';
  const databaseUrl = env.DATABASE_URL || null;
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new ConfigError('DATABASE_URL 应以 postgres:// 或 postgresql:// 开头');
  }
  const publicUrl = (env.BIHUAN_PUBLIC_URL || `http://${host}:${port}`).replace(/\/+$/, '');
  const fontDir = env.BIHUAN_FONTS || null;
  if (fontDir !== null && !existsSync(fontDir)) throw new ConfigError(`BIHUAN_FONTS 指向的目录不存在：${fontDir}`);
  return {
    port,
    host,
    dataDir: resolve(env.BIHUAN_DATA || join(PROJECT_ROOT, '.data')),
    databaseUrl,
    schema,
    demo,
    poolSize: integer(env, 'BIHUAN_POOL', 10, 1, 100),
    logLevel: oneOf(env, 'BIHUAN_LOG', 'info', ['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    publicUrl,
    secureCookies: publicUrl.startsWith('https://'),
    trustProxy: oneOf(env, 'BIHUAN_TRUST_PROXY', 'off', ['on', 'off']) === 'on',
    fontDir,
    metricsToken: env.BIHUAN_METRICS_TOKEN || null,
    webDist: join(PROJECT_ROOT, 'apps/web/dist'),
  };
}

function integer(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new ConfigError(`${name} 应为 ${min} 至 ${max} 的整数，现为“${text}”`);
  return value;
}

function oneOf<const T extends string>(env: NodeJS.ProcessEnv, name: string, fallback: T, choices: readonly T[]): T {
  const text = env[name];
  if (!text) return fallback;
  const found = choices.find((choice) => choice === text);
  if (!found) throw new ConfigError(`${name} 只能是 ${choices.join('、')}，现为“${text}”`);
  return found;
}
