export { type Keyring, KeyringError, keyringFrom, loadKeyring, newToken, tokenHash } from './keyring.ts';
