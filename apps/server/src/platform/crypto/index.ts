export { type BlobCipher, BlobDamaged, CHUNK, TAG } from './blob-cipher.ts';
export { drawHash } from './draw-hash.ts';
export { hmacSm3, type Keyring, KeyringError, keyringFrom, loadKeyring, newToken, tokenHash } from './keyring.ts';
