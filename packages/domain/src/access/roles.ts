import type { Permission } from './permissions.ts';

/**
 * How far a role sees. `own`: assigned to the person; `unit`: the person's unit is responsible or takes part;
 * `town`: happened in the person's town; `joint`: the person's unit takes part; `district`: everything; `none`: no complaints.
 */
export type Scope = 'own' | 'unit' | 'town' | 'joint' | 'district' | 'none';

export interface RoleDefinition {
  readonly label: string;
  readonly scope: Scope;
  readonly permissions: readonly Permission[];
  /** Kinds of unit in which the role may be held. */
  readonly unitKinds: readonly ('bureau' | 'section' | 'squadron' | 'town' | 'partner' | 'company')[];
  /** One of the three administrators 三员: excludes every other role of the same person, and needs a second factor. */
  readonly administrator?: true;
}

/** What every unit may have to do: put right what was found, take its part, answer for itself. */
const ANSWERS = [
  'rectification.read',
  'rectification.handle',
  'listing.read',
  'joint.read',
  'joint.take',
  'accountability.state',
] as const;
const SQUADRON_READ = [
  'complaint.read',
  'indicator.read',
  'bulletin.read',
  'plan.read',
  'inspection.read',
  'onSite.read',
  'appraisal.read',
  'appraisal.answer',
  ...ANSWERS,
] as const;
/** The squadron answers as a unit, by those who lead it or keep its papers. */
const SQUADRON_ANSWERS = ['inspection.answer', 'listing.report', 'onSite.answer'] as const;
const DISTRICT_READ = [
  'rectification.read',
  'inspection.read',
  'listing.read',
  'onSite.read',
  'joint.read',
  'appraisal.read',
  'complaint.read',
  'indicator.read',
  'analysis.read',
  'cockpit.read',
  'bulletin.read',
  'plan.read',
] as const;

/** Measures 10 to 12: whoever supervises; those who decide have more. */
const SUPERVISION = [
  'complaint.decideExclusion',
  'complaint.reveal',
  'complaint.export',
  'analysis.write',
  'matter.manage',
  'matter.backlog',
  ...ANSWERS,
  'rectification.issue',
  'rectification.verify',
  'inspection.plan',
  'inspection.carryOut',
  'listing.propose',
  'onSite.manage',
  'joint.manage',
  'accountability.read',
] as const;

/** Roles by post. The three administrators follow 网络安全等级保护 (system, security, audit kept apart) and never read complaints. */
export const ROLES = {
  officer: {
    label: '队员',
    scope: 'own',
    unitKinds: ['squadron'],
    permissions: [...SQUADRON_READ, 'complaint.handle', 'complaint.request', 'complaint.reveal'],
  },
  squadron_clerk: {
    label: '中队内勤',
    scope: 'unit',
    unitKinds: ['squadron'],
    permissions: [
      ...SQUADRON_READ,
      ...SQUADRON_ANSWERS,
      'complaint.sign',
      'complaint.assign',
      'complaint.handle',
      'complaint.request',
      'complaint.requestExclusion',
      'complaint.reveal',
      'complaint.export',
      'matter.decide',
    ],
  },
  squadron_leader: {
    label: '中队长',
    scope: 'unit',
    unitKinds: ['squadron'],
    permissions: [
      ...SQUADRON_READ,
      ...SQUADRON_ANSWERS,
      'cockpit.read',
      'complaint.sign',
      'complaint.assign',
      'complaint.handle',
      'complaint.review',
      'complaint.request',
      'complaint.requestExclusion',
      'complaint.reveal',
      'complaint.export',
      'matter.decide',
      'matter.manage',
    ],
  },
  coordination_clerk: {
    label: '执法协调科科员',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [
      ...DISTRICT_READ,
      'complaint.create',
      'complaint.import',
      'complaint.edit',
      'complaint.accept',
      'complaint.dispatch',
      'complaint.followUp',
      'complaint.requestExclusion',
      'complaint.reveal',
      'complaint.export',
      'bulletin.draft',
      'analysis.write',
      'matter.decide',
      'matter.manage',
      ...ANSWERS,
      'rectification.verify',
      'inspection.carryOut',
    ],
  },
  coordination_chief: {
    label: '执法协调科科长',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [
      ...DISTRICT_READ,
      'complaint.create',
      'complaint.import',
      'complaint.edit',
      'complaint.accept',
      'complaint.dispatch',
      'complaint.decide',
      'complaint.followUp',
      'complaint.requestExclusion',
      'complaint.reveal',
      'complaint.export',
      'indicator.configure',
      'bulletin.draft',
      'bulletin.review',
      'analysis.write',
      'matter.decide',
      'matter.manage',
      'matter.backlog',
      ...ANSWERS,
      'rectification.issue',
      'rectification.verify',
      'listing.propose',
      'onSite.manage',
      'joint.manage',
    ],
  },
  supervisor: {
    label: '执法监督科科员',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [...DISTRICT_READ, ...SUPERVISION, 'accountability.investigate'],
  },
  supervision_chief: {
    label: '执法监督科科长',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [
      ...DISTRICT_READ,
      ...SUPERVISION,
      'rectification.decide',
      'inspection.approve',
      'signal.read',
      'clue.manage',
      'accountability.open',
    ],
  },
  case_reviewer: {
    label: '案件审理科',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [
      ...DISTRICT_READ,
      ...ANSWERS,
      'rectification.issue',
      'rectification.verify',
      'inspection.carryOut',
      'accountability.read',
      'accountability.legalCheck',
    ],
  },
  political_staff: {
    label: '政工科',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [...DISTRICT_READ, ...ANSWERS, 'accountability.read', 'appraisal.manage'],
  },
  section_staff: {
    label: '机关科室',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [...DISTRICT_READ, ...ANSWERS],
  },
  bureau_leader: {
    label: '局领导',
    scope: 'district',
    unitKinds: ['bureau'],
    permissions: [
      ...DISTRICT_READ,
      'complaint.reveal',
      'complaint.export',
      'bulletin.sign',
      'matter.manage',
      'matter.backlog',
      'rectification.issue',
      'rectification.decide',
      'rectification.appeal',
      'inspection.approve',
      'listing.decide',
      'accountability.read',
      'accountability.decide',
      'accountability.state',
      'appraisal.confirm',
    ],
  },
  town_liaison: {
    label: '街镇联络员',
    scope: 'town',
    unitKinds: ['town'],
    permissions: ['complaint.read', 'indicator.read', 'bulletin.read', 'plan.read', ...ANSWERS],
  },
  partner_liaison: {
    label: '协作单位联络员',
    scope: 'joint',
    unitKinds: ['partner'],
    permissions: ['complaint.read', 'bulletin.read', 'plan.read', ...ANSWERS],
  },
  discipline_inspector: {
    label: '派驻纪检监察组',
    scope: 'district',
    unitKinds: ['partner'],
    permissions: [...DISTRICT_READ, 'signal.read', 'clue.manage', 'accountability.read'],
  },
  system_admin: {
    label: '系统管理员',
    scope: 'none',
    unitKinds: ['bureau', 'section'],
    administrator: true,
    permissions: ['org.manage', 'account.manage', 'dictionary.manage', 'job.manage'],
  },
  security_admin: {
    label: '安全管理员',
    scope: 'none',
    unitKinds: ['bureau', 'section'],
    administrator: true,
    permissions: ['role.grant', 'session.manage'],
  },
  audit_admin: {
    label: '审计管理员',
    scope: 'none',
    unitKinds: ['bureau', 'section'],
    administrator: true,
    permissions: ['audit.read', 'audit.verify'],
  },
} as const satisfies Record<string, RoleDefinition>;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export function roleDefinition(role: Role): RoleDefinition {
  return ROLES[role];
}

export function isAdministrator(role: Role): boolean {
  return roleDefinition(role).administrator === true;
}
