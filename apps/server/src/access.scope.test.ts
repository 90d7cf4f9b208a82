import { randomUUID } from 'node:crypto';
import { permits, ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from './testing/app.ts';

let t: TestApp;
const people = new Map<Role, TestPerson>();
beforeAll(async () => {
  t = await testApp();
  for (const role of ROLE_NAMES) {
    const kind = roleDefinition(role).unitKinds[0] as 'bureau' | 'section' | 'squadron' | 'town' | 'partner';
    people.set(role, await t.person((await t.unit(kind)).id, role));
  }
});
afterAll(() => t.close());

/** Answers that never end cannot be waited for; who may open them is checked before they begin. */
const STREAMS = new Set(['system.live', 'live.stream', 'live']);

describe('every endpoint, generated from what the server binds', () => {
  it('tells a stranger nothing, refuses each role without its permission, and lets in each role with it', async () => {
    expect(t.app.endpoints.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const endpoint of t.app.endpoints) {
      const path = endpoint.path.replace(/:token\b/g, 'x'.repeat(43)).replace(/:[a-zA-Z]+/g, randomUUID());
      const ask = async (as: TestPerson | null) => {
        const hasBody = endpoint.body !== undefined && endpoint.method !== 'GET';
        return t.call(as, endpoint.method, path, hasBody ? {} : undefined);
      };
      if (endpoint.access !== 'public') {
        const answer = await ask(null);
        if (answer.status !== 401) wrong.push(`nobody ${endpoint.id}: ${answer.status}`);
      }
      for (const [role, person] of people) {
        const allowed =
          endpoint.access === 'public' || endpoint.access === 'signed-in' || permits(person.actor, endpoint.access);
        if (allowed && (STREAMS.has(endpoint.id) || endpoint.id === 'identity.signOut')) continue;
        const { status, body } = await ask(person);
        // A public endpoint may still ask for a signature or a token of its own.
        if (allowed && endpoint.access !== 'public' && (status === 401 || body?.code === 'forbidden'))
          wrong.push(`${role} ${endpoint.id}: ${status}`);
        if (!allowed && status !== 403) wrong.push(`${role} ${endpoint.id}: ${status} though not permitted`);
        if (status >= 500) wrong.push(`${role} ${endpoint.id}: ${JSON.stringify(body)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 240_000);

  it('keeps the three administrators out of each other’s work and out of complaints', () => {
    const held = (role: Role) =>
      new Set(
        t.app.endpoints
          .filter(
            (e) =>
              e.access !== 'public' && e.access !== 'signed-in' && permits({ ...people.get(role)!.actor }, e.access),
          )
          .map((e) => e.id),
      );
    const [system, security, audit] = [held('system_admin'), held('security_admin'), held('audit_admin')];
    expect([...system].filter((id) => security.has(id) || audit.has(id))).toEqual([]);
    expect([...security].filter((id) => audit.has(id))).toEqual([]);
    for (const set of [system, security, audit]) {
      expect(set.size).toBeGreaterThan(0);
      expect([...set].filter((id) => id.startsWith('complaint.'))).toEqual([]);
    }
  });
});
