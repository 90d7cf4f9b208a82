import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { previewMatter } from '@bihuan/contract/matter';
import { permits } from '@bihuan/domain/access';
import type { Status } from '@bihuan/domain/complaint';
import { maskPersonal, normalisePhone } from '@bihuan/domain/intake';
import { CANDIDATES, compare, keyWeight, profileOf, WEIGHTS } from '@bihuan/domain/similarity';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { comparedOrders, latestTurns } from './compare.repo.ts';
import { readModel } from './model.repo.ts';

const SHOWN = 5;

/** What an order that is just being written down is like; nothing is kept. A caller's phone counts for those who may see phones. */
export async function preview(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof previewMatter>,
): Promise<ResponseOf<typeof previewMatter>> {
  const phone = normalisePhone(body.phone);
  const person =
    phone.regular && permits(actor, 'complaint.reveal')
      ? deps.keyring.blindIndex(phone.text, 'phone').toString('hex')
      : null;
  const profile = profileOf({
    id: '',
    title: maskPersonal(body.title).masked,
    text: maskPersonal(body.content).masked,
    address: maskPersonal(body.address).masked,
    at: deps.clock.now(),
    person,
  });
  if (profile.keys.length === 0) return { likes: [] };
  const model = await readModel(deps.db);
  const weights = new Map<number, number>();
  for (const [key, turns] of await latestTurns(deps.db, profile.keys, Number.MAX_SAFE_INTEGER))
    for (const turn of turns) weights.set(turn, (weights.get(turn) ?? 0) + keyWeight(key, model.vocabulary));
  const turns = [...weights]
    .sort((a, b) => b[1] - a[1] || b[0] - a[0])
    .slice(0, CANDIDATES)
    .map(([turn]) => turn);
  const likes = (await comparedOrders(deps.db, turns))
    .map((order) => ({ id: order.id, ...compare(profile, profileOf(order), model.vocabulary, WEIGHTS) }))
    .filter(({ score }) => score >= model.thresholds.suggested)
    .sort((a, b) => b.score - a.score);
  const scope = complaintScope(actor, 'c', 2);
  const rows = await deps.db.query<{
    id: string;
    number: string;
    title: string;
    received_at: Date;
    status: Status;
    unit_id: string | null;
    unit_name: string | null;
    matter_id: string;
    count: number;
  }>(
    `matter.preview.${scope.scope}`,
    `select c.id, c.number, c.title, c.received_at, c.status, c.unit_id, u.name as unit_name, o.matter_id,
            (select count(*)::int from matter_order z where z.matter_id = o.matter_id and z.turn is not null) as count
       from complaint c join matter_order o on o.complaint_id = c.id left join unit u on u.id = c.unit_id where c.id = any($1::uuid[]) and ${scope.sql}`,
    [likes.map(({ id }) => id), ...scope.values],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const matters = new Set<string>();
  return {
    likes: likes
      .flatMap(({ id, score, reasons }) => {
        const row = byId.get(id);
        // Of one matter, the most like order speaks for all.
        if (!row || matters.has(row.matter_id)) return [];
        matters.add(row.matter_id);
        return [
          {
            id,
            number: row.number,
            title: row.title,
            receivedAt: row.received_at.toISOString(),
            status: row.status,
            unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name! },
            matterCount: row.count,
            score,
            sure: score >= model.thresholds.joined,
            reasons: [...reasons],
          },
        ];
      })
      .slice(0, SHOWN),
  };
}
