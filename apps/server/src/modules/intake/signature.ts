import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureAlgorithm } from './sources.repo.ts';

/** How far apart the clocks of the two sides may be, ms. */
export const CLOCK_TOLERANCE = 5 * 60_000;

export interface SignedMessage {
  readonly method: string;
  /** Path with query, as it stands in the request line. */
  readonly path: string;
  /** Unix time in seconds, decimal. */
  readonly timestamp: string;
  /** Empty where there is none. */
  readonly idempotencyKey: string;
  readonly body: Buffer;
}

/**
 * `<algorithm>=<hex>` of HMAC(secret, method ⏎ path ⏎ timestamp ⏎ idempotency key ⏎ hex of the body's hash), the hash being
 * that of the algorithm (SHA-256 or SM3, GB/T 32905).
 */
export function sign(algorithm: SignatureAlgorithm, secret: string, message: SignedMessage): string {
  const bodyHash = createHash(algorithm).update(message.body).digest('hex');
  const text = [message.method.toUpperCase(), message.path, message.timestamp, message.idempotencyKey, bodyHash].join(
    '\n',
  );
  return `${algorithm}=${createHmac(algorithm, secret).update(text).digest('hex')}`;
}

/** Compares in constant time; the time allowed is the caller's to check. */
export function verify(
  algorithm: SignatureAlgorithm,
  secret: string,
  message: SignedMessage,
  signature: string,
): boolean {
  const expected = createHash('sha256')
    .update(sign(algorithm, secret, message))
    .digest();
  const given = createHash('sha256').update(signature).digest();
  return timingSafeEqual(expected, given);
}

export const isTimely = (timestamp: string, now: number): boolean =>
  /^\d{10}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - now) <= CLOCK_TOLERANCE;
