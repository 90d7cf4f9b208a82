import type { LiveEvent } from '@bihuan/contract/system';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { findSession, SESSION_COOKIE } from '../identity/index.ts';

/** Tabs of one browser share a session. */
const PER_SESSION = 6;
/** Below the usual idle limits of proxies. */
const HEARTBEAT = 25_000;
/** A revoked session loses its streams within this time. */
const SESSION_CHECK = 15_000;
/** A browser that does not read is dropped before it fills the memory. */
const MOST_UNREAD = 256 * 1024;
const RECONNECT = 3_000;

interface Connection {
  readonly sessionId: string;
  readonly token: string;
  send(text: string): void;
  end(last?: string): void;
}

/** The open event streams of this process. */
export function createLiveConnections(deps: Deps) {
  const connections = new Set<Connection>();
  let timers: NodeJS.Timeout[] = [];

  function watch(): void {
    if (timers.length > 0) return;
    timers = [
      setInterval(() => {
        for (const connection of connections) connection.send(': .\n\n');
      }, HEARTBEAT),
      setInterval(() => void endDeadSessions(), SESSION_CHECK),
    ];
  }

  function rest(): void {
    if (connections.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  async function endDeadSessions(): Promise<void> {
    try {
      for (const token of new Set([...connections].map((connection) => connection.token))) {
        if (await findSession(deps.db, token, deps.clock.now(), null)) continue;
        for (const connection of connections) {
          if (connection.token === token) connection.end('event: ended\ndata: {}\n\n');
        }
      }
    } catch (error) {
      // The database is away; the streams show nothing new meanwhile and are looked at again.
      deps.log.warn({ err: error }, 'live: sessions could not be checked');
    }
  }

  return {
    /** Takes over the reply. @throws Problem when the session has too many streams open */
    open(actor: RequestActor, request: FastifyRequest, reply: FastifyReply): void {
      const open = [...connections].filter((connection) => connection.sessionId === actor.sessionId);
      if (open.length >= PER_SESSION) throw new Problem(429, 'too_many_streams', '打开的页面过多，请关闭一些再试');
      const headers = reply.getHeaders() as Record<string, string>;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      });
      const connection: Connection = {
        sessionId: actor.sessionId,
        token: request.cookies[SESSION_COOKIE] ?? '',
        send(text) {
          if (raw.writableLength > MOST_UNREAD) raw.destroy();
          else raw.write(text);
        },
        end(last) {
          raw.end(last);
        },
      };
      const unsubscribe = deps.live.subscribe(actor, ({ topic, objectId, data }) => {
        connection.send(`event: message\ndata: ${JSON.stringify({ topic, objectId, data } satisfies LiveEvent)}\n\n`);
      });
      connections.add(connection);
      raw.once('close', () => {
        unsubscribe();
        connections.delete(connection);
        rest();
      });
      raw.on('error', () => raw.destroy());
      watch();
      connection.send(`retry: ${RECONNECT}\nevent: ready\ndata: {}\n\n`);
    },
    closeAll(): void {
      for (const connection of connections) connection.end();
    },
  };
}
