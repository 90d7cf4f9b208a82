export { hmacSm3, type Keyring, KeyringError, keyringFrom, loadKeyring, newToken, tokenHash } from './keyring.ts';
