import { randomUUID } from 'node:crypto';
import type { ImportResult, ImportRow } from '@bihuan/contract/org';
import { ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { cellText, cleanLine, type SheetRow } from '@bihuan/domain/intake';
import { dateAt } from '@bihuan/domain/workday';
import type { FastifyRequest } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { ByteSource } from '../../platform/byte-source.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, Problem } from '../../platform/errors.ts';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { proposeIn } from './grant.service.ts';
import { insertPerson, mobileOf, type PersonValues, personByStaffNo, savePerson } from './person.repo.ts';
import { isProposed, presentPostings } from './posting.repo.ts';
import { unitItems } from './unit.repo.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_ROWS = 5000;
/** The heading stands within so many rows. */
const HEADER_ROWS = 20;

/** What each column may be called; the first two must be there. */
const COLUMNS = {
  staffNo: ['工号', '人员编号', '编号'],
  name: ['姓名', '名字'],
  unit: ['单位', '所在单位', '部门', '所属单位'],
  role: ['岗位', '权限角色', '角色'],
  title: ['职务'],
  badgeNo: ['执法证号', '证号', '执法证'],
  mobile: ['手机号', '手机', '手机号码', '联系电话', '电话'],
} as const;
type Field = keyof typeof COLUMNS;
type Values = Record<Field, string>;

/** Undoes a row of a preview, carrying what it would have done. */
class Preview extends Error {
  readonly outcome: Taken;
  constructor(outcome: Taken) {
    super('preview');
    this.outcome = outcome;
  }
}
class Refused extends Error {}

interface Taken {
  outcome: 'create' | 'update' | 'unchanged';
  notes: string[];
  proposed: boolean;
}

/**
 * Takes people from a spreadsheet: each row in a transaction of its own, wholly or not at all. A preview runs the same and
 * takes it back. Safe to repeat: a person is known by staff number, a post already held or proposed is left alone.
 */
export async function importPeople(
  deps: Deps,
  actor: RequestActor,
  request: FastifyRequest,
  write: boolean,
): Promise<ImportResult> {
  if (!request.isMultipart()) throw invalid('请以表单方式上传文件');
  const part = await request.file({ limits: { fileSize: MAX_BYTES + 1 } });
  if (!part) throw invalid('请选择要导入的表格', [{ field: '/file', message: '必填' }]);
  const stored = await deps.files.put({
    stream: part.file,
    name: part.filename,
    purpose: 'import',
    maxBytes: MAX_BYTES,
    createdBy: actor.personId,
  });
  const { content } = await deps.files.get(stored.id);
  const read = await readRows(content, stored.name);
  const units = await unitItems(deps.db, false);
  const unitByName = new Map(units.flatMap((unit) => [unit.code, unit.shortName, unit.name].map((key) => [key, unit])));
  const seen = new Set<string>();
  const result: ImportResult = {
    written: write,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    proposed: 0,
    rows: [],
  };
  for (const { row, values } of read) {
    const line: ImportRow = {
      row,
      staffNo: values.staffNo,
      name: values.name,
      unit: values.unit,
      role: values.role,
      outcome: 'rejected',
      notes: [],
    };
    result.rows.push(line);
    try {
      const unit = values.unit ? unitByName.get(values.unit) : undefined;
      const { person, role } = checkRow(values, unit?.kind, seen);
      const taken = await takeRow(deps, actor, { person, post: unit && role ? { unit, role } : null, values }, write);
      Object.assign(line, { outcome: taken.outcome, notes: taken.notes });
      result[({ create: 'created', update: 'updated', unchanged: 'unchanged' } as const)[taken.outcome]] += 1;
      if (taken.proposed) result.proposed += 1;
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Problem && error.status < 500)) throw error;
      line.notes = [error instanceof Problem ? error.detail : error.message];
      result.rejected += 1;
    }
  }
  if (write) {
    const { rows, ...counts } = result;
    await recordAudit(deps.db, {
      at: deps.clock.now(),
      actor,
      action: 'org.people_imported',
      objectType: 'file',
      objectId: stored.id,
      data: { ...counts, rows: rows.length },
    });
    deps.live.wake();
  }
  return result;
}

/** @throws Refused with what is wrong */
function checkRow(
  values: Values,
  unitKind: Parameters<typeof rolesOf>[0] | undefined,
  seen: Set<string>,
): { person: PersonValues; role: Role | null } {
  const faults: string[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(values.staffNo))
    faults.push(values.staffNo ? `工号“${values.staffNo}”应为字母、数字、点或横线` : '没有工号');
  else if (seen.has(values.staffNo)) faults.push(`工号 ${values.staffNo} 在表中重复`);
  seen.add(values.staffNo);
  if (!values.name) faults.push('没有姓名');
  else if (values.name.length > 30) faults.push('姓名过长');
  if (values.mobile && !/^1[3-9][0-9]{9}$/.test(values.mobile)) faults.push(`手机号“${values.mobile}”应为 11 位`);
  if (values.badgeNo.length > 32) faults.push('执法证号过长');
  if (values.title.length > 30) faults.push('职务过长');
  let role: Role | null = null;
  if (values.unit && !unitKind) faults.push(`没有名为“${values.unit}”的单位`);
  if (values.unit && !values.role) faults.push('有单位而没有岗位');
  if (!values.unit && values.role) faults.push('有岗位而没有单位');
  if (unitKind && values.role) {
    const choices = rolesOf(unitKind);
    role = choices.find((one) => roleDefinition(one).label === values.role) ?? null;
    if (!role)
      faults.push(
        `该单位没有岗位“${values.role}”，可填：${choices.map((one) => roleDefinition(one).label).join('、')}`,
      );
  }
  if (faults.length > 0) throw new Refused(faults.join('；'));
  return {
    person: {
      staffNo: values.staffNo,
      name: values.name,
      badgeNo: values.badgeNo || null,
      mobile: values.mobile || null,
    },
    role,
  };
}

const rolesOf = (kind: ReturnType<typeof roleDefinition>['unitKinds'][number]): Role[] =>
  ROLE_NAMES.filter((role) => roleDefinition(role).unitKinds.includes(kind));

interface RowToTake {
  person: PersonValues;
  post: { unit: { id: string; name: string }; role: Role } | null;
  values: Values;
}

async function takeRow(deps: Deps, actor: RequestActor, row: RowToTake, write: boolean): Promise<Taken> {
  try {
    return await deps.db.transaction(async (trx) => {
      const taken = await takeIn(trx, deps, actor, row);
      if (!write) throw new Preview(taken);
      return taken;
    });
  } catch (error) {
    if (error instanceof Preview) return error.outcome;
    throw error;
  }
}

async function takeIn(trx: Trx, deps: Deps, actor: RequestActor, row: RowToTake): Promise<Taken> {
  const before = await personByStaffNo(trx, row.person.staffNo);
  const taken: Taken = { outcome: 'unchanged', notes: [], proposed: false };
  const now = deps.clock.now();
  const record = (id: string, action: string) =>
    recordAudit(trx, {
      at: now,
      actor,
      action,
      objectType: 'person',
      objectId: id,
      note: '表格导入',
      data: { staffNo: row.person.staffNo, name: row.person.name },
    });
  let id: string;
  if (before) {
    id = before.id;
    if (before.left_at) throw new Refused('该人员已离职，请先恢复在册');
    // An empty cell says nothing; it does not erase.
    const person = {
      ...row.person,
      badgeNo: row.person.badgeNo ?? before.badge_no,
      mobile: row.person.mobile ?? mobileOf(deps.keyring, before),
    };
    const changed = [
      person.name !== before.name && `姓名 ${before.name} → ${person.name}`,
      person.badgeNo !== before.badge_no && '执法证号',
      person.mobile !== mobileOf(deps.keyring, before) && '手机号',
    ].filter((part) => part !== false);
    if (changed.length > 0) {
      await savePerson(trx, deps.keyring, id, person);
      await record(id, 'org.person_changed');
      taken.outcome = 'update';
      taken.notes.push(`更新${changed.join('、')}`);
    }
  } else {
    id = await insertPerson(trx, deps.keyring, row.person);
    await record(id, 'org.person_created');
    taken.outcome = 'create';
    taken.notes.push('新增人员');
  }
  if (row.post) {
    const { unit, role } = row.post;
    const present = await presentPostings(trx, id);
    const holds = present.some((post) => post.unit_id === unit.id && post.role === role);
    if (!holds && present.length > 0)
      throw new Refused(`现任${present.map((post) => post.unit_name).join('、')}岗位，调动请在人员详情中办理`);
    if (!holds && !(await isProposed(trx, id, unit.id, role))) {
      await proposeIn(trx, deps, actor, id, {
        commandId: randomUUID(),
        unitId: unit.id,
        role,
        title: row.values.title || null,
        startsOn: dateAt(now),
        replacesPostingId: null,
        reason: '表格导入',
      });
      taken.proposed = true;
      if (taken.outcome === 'unchanged') taken.outcome = 'update';
      taken.notes.push(`提出岗位：${unit.name}${roleDefinition(role).label}，待安全管理员确认`);
    }
  }
  return taken;
}

/** @throws Problem when it is no spreadsheet, has no heading, or is too long */
async function readRows(content: ByteSource, filename: string): Promise<{ row: number; values: Values }[]> {
  const rows: { row: number; values: Values }[] = [];
  let header: Map<Field, number> | null = null;
  let looked = 0;
  const sheet = await openSheet(content, { filename });
  for await (const { rowNumber, cells } of sheet.rows()) {
    if (header) {
      const values = valuesOf(header, cells);
      if (Object.values(values).every((value) => value === '')) continue;
      rows.push({ row: rowNumber, values });
      if (rows.length > MAX_ROWS) throw invalid(`一次最多导入 ${MAX_ROWS} 人，请分开导入`);
    } else {
      header = headerOf(cells);
      looked += 1;
      if (!header && looked >= HEADER_ROWS) break;
    }
  }
  if (!header) throw invalid('没有找到表头：至少要有“工号”和“姓名”两列');
  if (rows.length === 0) throw invalid('表头下面没有人员');
  return rows;
}

function headerOf(cells: SheetRow['cells']): Map<Field, number> | null {
  const found = new Map<Field, number>();
  for (const [index, cell] of cells.entries()) {
    const text = cleanLine(cellText(cell)).replace(/\s/g, '');
    for (const [field, names] of Object.entries(COLUMNS) as [Field, readonly string[]][]) {
      if (names.includes(text) && !found.has(field)) found.set(field, index);
    }
  }
  return found.has('staffNo') && found.has('name') ? found : null;
}

function valuesOf(header: Map<Field, number>, cells: SheetRow['cells']): Values {
  const read = (field: Field): string => {
    const index = header.get(field);
    return index === undefined ? '' : cleanLine(cellText(cells[index]));
  };
  return {
    staffNo: read('staffNo'),
    name: read('name'),
    unit: read('unit'),
    role: read('role'),
    title: read('title'),
    badgeNo: read('badgeNo'),
    mobile: read('mobile').replace(/[\s-]/g, ''),
  };
}
