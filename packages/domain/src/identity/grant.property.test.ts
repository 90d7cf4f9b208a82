import { describe, expect, it } from 'vitest';
import { isAdministrator, ROLE_NAMES, roleDefinition } from '../access/index.ts';
import { refuseGrant } from './index.ts';

const asked = (role: (typeof ROLE_NAMES)[number], held: readonly (typeof ROLE_NAMES)[number][]) => ({
  personId: 'p',
  unitId: 'u',
  unitKind: roleDefinition(role).unitKinds[0]!,
  role,
  proposedBy: 'system',
  decidedBy: 'security',
  held: held.map((one, index) => ({ unitId: `other${index}`, role: one })),
});

describe('granting a role', () => {
  it('never lets anybody hold an administrator’s role together with another, in any combination and order', () => {
    for (const first of ROLE_NAMES) {
      for (const second of ROLE_NAMES) {
        for (const third of [null, ...ROLE_NAMES]) {
          // As the posts would really come about: each granted on top of what is held by then.
          const held: (typeof ROLE_NAMES)[number][] = [];
          for (const role of [first, second, third]) {
            if (role !== null && refuseGrant(asked(role, held)) === null) held.push(role);
          }
          const administrators = held.filter(isAdministrator).length;
          expect(administrators === 0 || held.length === 1, `${first}+${second}+${third} → ${held}`).toBe(true);
        }
      }
    }
  });

  it('is refused to whoever proposes or decides it for himself, and to one hand alone, whatever the role', () => {
    for (const role of ROLE_NAMES) {
      const request = asked(role, []);
      expect(refuseGrant(request)).toBeNull();
      expect(refuseGrant({ ...request, proposedBy: 'p' })).toBe('own_grant');
      expect(refuseGrant({ ...request, decidedBy: 'p' })).toBe('own_grant');
      expect(refuseGrant({ ...request, decidedBy: 'system' })).toBe('same_hand');
    }
  });
});
