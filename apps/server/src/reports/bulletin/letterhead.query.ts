import type { Letterhead as LetterheadSetting } from '@bihuan/contract/bulletin';
import type { BulletinKind } from '@bihuan/domain/bulletin';
import type { Sql } from '../../platform/db/index.ts';

/** What stands around the text; taken when a bulletin is begun, so that a later renaming changes no document. */
export interface Letterhead {
  /** 发文机关标志. */
  readonly issuer: string;
  /** 署名. */
  readonly unit: string;
  /** 发文机关代字, e.g. 宝城执通. */
  readonly series: string;
  readonly cc: readonly string[];
  readonly printedBy: string;
}

export const LETTERHEAD = 'bulletin.letterhead';
const SERIES: Readonly<Record<BulletinKind, string>> = { monthly: '宝城执通', weekly: '宝城执周' };

/** As set, and for what was never set from the bureau's and its partners' names. */
export async function currentLetterhead(sql: Sql, today: string): Promise<LetterheadSetting> {
  const [row] = await sql.query<{
    setting: Partial<LetterheadSetting> | null;
    bureau: string | null;
    partners: string[];
  }>(
    null,
    `select (select value from setting where key = $2 and effective_from <= $1 order by effective_from desc limit 1) as setting,
            (select name from unit where kind = 'bureau' and closed_at is null order by sort, code limit 1) as bureau,
            array(select name from unit where kind = 'partner' and closed_at is null order by sort, code) as partners`,
    [today, LETTERHEAD],
  );
  const setting = row!.setting ?? {};
  const unit = setting.unit ?? row!.bureau ?? '城市管理行政执法局';
  return {
    issuer: setting.issuer ?? `${unit}文件`,
    unit,
    series: { ...SERIES, ...setting.series },
    cc: setting.cc ?? row!.partners,
    printedBy: setting.printedBy ?? `${unit}办公室`,
  };
}

export async function readLetterhead(sql: Sql, kind: BulletinKind, today: string): Promise<Letterhead> {
  const { series, ...rest } = await currentLetterhead(sql, today);
  return { ...rest, series: series[kind] };
}
