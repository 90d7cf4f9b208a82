import { canonicalJson } from './canonical.ts';
import { DRAW_FORMAT, type DrawFile, type DrawPopulation, drawText, makeDraw } from './draw.ts';
import type { DrawHash } from './stream.ts';

export type DrawVerification =
  | { readonly ok: true; readonly file: DrawFile }
  | { readonly ok: false; readonly message: string };

/** What a recomputed file is compared with, in this order: the first difference is the one to tell. */
const COMPARED = [
  ['populationDigest', '名单摘要与名单不符：名单在冻结后被改动'],
  ['commitment', '承诺值与随机数、名单不符'],
  ['seed', '种子与随机数、名单、公开值不符'],
  ['result', '抽取结果与重新计算的不同'],
  ['digest', '核对码不符：文件内容被改动'],
] as const satisfies readonly (readonly [keyof DrawFile, string])[];

/**
 * Runs a published draw again from its file alone.
 * @param text the whole file, as it was decoded from UTF-8
 * @param noted the commitment noted when it was published; without it, only that the file agrees with itself is proven
 */
export function verifyDraw(hash: DrawHash, text: string, noted?: string): DrawVerification {
  const no = (message: string): DrawVerification => ({ ok: false, message });
  let file: DrawFile;
  let again: DrawFile;
  try {
    file = JSON.parse(text);
    if (file?.format !== DRAW_FORMAT) return no(`不是抽取文件（${DRAW_FORMAT}）`);
    again = makeDraw(hash, file.population as DrawPopulation, file.nonce, file.publicValue);
  } catch {
    return no('文件残缺，或名单不能抽取');
  }
  for (const [key, message] of COMPARED)
    if (canonicalJson(file[key] ?? null) !== canonicalJson(again[key])) return no(message);
  if (text !== drawText(again)) return no('文件的写法被改动');
  if (noted !== undefined && noted.trim().toLowerCase() !== again.commitment)
    return no('承诺值与抽取前公布的不同：文件是事后另做的');
  return { ok: true, file: again };
}
