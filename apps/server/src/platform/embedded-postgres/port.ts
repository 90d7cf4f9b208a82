import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * The port to listen on: the one asked for, or with `auto` the one this data folder used last, or a free one.
 */
export async function choosePort(dataDir: string, wanted: number | 'auto'): Promise<number> {
  const file = portFile(dataDir);
  const port = wanted === 'auto' ? (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) : wanted;
  const free = await tryBinding(port);
  if (free === undefined && wanted !== 'auto') {
    throw new Error(`端口 ${port} 已被其他程序占用，数据库无法启动。请换一个端口，或先停掉占用它的程序。`);
  }
  const chosen = free ?? (await tryBinding(0));
  if (chosen === undefined) throw new Error('本机没有可用的端口，数据库无法启动。');
  return chosen;
}

/** Keeps the port for the next start, once a server really listens on it. */
export function rememberPort(dataDir: string, port: number): void {
  writeFileSync(portFile(dataDir), String(port));
}

const portFile = (dataDir: string): string => join(dataDir, 'pg-port');

/** Binds and lets go at once; the port bound, or undefined when it is taken. Port 0 stands for any free one. */
function tryBinding(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
