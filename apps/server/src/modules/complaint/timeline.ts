import {
  type Action,
  COMMANDS,
  CONTACT_OUTCOMES,
  FOLLOW_UP_CHANNELS,
  KINDS,
  MEASURES,
  REQUEST_KINDS,
  SATISFACTIONS,
  URGENCIES,
} from '@bihuan/domain/complaint';

export type FactNames = ReadonlyMap<string, string>;

const OTHER_LABELS: Record<string, string> = {
  'complaint.register': '登记',
  'complaint.import': '导入登记',
  'complaint.update': '来源更新',
  'complaint.reveal': '查看诉求人信息',
  'complaint.confirm_category': '确认类别',
  'complaint.guess_category': '机器判定类别',
  'complaint.warn': '时限预警',
  'complaint.citizen_link': '发出评价链接',
};

/** What an event of the ledger is called on the timeline. */
export function eventLabel(action: string, data: Record<string, unknown>): string {
  if (action === 'complaint.request') return `申请${REQUEST_KINDS[data.kind as keyof typeof REQUEST_KINDS] ?? ''}`;
  if (action === 'complaint.decide') {
    return `${data.approved ? '同意' : '不同意'}${REQUEST_KINDS[data.kind as keyof typeof REQUEST_KINDS] ?? ''}`;
  }
  const command = action.replace(/^complaint\./, '') as Action;
  return COMMANDS[command]?.label ?? OTHER_LABELS[action] ?? action;
}

const yesNo = (value: unknown) => (value === true ? '是' : value === false ? '否' : null);
const word = (vocabulary: Record<string, string>) => (value: unknown) =>
  typeof value === 'string' ? (vocabulary[value] ?? value) : null;

/** How each fact an event carries is called and read. */
const FACTS: Record<string, { label: string; read: (value: unknown, names: FactNames) => string | null }> = {
  unitId: { label: '责任单位', read: name },
  fromUnitId: { label: '原单位', read: name },
  jointUnitIds: { label: '协办单位', read: names },
  officerId: { label: '经办人', read: name },
  targetUnitId: { label: '转往', read: name },
  workdays: { label: '工作日', read: (value) => (typeof value === 'number' ? `${value} 天` : null) },
  outcome: { label: '联系结果', read: word(CONTACT_OUTCOMES) },
  attempt: { label: '第几次联系', read: (value) => (typeof value === 'number' ? `第 ${value} 次` : null) },
  measures: {
    label: '处置措施',
    read: (value) =>
      Array.isArray(value) && value.length > 0
        ? value.map((item) => MEASURES[item as keyof typeof MEASURES] ?? item).join('、')
        : null,
  },
  legalBasis: { label: '法律依据', read: (value) => (typeof value === 'string' && value ? value : null) },
  channel: { label: '回访方式', read: word(FOLLOW_UP_CHANNELS) },
  reached: { label: '是否联系上', read: yesNo },
  solved: { label: '是否解决', read: yesNo },
  satisfaction: { label: '满意程度', read: word(SATISFACTIONS) },
  urgency: { label: '紧急程度', read: word(URGENCIES) },
  clock: {
    label: '时限',
    read: (value) => (value === 'first_contact' ? '先行联系' : value === 'handling' ? '办理' : null),
  },
  level: {
    label: '已用',
    read: (value) => (typeof value === 'number' ? (value === 100 ? '超时' : `${value}%`) : null),
  },
};

export function eventFacts(data: Record<string, unknown>, known: FactNames): { label: string; value: string }[] {
  const facts = [];
  if (typeof data.lng === 'number' && typeof data.lat === 'number')
    facts.push({ label: '位置', value: `${data.lng.toFixed(6)}, ${data.lat.toFixed(6)}` });
  for (const [key, fact] of Object.entries(FACTS)) {
    if (!(key in data)) continue;
    const value = fact.read(data[key], known);
    if (value !== null) facts.push({ label: fact.label, value });
  }
  // `kind` means the order's kind except on requests, where the label says it.
  const kind = word(KINDS)(data.kind);
  if (kind && typeof data.kind === 'string' && data.kind in KINDS && !('approved' in data) && !('workdays' in data))
    facts.push({ label: '类型', value: kind });
  return facts;
}

function name(value: unknown, known: FactNames): string | null {
  return typeof value === 'string' ? (known.get(value) ?? null) : null;
}

function names(value: unknown, known: FactNames): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value
    .map((id) => known.get(id as string) ?? '')
    .filter(Boolean)
    .join('、');
}
