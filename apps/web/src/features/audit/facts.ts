import type { AuditItem } from '@bihuan/contract/audit';
import { UNIT_KINDS } from '@bihuan/contract/org';
import { ROLES, type Role } from '@bihuan/domain/access';
import { BULLETIN_STATUSES } from '@bihuan/domain/bulletin';
import { STATUSES } from '@bihuan/domain/complaint';
import { JOINT_STATUSES } from '@bihuan/domain/joint';
import { LISTING_STATUSES } from '@bihuan/domain/listing';
import { VISIT_STATUSES } from '@bihuan/domain/on-site';
import { RECTIFICATION_STATUSES } from '@bihuan/domain/rectification';
import { dateTime } from '../../ui/format.ts';

export interface Fact {
  label: string;
  value: string;
}
export interface Change {
  label: string;
  before: string;
  after: string;
}

/** Names of units by id. */
export type Names = ReadonlyMap<string, string>;

const COMPLAINT_STATUSES = Object.fromEntries(Object.entries(STATUSES).map(([key, { label }]) => [key, label]));
/** States that an event may lead to, of whatever object. */
export const STATUS_WORDS: Readonly<Record<string, string>> = { ...BULLETIN_STATUSES, ...COMPLAINT_STATUSES };

const WORDS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bulletin: BULLETIN_STATUSES,
  rectification: RECTIFICATION_STATUSES,
  listing: LISTING_STATUSES,
  joint: JOINT_STATUSES,
  on_site: VISIT_STATUSES,
};

export function statusWord(objectType: string, status: string | null): string {
  if (status === null) return '—';
  const words: Record<string, string> = WORDS_OF[objectType] ?? COMPLAINT_STATUSES;
  return words[status] ?? status;
}

export const roleWord = (role: string | null): string => (role === null ? '' : (ROLES[role as Role]?.label ?? role));

const LABELS: Readonly<Record<string, string>> = {
  name: '名称',
  code: '代码',
  kind: '类别',
  staffNo: '工号',
  badgeNo: '执法证号',
  mobileChanged: '手机号有改动',
  role: '岗位',
  ended: '结束的原任职',
  unitId: '单位',
  unitName: '单位',
  unit: '单位',
  parentId: '上级单位',
  townId: '街镇',
  title: '职务',
  startsOn: '到任日',
  startedOn: '到任日',
  endedOn: '结束日',
  username: '用户名',
  openOrders: '名下未办结诉件',
  callbackUrl: '回传地址',
  closed: '已停用',
  signatureAlgorithm: '签名算法',
  sourceId: '来源编号',
  size: '大小（字节）',
  sha256: '文件指纹',
  mime: '文件类型',
  read: '已读行数',
  created: '新增',
  updated: '更新',
  unchanged: '无变化',
  rejected: '退回',
  proposed: '提出任职',
  rows: '行数',
  written: '已写入',
  closeAnswered: '有答复的按已办结登记',
  period: '期',
  figures: '数据项',
  reason: '理由',
  effectiveFrom: '生效日',
  minimum: '参加排名的最少件数',
  weights: '权重',
  filter: '筛选条件',
  searched: '用了关键词查询',
  from: '起',
  to: '止',
  ok: '完好',
  checked: '核对条数',
  problems: '发现问题',
  head: '链尾',
  anchor: '留存的链尾',
  seq: '序号',
  hash: '校验值',
  task: '任务',
  state: '状态',
  id: '编号',
  grantId: '任职申请号',
  postingId: '任职号',
  sessionId: '会话号',
  accountId: '账号',
  personId: '人员',
  count: '数量',
  revision: '版次',
};
const HIDDEN = new Set(['before', 'after', 'commandId']);
const labelOf = (key: string): string => LABELS[key] ?? key;

function wordsOf(key: string, value: unknown, names: Names): string {
  if (value === null || value === undefined || value === '') return '（空）';
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (typeof value === 'number') return value.toLocaleString('zh-CN');
  if (typeof value === 'string') {
    if (key === 'role') return roleWord(value);
    if (key === 'kind' && value in UNIT_KINDS) return UNIT_KINDS[value as keyof typeof UNIT_KINDS];
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return dateTime(value);
    return names.get(value) ?? value;
  }
  if (Array.isArray(value))
    return value.length === 0 ? '（空）' : value.map((item) => wordsOf(key, item, names)).join('、');
  return Object.entries(value)
    .map(([inner, item]) => `${labelOf(inner)}：${wordsOf(inner, item, names)}`)
    .join('；');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an event changed, field by field, and the other facts it carries. */
export function readFacts(
  { data, objectType, fromStatus, toStatus }: AuditItem,
  names: Names,
): { changes: Change[]; facts: Fact[] } {
  const given = isRecord(data) ? data : {};
  const changes: Change[] = [];
  if (fromStatus !== null || toStatus !== null)
    changes.push({
      label: '状态',
      before: statusWord(objectType, fromStatus),
      after: statusWord(objectType, toStatus),
    });
  // Some events say before and after, some from and to.
  const pair =
    isRecord(given.before) || isRecord(given.after) ? (['before', 'after'] as const) : (['from', 'to'] as const);
  const [before, after] = [given[pair[0]], given[pair[1]]];
  const isPair = isRecord(before) || isRecord(after);
  if (isPair) {
    const [old, now] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const change = {
        label: labelOf(key),
        before: wordsOf(key, old[key], names),
        after: wordsOf(key, now[key], names),
      };
      if (change.before !== change.after) changes.push(change);
    }
  }
  const facts = Object.entries(given)
    .filter(([key]) => !HIDDEN.has(key) && !(isPair && (key === pair[0] || key === pair[1])))
    .map(([key, value]) => ({ label: labelOf(key), value: wordsOf(key, value, names) }));
  return { changes, facts };
}
