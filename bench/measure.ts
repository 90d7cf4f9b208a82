import { connect } from 'node:net';
import type { HttpRequest } from './paths.ts';

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
}

export function summarise(latencies: number[], seconds: number): Measured {
  latencies.sort((a, b) => a - b);
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN;
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99), requests: latencies.length };
}

export interface LoadOptions {
  readonly port: number;
  readonly clients: number;
  readonly seconds: number;
  readonly cookies: readonly string[];
  /** First number handed to `request`. */
  readonly first: number;
  /** Stops before this number. */
  readonly end: number;
  readonly request: (n: number) => HttpRequest;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

let loads = 0;

/** The server limits what one address may ask a minute: every connection of every run is a computer of its own. */
const addressOf = (run: number, index: number): string => `127.${1 + Math.floor(run / 250)}.${run % 250}.${2 + index}`;

/** Of the same thing measured several times: the run in the middle. */
export function middleOf(runs: readonly Measured[]): Measured {
  return [...runs].sort((a, b) => a.perSecond - b.perSecond)[Math.floor((runs.length - 1) / 2)]!;
}

/**
 * Loads a server on this machine over kept-alive connections, one request at a time each. Any answer but 200 ends the
 * measurement: a fast refusal is no throughput.
 */
export async function load({
  port,
  clients,
  seconds,
  cookies,
  first,
  end,
  request,
}: LoadOptions): Promise<Measured & { next: number }> {
  const latencies: number[] = [];
  const run = loads++;
  let next = first;
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, (_, index) => connection(addressOf(run, index))));
  const measured = summarise(latencies, (performance.now() - began) / 1000);
  return { ...measured, next };

  function connection(localAddress: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
      let sent = 0;
      let buffer: Buffer = Buffer.alloc(0);
      const send = (): void => {
        if (performance.now() >= until || next >= end) {
          socket.end();
          resolve();
          return;
        }
        const n = next++;
        const { method, path, body } = request(n);
        const payload = body === undefined ? '' : JSON.stringify(body);
        const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${cookies[n % cookies.length]}\r\n`;
        sent = performance.now();
        socket.write(
          `${head}${payload ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(payload)}\r\n` : ''}\r\n${payload}`,
        );
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
        const headEnd = buffer.indexOf('\r\n\r\n');
        if (headEnd < 0) return;
        const head = buffer.toString('latin1', 0, headEnd);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (buffer.length < headEnd + 4 + length) return;
        if (!head.startsWith('HTTP/1.1 200')) {
          socket.destroy();
          reject(new Error(`${head.split('\r\n')[0]} ${buffer.toString('utf8', headEnd + 4, headEnd + 400)}`));
          return;
        }
        latencies.push(performance.now() - sent);
        buffer = Buffer.alloc(0);
        send();
      });
    });
  }
}
