import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmacSm3, KeyringError, keyringFrom } from './index.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

describe('HMAC-SM3', () => {
  test('is what OpenSSL computes, for keys shorter and longer than a block', () => {
    fc.assert(
      fc.property(bytes(200), fc.string({ unit: 'grapheme', maxLength: 200 }), bytes(200), (key, text, body) => {
        expect(hmacSm3(key)(text, body)).toEqual(createHmac('sm3', key).update(text).update(body).digest());
      }),
    );
  });
});

describe('protected fields', () => {
  const keyring = keyringFrom(Buffer.alloc(32, 1));

  test('open to what they were, each sealing different from the last', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, context) => {
        const [one, other] = [keyring.encrypt(plain, context), keyring.encrypt(plain, context)];
        expect(one).not.toEqual(other);
        expect(keyring.decrypt(one, context)).toBe(plain);
        expect(keyring.decrypt(other, context)).toBe(plain);
      }),
    );
  });

  test('do not open when a byte was changed, in another place, or with another key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), (plain, at) => {
        const sealed = keyring.encrypt(plain, 'here');
        const changed = Buffer.from(sealed);
        changed[at % changed.length]! ^= 1;
        expect(() => keyring.decrypt(changed, 'here')).toThrow(KeyringError);
        expect(() => keyring.decrypt(sealed, 'there')).toThrow(KeyringError);
        expect(() => keyringFrom(Buffer.alloc(32, 2)).decrypt(sealed, 'here')).toThrow(KeyringError);
      }),
    );
  });

  test('a thread makes the same keyring of the key', () => {
    const there = keyringFrom(Buffer.from(keyring.forThread()));
    expect(there.decrypt(keyring.encrypt('张三', 'x'), 'x')).toBe('张三');
    expect(there.blindIndex('张三', 'name')).toEqual(keyring.blindIndex('张三', 'name'));
  });
});
