import type { Role } from '@bihuan/domain/access';
import { personName } from './names.ts';
import { drawnUuid, type Random, random } from './random.ts';
import { TOWNS } from './towns.ts';

export interface DemoUnit {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly short: string;
  readonly kind: 'bureau' | 'section' | 'squadron' | 'town' | 'partner';
  readonly parentId: string | null;
  readonly townId: string | null;
  readonly phone: string | null;
}

export interface DemoPosting {
  readonly id: string;
  readonly unitId: string;
  readonly role: Role;
  readonly title: string;
  /** 'YYYY-MM-DD'. */
  readonly startedOn: string;
  readonly endedOn: string | null;
}

export interface DemoPerson {
  readonly id: string;
  readonly accountId: string;
  readonly username: string;
  readonly staffNo: string;
  readonly badgeNo: string | null;
  readonly name: string;
  readonly postings: readonly DemoPosting[];
}

/** How well a squadron works: chances of doing the thing in time or well. */
export interface Quality {
  readonly contact: number;
  readonly onTime: number;
  readonly solved: number;
}

export interface DemoSquadron {
  readonly unit: DemoUnit;
  /** Index in TOWNS; none for the district's mobile squadrons. */
  readonly town: number | null;
  readonly quality: Quality;
}

export interface DemoOrganisation {
  readonly units: readonly DemoUnit[];
  readonly people: readonly DemoPerson[];
  readonly squadrons: readonly DemoSquadron[];
  readonly towns: readonly DemoUnit[];
}

/** Who to sign in as, one line a role; shown at the start of a demo system and used by the browser tests. */
export const DEMO_ACCOUNTS: readonly { readonly username: string; readonly role: Role; readonly label: string }[] = [
  { username: 'xietiao01', role: 'coordination_clerk', label: '执法协调科 科员（受理、派单、回访）' },
  { username: 'xietiao-kezhang', role: 'coordination_chief', label: '执法协调科 科长（审批、审核通报）' },
  { username: 'youyi-neiqin', role: 'squadron_clerk', label: '友谊路中队 内勤（签收、指派）' },
  { username: 'youyi-01', role: 'officer', label: '友谊路中队 队员（办理）' },
  { username: 'youyi-duizhang', role: 'squadron_leader', label: '友谊路中队 中队长（审核办结）' },
  { username: 'jiandu01', role: 'supervisor', label: '执法监督科 科员（督察、核验整改、审批剔除）' },
  { username: 'jiandu-kezhang', role: 'supervision_chief', label: '执法监督科 科长（批准督察、销号）' },
  { username: 'juzhang', role: 'bureau_leader', label: '局长（驾驶舱、签发通报）' },
  { username: 'anjian01', role: 'case_reviewer', label: '案件审理科 科员（法制审核）' },
  { username: 'zhenggong01', role: 'political_staff', label: '政工科 科员（考核评议）' },
  { username: 'bangong01', role: 'section_staff', label: '办公室 科员' },
  { username: 'youyi-jiezhen', role: 'town_liaison', label: '友谊路街道 联络员' },
  { username: 'fangguan01', role: 'partner_liaison', label: '区房管局 联络员' },
  { username: 'jijian01', role: 'discipline_inspector', label: '派驻纪检监察组' },
  { username: 'sysadmin', role: 'system_admin', label: '系统管理员（首次登录须绑定动态口令）' },
  { username: 'secadmin', role: 'security_admin', label: '安全管理员（首次登录须绑定动态口令）' },
  { username: 'auditadmin', role: 'audit_admin', label: '审计管理员（首次登录须绑定动态口令）' },
];

/** One password for all demo accounts. Demo mode only: an empty system has no account until the first administrator is made. */
export const DEMO_PASSWORD = 'Bihuan-Yanshi-2023';

const GOOD: Quality = { contact: 0.985, onTime: 0.975, solved: 0.9 };
const FAIR: Quality = { contact: 0.94, onTime: 0.93, solved: 0.8 };
const WEAK: Quality = { contact: 0.88, onTime: 0.88, solved: 0.73 };
const BAD: Quality = { contact: 0.76, onTime: 0.77, solved: 0.6 };
const QUALITY: Readonly<Record<string, Quality>> = {
  youyi: GOOD,
  gaojing: GOOD,
  yuepu: GOOD,
  wusong: FAIR,
  zhangmiao: FAIR,
  luodian: FAIR,
  yanghang: WEAK,
  gucun: FAIR,
  miaohang: WEAK,
  yuanqu: FAIR,
  luojing: FAIR,
  dachang: BAD,
  songnan: BAD,
};

const SECTIONS = [
  ['bangong', '办公室', '办公室'],
  ['zhenggong', '政工科', '政工科'],
  ['anjian', '案件审理科', '案审科'],
  ['xietiao', '执法协调科', '协调科'],
  ['jiandu', '执法监督科', '监督科'],
  ['chaiwei', '拆违办', '拆违办'],
] as const;

const PARTNERS = [
  ['chengyun', '区城运中心', '城运中心'],
  ['fangguan', '区房管局', '区房管局'],
  ['lvrong', '区绿化市容局', '区绿容局'],
  ['jijian', '派驻纪检监察组', '纪检监察组'],
] as const;

const BORN = Date.parse('2022-06-01T00:00:00+08:00');
/** Officers who changed squadron: the actor of an older event was in another unit then. */
const TRANSFER_DAY = '2023-01-03';

/** Units and some 300 people of the demo district. Every name is invented. */
export function makeOrganisation(seed: number): DemoOrganisation {
  const draw = random(seed, 7);
  const units: DemoUnit[] = [];
  const people: DemoPerson[] = [];
  const unit = (
    code: string,
    name: string,
    short: string,
    kind: DemoUnit['kind'],
    parentId: string | null,
    townId: string | null = null,
  ): DemoUnit => {
    const made = {
      id: drawnUuid(draw, BORN),
      code,
      name,
      short,
      kind,
      parentId,
      townId,
      phone: kind === 'partner' ? null : `021-5660${String(1000 + units.length)}`,
    };
    units.push(made);
    return made;
  };
  const person = (username: string, post: { unitId: string; role: Role; title: string }, before?: string): void => {
    const startedOn = `20${draw.between(15, 21)}-0${draw.between(1, 9)}-01`;
    const posting = (unitId: string, from: string, to: string | null): DemoPosting => ({
      id: drawnUuid(draw, BORN),
      unitId,
      role: post.role,
      title: post.title,
      startedOn: from,
      endedOn: to,
    });
    const uniformed = post.role === 'officer' || post.role === 'squadron_clerk' || post.role === 'squadron_leader';
    people.push({
      id: drawnUuid(draw, BORN),
      accountId: drawnUuid(draw, BORN),
      username,
      staffNo: `BS${String(people.length + 1).padStart(4, '0')}`,
      badgeNo: uniformed ? `0913${String(people.length + 1).padStart(4, '0')}` : null,
      name: personName(draw).name,
      postings: before
        ? [posting(before, startedOn, '2023-01-02'), posting(post.unitId, TRANSFER_DAY, null)]
        : [posting(post.unitId, startedOn, null)],
    });
  };

  const bureau = unit('bureau', '宝山区城管执法局', '区城管局', 'bureau', null);
  const sections = new Map(
    SECTIONS.map(([code, name, short]) => [code, unit(code, name, short, 'section', bureau.id)]),
  );
  const towns = TOWNS.map((town) => unit(`town-${town.slug}`, town.name, town.short, 'town', null));
  const squadrons: DemoSquadron[] = TOWNS.map((town, index) => ({
    unit: unit(town.slug, `${town.name}城管中队`, `${town.short}中队`, 'squadron', bureau.id, towns[index]!.id),
    town: index,
    quality: QUALITY[town.slug] ?? FAIR,
  }));
  for (const [code, name] of [
    ['jidong1', '机动一中队'],
    ['jidong2', '机动二中队'],
  ] as const) {
    squadrons.push({ unit: unit(code, `区级${name}`, name, 'squadron', bureau.id), town: null, quality: FAIR });
  }
  const partners = new Map(PARTNERS.map(([code, name, short]) => [code, unit(code, name, short, 'partner', null)]));

  person('juzhang', { unitId: bureau.id, role: 'bureau_leader', title: '局长' });
  for (const n of [1, 2, 3]) person(`fujuzhang${n}`, { unitId: bureau.id, role: 'bureau_leader', title: '副局长' });
  const sectionPeople = (code: (typeof SECTIONS)[number][0], count: number, role: Role, chief: Role): void => {
    const { id } = sections.get(code)!;
    person(`${code}-kezhang`, {
      unitId: id,
      role: chief,
      title: code === 'bangong' || code === 'chaiwei' ? '主任' : '科长',
    });
    for (let n = 1; n <= count; n++) person(`${code}0${n}`, { unitId: id, role, title: '科员' });
  };
  sectionPeople('xietiao', 6, 'coordination_clerk', 'coordination_chief');
  sectionPeople('jiandu', 4, 'supervisor', 'supervision_chief');
  sectionPeople('bangong', 3, 'section_staff', 'section_staff');
  sectionPeople('zhenggong', 3, 'political_staff', 'political_staff');
  sectionPeople('anjian', 3, 'case_reviewer', 'case_reviewer');
  sectionPeople('chaiwei', 2, 'section_staff', 'section_staff');

  for (const [index, { unit: squadron, town }] of squadrons.entries()) {
    const { code, id } = squadron;
    person(`${code}-duizhang`, { unitId: id, role: 'squadron_leader', title: '中队长' });
    person(`${code}-fudui`, { unitId: id, role: 'squadron_leader', title: '副中队长' });
    person(`${code}-neiqin`, { unitId: id, role: 'squadron_clerk', title: '内勤' });
    const volume = town === null ? 8 : TOWNS[town]!.volume;
    const officers = 9 + Math.round(volume * 0.7);
    for (let n = 1; n <= officers; n++) {
      const moved = n === officers && index % 3 === 2 ? squadrons[index - 1]!.unit.id : undefined;
      person(
        `${code}-${String(n).padStart(2, '0')}`,
        { unitId: id, role: 'officer', title: n <= 2 ? '组长' : '队员' },
        moved,
      );
    }
  }
  for (const [index, town] of TOWNS.entries())
    person(`${town.slug}-jiezhen`, { unitId: towns[index]!.id, role: 'town_liaison', title: '联络员' });
  for (const [code] of PARTNERS) {
    const role = code === 'jijian' ? 'discipline_inspector' : 'partner_liaison';
    for (const n of [1, 2])
      person(`${code}0${n}`, {
        unitId: partners.get(code)!.id,
        role,
        title: role === 'partner_liaison' ? '联络员' : '纪检监察员',
      });
  }
  const office = sections.get('bangong')!.id;
  person('sysadmin', { unitId: office, role: 'system_admin', title: '系统管理员' });
  person('secadmin', { unitId: office, role: 'security_admin', title: '安全管理员' });
  person('auditadmin', { unitId: office, role: 'audit_admin', title: '审计管理员' });
  return { units, people, squadrons, towns };
}

/** An acting person, as the state machine and the audit need it. */
export interface DemoActor {
  readonly personId: string;
  readonly unitId: string;
  readonly townId: string | null;
  readonly role: Role;
}

/** Finds people by unit and role as of a day. */
export class Staff {
  readonly #byPost = new Map<string, { actor: DemoActor; from: number; to: number }[]>();

  constructor({ people, units }: DemoOrganisation) {
    const unitById = new Map(units.map((u) => [u.id, u]));
    const startOf = (day: string) => Date.parse(`${day}T00:00:00+08:00`);
    for (const { id, postings } of people) {
      for (const { unitId, role, startedOn, endedOn } of postings) {
        const holder = unitById.get(unitId)!;
        const entry = {
          actor: { personId: id, unitId, townId: holder.kind === 'town' ? holder.id : holder.townId, role },
          from: startOf(startedOn),
          to: endedOn === null ? Number.POSITIVE_INFINITY : startOf(endedOn) + 86_400_000,
        };
        for (const key of [`${unitId}/${role}`, role]) {
          const list = this.#byPost.get(key);
          if (list) list.push(entry);
          else this.#byPost.set(key, [entry]);
        }
      }
    }
  }

  /** Somebody holding the role at that time, in the unit if one is given. */
  some(draw: Random, role: Role, at: number, unitId?: string): DemoActor {
    const list = this.#byPost.get(unitId ? `${unitId}/${role}` : role) ?? [];
    const start = draw.between(0, Math.max(0, list.length - 1));
    for (let i = 0; i < list.length; i++) {
      const { actor, from, to } = list[(start + i) % list.length]!;
      if (at >= from && at < to) return actor;
    }
    throw new Error(`Nobody holds ${role} in ${unitId ?? 'the district'}`);
  }

  /** The person in that post at that time; nothing when they have moved on. */
  byId(personId: string, unitId: string, role: Role, at: number): DemoActor | undefined {
    return this.#byPost
      .get(`${unitId}/${role}`)
      ?.find(({ actor, from, to }) => actor.personId === personId && at >= from && at < to)?.actor;
  }
}
