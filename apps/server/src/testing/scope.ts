import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import type { TestApp, TestPerson } from './app.ts';

/** A fixed sequence: a failure can be repeated. */
export function randoms(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]! };
}

export interface ScopeOrder {
  id: string;
  title: string;
  unitId: string | null;
  townId: string | null;
  officerId: string | null;
  jointUnitIds: string[];
  status: string;
  received: string;
  at: { lng: number; lat: number } | null;
  matter: string | null;
}

/** Who sees what, written down a second time and independently of the SQL. */
export function mayOpen({ actor }: TestPerson, order: ScopeOrder): boolean {
  switch (roleDefinition(actor.role).scope) {
    case 'district':
      return true;
    case 'unit':
      return order.unitId === actor.unitId || order.jointUnitIds.includes(actor.unitId);
    case 'own':
      return order.officerId === actor.personId;
    case 'town':
      return order.townId === actor.townId;
    case 'joint':
      return order.jointUnitIds.includes(actor.unitId);
    default:
      return false;
  }
}

/** Exactly on the edge between two cells of every size up to half a degree. */
export const EDGE = { lng: 121.5, lat: 31.25 };

/** A person of every role that reads complaints, 400 orders all over the units and towns, 40 matters across them. */
export async function scopeWorld(t: TestApp): Promise<{ people: TestPerson[]; orders: ScopeOrder[] }> {
  const people: TestPerson[] = [];
  const orders: ScopeOrder[] = [];
  const towns: string[] = [];
  const random = randoms(881);
  const squadrons = [await t.unit('squadron'), await t.unit('squadron'), await t.unit('squadron')];
  towns.push(...squadrons.map(({ townId }) => townId!));
  const partner = await t.unit('partner');
  const homes = {
    squadron: squadrons[0]!.id,
    town: towns[0]!,
    partner: partner.id,
    section: (await t.unit('section')).id,
    bureau: (await t.unit('bureau')).id,
  };
  for (const role of ROLE_NAMES) {
    const kind = roleDefinition(role).unitKinds[0] as keyof typeof homes;
    if (roleDefinition(role).permissions.includes('complaint.read' as never))
      people.push(await t.person(homes[kind], role));
  }
  const officer = people.find(({ actor }) => actor.role === 'officer')!;
  const [source] = await t.deps.db.query<{ id: string }>(null, "select id from intake_source where code = 'hotline'");
  for (let n = 0; n < 400; n += 1) {
    const status = random.pick(['received', 'handling', 'reviewing', 'closed']);
    const squadron = status === 'received' ? null : random.pick(squadrons);
    const order = {
      title: `第${n}件`,
      unitId: squadron?.id ?? null,
      townId: random.next() < 0.85 ? random.pick(towns) : null,
      officerId: squadron === squadrons[0] && random.next() < 0.6 ? officer.actor.personId : null,
      jointUnitIds: squadron && random.next() < 0.3 ? [partner.id] : [],
      status,
      received: `2023-0${random.pick([3, 4, 5])}-${random.pick(['01', '09', '17', '28'])}`,
      at:
        random.next() < 0.1
          ? null
          : random.next() < 0.1
            ? EDGE
            : {
                lng: Math.round((121.3 + random.next() * 0.3) * 1e6) / 1e6,
                lat: Math.round((31.2 + random.next() * 0.3) * 1e6) / 1e6,
              },
    };
    const [row] = await t.deps.db.query<{ id: string }>(
      null,
      `with c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, officer_id, town_id, received_at, due_at, first_contact_due_at, lng, lat)
          values ($1, $2, 'ordinary', 'normal', $3, $3, $4, $5, $6, $7, $8::date + interval '9 hours', '2023-06-08', '2023-06-02', $9, $10) returning id),
        x as (insert into complainant (complaint_id) select id from c),
        r as (insert into handling_round (complaint_id, round, kind, urgency, unit_id, town_id, officer_id, started_at, due_at, first_contact_due_at)
          select id, 1, 'ordinary', 'normal', $5, $7, $6, '2023-06-01', '2023-06-08', '2023-06-02' from c)
       select id from c`,
      [
        `M${n}`,
        source!.id,
        order.title,
        status,
        order.unitId,
        order.officerId,
        order.townId,
        order.received,
        order.at?.lng ?? null,
        order.at?.lat ?? null,
      ],
    );
    for (const unitId of order.jointUnitIds)
      await t.deps.db.query(null, 'insert into complaint_joint_unit values ($1, $2)', [row!.id, unitId]);
    orders.push({ ...order, id: row!.id, matter: null });
  }
  await t.deps.db.query(null, 'update matter_order set turn = seq');
  // Forty matters of three, across squadrons and towns.
  for (let m = 0; m < 40; m += 1) {
    const members = [random.pick(orders), random.pick(orders), random.pick(orders)].filter(
      (one) => one.matter === null,
    );
    if (new Set(members).size < 2) continue;
    const id = members[0]!.id;
    for (const member of members) member.matter = id;
    await t.deps.db.query(
      null,
      "insert into matter (id, title, order_count, first_at, last_at) values ($1, '秘密的总标题', $2, '2023-03-01', '2023-05-28')",
      [id, new Set(members).size],
    );
    await t.deps.db.query(null, 'update matter_order set matter_id = $1 where complaint_id = any($2::uuid[])', [
      id,
      members.map((one) => one.id),
    ]);
  }
  return { people, orders };
}
