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

interface LetterheadSetting {
  issuer?: string;
  unit?: string;
  series?: Partial<Record<BulletinKind, string>>;
  cc?: string[];
  printedBy?: string;
}

const SERIES: Readonly<Record<BulletinKind, string>> = { monthly: '宝城执通', weekly: '宝城执周' };

/** From the setting `bulletin.letterhead`, and for what it leaves open from the bureau's and its partners' names. */
export async function readLetterhead(sql: Sql, kind: BulletinKind, today: string): Promise<Letterhead> {
  const [row] = await sql.query<{ setting: LetterheadSetting | null; bureau: string | null; partners: string[] }>(
    null,
    `select (select value from setting where key = 'bulletin.letterhead' and effective_from <= $1 order by effective_from desc limit 1) as setting,
            (select name from unit where kind = 'bureau' and closed_at is null order by sort, code limit 1) as bureau,
            array(select name from unit where kind = 'partner' and closed_at is null order by sort, code) as partners`,
    [today],
  );
  const setting = row!.setting ?? {};
  const unit = setting.unit ?? row!.bureau ?? '城市管理行政执法局';
  return {
    issuer: setting.issuer ?? `${unit}文件`,
    unit,
    series: setting.series?.[kind] ?? SERIES[kind],
    cc: setting.cc ?? row!.partners,
    printedBy: setting.printedBy ?? `${unit}办公室`,
  };
}
