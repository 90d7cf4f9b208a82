import { Readable } from 'node:stream';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';

/** A short paper uploaded as evidence by the person. @returns its id */
export async function paperOf(
  deps: Pick<Deps, 'files'>,
  by: RequestActor,
  title: string,
  lines: readonly string[],
): Promise<string> {
  const text = [title, '', ...lines, `单位：${by.unitName}`, `经办：${by.name}`, ''].join('\n');
  const stored = await deps.files.put({
    stream: Readable.from([Buffer.from(text)]),
    name: `${title}.txt`,
    purpose: 'evidence',
    maxBytes: 10_000,
    createdBy: by.personId,
  });
  return stored.id;
}
