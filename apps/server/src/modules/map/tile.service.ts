import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { notFound, Problem } from '../../platform/errors.ts';
import { readSetting } from './map.repo.ts';
import { tileFolder } from './setting.service.ts';

const TIMEOUT_MS = 10_000;
const MAX_TILE = 2 * 1024 * 1024;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp']);

/**
 * Fetches a tile for the browser: desks without internet see the map too, the key of the tile service stays here, and
 * no page speaks to another origin. Only images pass.
 */
export async function sendTile(
  deps: Deps,
  { z, x, y }: { z: number; x: number; y: number },
  reply: FastifyReply,
): Promise<void> {
  const { base, tile_url } = await readSetting(deps.db);
  if (base !== 'tiles' || !tile_url || x >= 2 ** z || y >= 2 ** z) throw notFound('瓦片');
  const address = tile_url.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y));
  const unavailable = () => new Problem(502, 'tile_unavailable', '底图服务没有给出瓦片');
  const answer = await fetch(address, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    headers: { accept: 'image/*' },
  }).catch((error: unknown) => {
    deps.log.warn({ err: error }, 'tile source unreachable');
    throw unavailable();
  });
  const type = answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  if (!answer.ok || !IMAGES.has(type) || Number(answer.headers.get('content-length') ?? 0) > MAX_TILE) {
    await answer.body?.cancel();
    throw unavailable();
  }
  const image = Buffer.from(await answer.arrayBuffer());
  if (image.length > MAX_TILE) throw unavailable();
  await reply
    .type(type)
    .header('cache-control', 'private, max-age=86400')
    .header('x-content-type-options', 'nosniff')
    .send(image);
}

/** Part of the PMTiles file, as a browser asks for it: its directory first, then single tiles. */
export async function sendTileFile(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { base, tile_file } = await readSetting(deps.db);
  if (base !== 'file' || !tile_file) throw notFound('底图文件');
  const path = join(tileFolder(deps), basename(tile_file));
  const found = await stat(path).catch(() => null);
  if (!found) throw notFound('底图文件');
  const etag = `"${found.size.toString(36)}-${Math.floor(found.mtimeMs).toString(36)}"`;
  reply
    .type('application/octet-stream')
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('x-content-type-options', 'nosniff');
  const header = request.headers.range;
  const range = header === undefined ? null : rangeOf(header, found.size);
  if (header !== undefined && range === null) {
    await reply.code(416).header('content-range', `bytes */${found.size}`).send();
    return;
  }
  // Whole only by parts: a file of gigabytes is not sent by accident.
  if (range === null) throw new Problem(400, 'range_required', '底图文件须按字节范围读取');
  await reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${found.size}`)
    .header('content-length', range.end - range.start + 1)
    .send(createReadStream(path, range));
}

/** One range, both ends included. @returns null when there is nothing to send */
function rangeOf(header: string, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header);
  if (!match) return null;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start < size && start <= end ? { start, end } : null;
}
