import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hash,
  hkdfSync,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BlobCipher, blobCipher } from './blob-cipher.ts';

/**
 * Encryption of personal fields at rest, and blind indexes to find them by exact value.
 *
 * SM4-CTR with HMAC-SM3 over the cipher text (encrypt, then MAC). OpenSSL offers no SM4-GCM, hence the composition;
 * both keys come from one master key by HKDF. Layout: version (1) ‖ IV (16) ‖ cipher text ‖ tag (16).
 */
export interface Keyring {
  /** `context` binds the value to its place, so that a cipher text moved to another row or column does not open. */
  encrypt(plain: string, context: string): Buffer;
  /** @throws when the cipher text was changed, moved, or made with another key */
  decrypt(cipher: Buffer, context: string): string;
  /** Keyed digest of a normalised value; equal values, equal digests. */
  blindIndex(value: string, kind: 'phone' | 'name'): Buffer;
  /** The master key, for a thread of this process to make the same keyring of; it goes nowhere else. */
  forThread(): Uint8Array;
  /** For one file's content, known by a nonce of its own. */
  blob(nonce: Buffer): BlobCipher;
}

const VERSION = 1;
const TAG_BYTES = 16;
const IV_BYTES = 16;
const SM4_BLOCK = 16;

export class KeyringError extends Error {}

export function keyringFrom(master: Buffer): Keyring {
  if (master.length !== 32) throw new KeyringError('主密钥应为 32 字节');
  const derive = (info: string, bytes: number) => Buffer.from(hkdfSync('sha256', master, 'bihuan', info, bytes));
  const cipherKey = derive('field cipher', 16);
  const macKey = derive('field mac', 32);
  const indexKey = derive('blind index', 32);
  const blobSecret = derive('blobs', 32);
  const mac = hmacSm3(macKey);
  const index = hmacSm3(indexKey);
  const masked = sm4Masker(cipherKey);
  const tagOf = (body: Buffer, context: string) => mac(`${context}\0`, body).subarray(0, TAG_BYTES);
  return {
    blob: (nonce) => blobCipher(blobSecret, nonce),
    encrypt(plain, context) {
      const length = Buffer.byteLength(plain);
      const sealed = Buffer.allocUnsafe(1 + IV_BYTES + length + TAG_BYTES);
      const body = sealed.subarray(0, -TAG_BYTES);
      sealed[0] = VERSION;
      body.write(plain, 1 + IV_BYTES);
      masked(body.subarray(1 + IV_BYTES)).copy(sealed, 1);
      tagOf(body, context).copy(sealed, body.length);
      return sealed;
    },
    decrypt(sealed, context) {
      if (sealed.length < 1 + 16 + TAG_BYTES || sealed[0] !== VERSION) throw new KeyringError('密文格式不对');
      const body = sealed.subarray(0, -TAG_BYTES);
      if (!timingSafeEqual(tagOf(body, context), sealed.subarray(-TAG_BYTES)))
        throw new KeyringError('密文已被改动，或密钥不符');
      const decipher = createDecipheriv('sm4-ctr', cipherKey, body.subarray(1, 17));
      return Buffer.concat([decipher.update(body.subarray(17)), decipher.final()]).toString('utf8');
    },
    blindIndex(value, kind) {
      return index(`${kind}\0${value}`);
    },
    forThread: () => Uint8Array.from(master),
  };
}

const SM3_BLOCK = 64;
const NOTHING = Buffer.alloc(0);

/**
 * HMAC-SM3 (RFC 2104) by one-shot hashes: what is hashed here are a few dozen bytes, and `createHmac` takes longer to set
 * its objects up than to compute.
 */
export function hmacSm3(key: Buffer): (text: string, bytes?: Buffer) => Buffer {
  const block = Buffer.alloc(SM3_BLOCK);
  (key.length > SM3_BLOCK ? createHash('sm3').update(key).digest() : key).copy(block);
  const inner = Buffer.from(block.map((byte) => byte ^ 0x36));
  const outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  return (text, bytes = NOTHING) => {
    const message = Buffer.concat([inner, Buffer.from(text), bytes]);
    outer.write(hash('sm3', message), SM3_BLOCK, 'hex');
    return Buffer.from(hash('sm3', outer), 'hex');
  };
}

/** Key stream drawn at a time; also the longest value that takes from it. */
const DRAWN_BYTES = 32 * 1024;
const ZEROS = Buffer.alloc(DRAWN_BYTES);

/**
 * SM4 in counter mode, in place. A personal field is a few dozen bytes, and setting a cipher up takes OpenSSL longer than
 * encrypting them; so the key stream of many values is drawn at once, and each value takes the blocks that come next. A
 * counter block is 12 random bytes, new with each draw, and the number of the block in 4: no block is used twice.
 *
 * @returns masks the bytes and returns the counter block they begin with, valid until the next call
 */
function sm4Masker(key: Buffer): (bytes: Buffer) => Buffer {
  const counter = Buffer.alloc(IV_BYTES);
  let drawn = Buffer.alloc(0);
  let used = 0;
  return (bytes) => {
    if (bytes.length > DRAWN_BYTES) {
      randomFillSync(counter);
      createCipheriv('sm4-ctr', key, counter).update(bytes).copy(bytes);
      used = drawn.length;
      return counter;
    }
    const blocks = Math.max(1, Math.ceil(bytes.length / SM4_BLOCK));
    if (used + blocks * SM4_BLOCK > drawn.length) {
      randomFillSync(counter, 0, IV_BYTES - 4);
      counter.writeUInt32BE(0, IV_BYTES - 4);
      drawn = createCipheriv('sm4-ctr', key, counter).update(ZEROS);
      used = 0;
    }
    counter.writeUInt32BE(used / SM4_BLOCK, IV_BYTES - 4);
    for (let at = 0; at < bytes.length; at++) bytes[at]! ^= drawn[used + at]!;
    used += blocks * SM4_BLOCK;
    return counter;
  };
}

/** Reads the master key from the data folder, or makes it on the first start. Losing it loses every protected field. */
export async function loadKeyring(dataDir: string): Promise<Keyring> {
  const path = join(dataDir, 'keys', 'master.key');
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // `wx`: of two processes that start at once, one makes the key and the other reads it.
    await writeFile(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return keyringFrom(Buffer.from((await readFile(path, 'utf8')).trim(), 'base64'));
}

/** Digest for tokens kept in the database: only the digest is stored. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
