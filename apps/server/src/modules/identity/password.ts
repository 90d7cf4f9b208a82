import { randomBytes, randomInt } from 'node:crypto';
import { passwordFaults } from '@bihuan/domain/identity';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, 2 passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS);

/** A hash that no password matches. */
export const unusablePassword = (): Promise<string> => hashPassword(randomBytes(32).toString('hex'));

/** An unknown user costs the same time as a known one. */
const decoy = unusablePassword();

export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== null && matches;
}

// Without letters and digits that look alike when read out over the phone.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz';
const CAPITALS = 'ABCDEFGHJKMNPQRSTUVWXYZ';
const DIGITS = '23456789';

/** A random initial password that satisfies the rules; it must be changed at the first sign-in. */
export function initialPassword(): string {
  const pick = (from: string, n: number) => Array.from({ length: n }, () => from[randomInt(from.length)]).join('');
  for (;;) {
    const password = `${pick(CAPITALS, 2)}${pick(LETTERS, 4)}-${pick(DIGITS, 5)}`;
    // Chance also makes runs of one character.
    if (passwordFaults(password, '').length === 0) return password;
  }
}
