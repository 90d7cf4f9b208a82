import { randomUUID } from 'node:crypto';
import type { Command } from '@bihuan/domain/complaint';
import type { TestApp, TestPerson } from './app.ts';

/** A district in small: the people of the loop, two squadrons, a town, a partner. */
export async function testDistrict(t: TestApp) {
  const coordination = await t.unit('section', '执法协调科');
  const supervision = await t.unit('section', '执法监督科');
  const bureau = await t.unit('bureau', '区城管执法局');
  const partner = await t.unit('partner', '区房管局');
  const a = await t.unit('squadron', '甲中队');
  const b = await t.unit('squadron', '乙中队');
  const person = t.person.bind(t);
  return {
    units: { coordination, supervision, bureau, partner, a, b },
    clerk: await person(coordination.id, 'coordination_clerk'),
    chief: await person(coordination.id, 'coordination_chief'),
    supervisor: await person(supervision.id, 'supervisor'),
    director: await person(bureau.id, 'bureau_leader'),
    inner: await person(a.id, 'squadron_clerk'),
    leader: await person(a.id, 'squadron_leader'),
    officer: await person(a.id, 'officer'),
    colleague: await person(a.id, 'officer'),
    otherInner: await person(b.id, 'squadron_clerk'),
    otherLeader: await person(b.id, 'squadron_leader'),
    liaison: await person(a.townId!, 'town_liaison'),
    partnerLiaison: await person(partner.id, 'partner_liaison'),
    sysadmin: await person(bureau.id, 'system_admin'),
    secadmin: await person(bureau.id, 'security_admin'),
    auditadmin: await person(bureau.id, 'audit_admin'),
  };
}
export type TestDistrict = Awaited<ReturnType<typeof testDistrict>>;

/** Registers an order through the API. */
export async function registerOrder(
  t: TestApp,
  as: TestPerson,
  overrides: Record<string, unknown> = {},
): Promise<{ id: string; number: string }> {
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'walk_in'");
  const answer = await t.call(as, 'POST', '/complaints', {
    commandId: randomUUID(),
    sourceId: source!.id,
    title: '楼上装修敲承重墙',
    content: '市民反映楼上住户装修时敲掉一面承重墙，请核实。',
    ...overrides,
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

/** One command through the API; the answer whatever it is. */
export function command(t: TestApp, as: TestPerson, id: string, given: Command, commandId: string = randomUUID()) {
  return t.call(as, 'POST', `/complaints/${id}/commands`, { commandId, command: given });
}

/** Commands that must succeed, one after another. */
export async function walk(t: TestApp, id: string, ...steps: [TestPerson, Command][]): Promise<void> {
  for (const [as, given] of steps) {
    const answer = await command(t, as, id, given);
    if (answer.status !== 200) throw new Error(`${given.action}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

/** An order of squadron 甲, signed for and assigned to the officer. */
export async function handledOrder(
  t: TestApp,
  d: TestDistrict,
  overrides: Record<string, unknown> = {},
): Promise<{ id: string; number: string }> {
  const order = await registerOrder(t, d.clerk, { townId: d.units.a.townId, ...overrides });
  await walk(
    t,
    order.id,
    [d.clerk, { action: 'dispatch', unitId: d.units.a.id }],
    [d.inner, { action: 'sign' }],
    [d.inner, { action: 'assign', officerId: d.officer.actor.personId }],
  );
  return order;
}
