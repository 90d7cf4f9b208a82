import { createDictionary, trainIfGrown } from '../../modules/complaint/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { DEMO_OPENS } from './world.ts';

const UNNAMED = 40;

/**
 * Teaches the categories. The last waiting orders came without one: those that the model is sure of carry its word, and
 * wait for a person's.
 */
export async function furnishCategories(deps: Deps): Promise<void> {
  const clock = { now: () => DEMO_OPENS };
  await trainIfGrown({ ...deps, clock });
  const { categories } = await createDictionary(deps.db, clock).load();
  const waiting = await deps.db.query<{ id: string; title: string; content: string; code: string }>(
    null,
    `select id, title, content, category_code as code from complaint
      where status in ('received','accepted') and category_code is not null order by received_at desc, id desc limit $1`,
    [UNNAMED],
  );
  const guessed = waiting.flatMap(({ id, title, content, code }) => {
    const sure = categories.sure(title, content);
    return sure && !sure.byWords && sure.code === code ? [{ id, code, confidence: sure.confidence }] : [];
  });
  await deps.db.query(
    null,
    `insert into category_guess (complaint_id, code, confidence, by_words)
     select id, code, confidence, false from jsonb_to_recordset($1::jsonb) as g (id uuid, code text, confidence real) on conflict do nothing`,
    [JSON.stringify(guessed)],
  );
}
