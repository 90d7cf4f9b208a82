import { TARGET_FIELDS } from '@bihuan/domain/intake';
import { DIGEST_FIELDS, type DigestField } from './digest.ts';

const LABELS: Readonly<Record<DigestField, string>> = {
  receivedAt: TARGET_FIELDS.receivedAt.label,
  title: TARGET_FIELDS.title.label,
  content: TARGET_FIELDS.content.label,
  address: TARGET_FIELDS.address.label,
  category: '分类',
  kind: TARGET_FIELDS.kind.label,
  urgency: TARGET_FIELDS.urgency.label,
  flags: '匿名、回访要求',
  name: TARGET_FIELDS.complainantName.label,
  phone: TARGET_FIELDS.complainantPhone.label,
  extras: '附加信息',
};
export const labelOf = (field: DigestField): string => LABELS[field];

export interface Standing {
  readonly closed: boolean;
  /** Not handed to a squadron yet. */
  readonly undispatched: boolean;
  /** Neither paused, extended, concluded nor reopened. */
  readonly plainClock: boolean;
  /** The new text holds the whole old one. */
  readonly contentGrows: boolean;
  /** The source's category is one of ours, and another than the order has. */
  readonly categoryDiffers: boolean;
}

export interface Reconciled {
  /** Taken over from the source. */
  readonly take: readonly DigestField[];
  /** Not taken over; the row is returned with these reasons. */
  readonly conflicts: readonly { readonly field: DigestField; readonly message: string }[];
  /** What the source is now known to say; a field in conflict keeps what it said before, so that it is reported again. */
  readonly record: Readonly<Record<DigestField, string>>;
}

/**
 * Compares, field by field, what the source said before, what stands in the order, and what the source says now. A change
 * is taken over when nobody here has changed the same field and the order's state allows it; else it is a conflict.
 * @param before `null` per field: the source never said (an order registered by hand)
 */
export function reconcile(
  before: Readonly<Record<DigestField, string | null>> | null,
  current: Readonly<Record<DigestField, string>>,
  incoming: Readonly<Record<DigestField, string>>,
  standing: Standing,
): Reconciled {
  const take: DigestField[] = [];
  const conflicts: { field: DigestField; message: string }[] = [];
  const record = { ...incoming };
  for (const field of DIGEST_FIELDS) {
    const said = before?.[field] ?? null;
    const says = incoming[field];
    // An emptied cell does not erase what is known.
    if (says === '' || says === said) continue;
    const refusal = refuse(field, said, current[field], says, standing);
    if (refusal === null) {
      if (says !== current[field]) take.push(field);
    } else if (refusal !== 'same') {
      conflicts.push({ field, message: refusal });
      record[field] = said ?? '';
    }
  }
  return { take, conflicts, record };
}

/** `null`: may be taken over; `same`: nothing to do; else the reason why not. */
function refuse(
  field: DigestField,
  said: string | null,
  stands: string,
  says: string,
  standing: Standing,
): string | null {
  // Facts of the source that nobody here edits.
  if (field === 'extras') return null;
  if (stands === says) return 'same';
  const label = labelOf(field);
  if (field === 'category') {
    // A category of theirs that we do not have stays among the extras.
    if (!standing.categoryDiffers) return 'same';
    if (standing.closed) return `${label}：来源已更改，该件已办结，未更新`;
    return stands === '' ? null : `${label}：来源已更改，系统中已定类别，未更新`;
  }
  if (field === 'receivedAt') return `${label}：与首次导入时不同，时限按首次的计算，未更新`;
  if (standing.closed) return `${label}：来源已更改，该件已办结，未更新`;
  const touchedHere = said === null ? stands !== '' : stands !== said;
  if (touchedHere) return `${label}：来源与系统中都作了修改，以系统中的为准，未更新`;
  if ((field === 'kind' || field === 'urgency') && !standing.plainClock)
    return `${label}：来源已更改，该件时限已暂停、延期或重办，请人工确认后修改`;
  if (field === 'content' && !standing.contentGrows && !standing.undispatched)
    return `${label}：来源改写了内容，该件已派单，请人工核对`;
  return null;
}
