import { createHash, createHmac } from 'node:crypto';
import type { DrawHash } from '@bihuan/domain/sampling';

/** SHA-256 for draws: what an outsider has at hand to run one again, in any language. */
export const drawHash: DrawHash = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  hmacSha256: (key, message) => createHmac('sha256', Buffer.from(key, 'hex')).update(message, 'utf8').digest(),
};
