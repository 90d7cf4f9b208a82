import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Bytes of plain text in every chunk but the last. */
export const CHUNK = 64 * 1024;
export const TAG = 16;
const BLOCK = 16;

export class BlobDamaged extends Error {}

/**
 * Seals a large content chunk by chunk, so that it can be written as it comes and read from anywhere. Like the fields SM4-CTR
 * with HMAC-SM3 over the cipher text; the keys belong to this one content, so chunks of another do not open.
 */
export interface BlobCipher {
  /** @param index of the chunk, from 0 @returns cipher text ‖ tag */
  seal(index: number, plain: Buffer): Buffer;
  /** @throws BlobDamaged when the chunk was changed or moved, or the key is another */
  open(index: number, sealed: Buffer): Buffer;
  /** What ties the chunks to the content they make up: a cut or exchanged file is noticed before it is read. */
  bind(sha256: string, size: number): Buffer;
}

/** @param nonce 16 random bytes, never used twice under one secret */
export function blobCipher(secret: Buffer, nonce: Buffer): BlobCipher {
  const derive = (info: string, bytes: number) => Buffer.from(hkdfSync('sha256', secret, nonce, info, bytes));
  const cipherKey = derive('blob cipher', 16);
  const macKey = derive('blob mac', 32);
  const counter = (index: number): Buffer => {
    const iv = Buffer.alloc(BLOCK);
    iv.writeBigUInt64BE(BigInt(index) * BigInt(CHUNK / BLOCK), 8);
    return iv;
  };
  const tagOf = (place: string, body: Buffer | string): Buffer =>
    createHmac('sm3', macKey).update(`${place}\0`).update(body).digest().subarray(0, TAG);
  return {
    seal(index, plain) {
      const cipher = createCipheriv('sm4-ctr', cipherKey, counter(index));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([body, tagOf(`chunk ${index}`, body)]);
    },
    open(index, sealed) {
      const body = sealed.subarray(0, -TAG);
      if (sealed.length <= TAG || !timingSafeEqual(tagOf(`chunk ${index}`, body), sealed.subarray(-TAG)))
        throw new BlobDamaged(`chunk ${index} was changed`);
      const decipher = createDecipheriv('sm4-ctr', cipherKey, counter(index));
      return Buffer.concat([decipher.update(body), decipher.final()]);
    },
    bind: (sha256, size) => tagOf('content', `${sha256} ${size}`),
  };
}
