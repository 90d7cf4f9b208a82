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

const SQUADRON_READ = ['complaint.read', 'indicator.read', 'bulletin.read', 'plan.read'] as const;
const DISTRICT_READ = [
  'complaint.read',
  'indicator.read',
  'analysis.read',
  'cockpit.read',
  'bulletin.read',
  'plan.read',
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
    ],
  },
  supervisor: {
    label: '执法监督科',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [
      ...DISTRICT_READ,
      'complaint.decideExclusion',
      'complaint.reveal',
      'complaint.export',
      'analysis.write',
      'matter.manage',
      'matter.backlog',
    ],
  },
  section_staff: {
    label: '机关科室',
    scope: 'district',
    unitKinds: ['section'],
    permissions: [...DISTRICT_READ],
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
    ],
  },
  town_liaison: {
    label: '街镇联络员',
    scope: 'town',
    unitKinds: ['town'],
    permissions: ['complaint.read', 'indicator.read', 'bulletin.read', 'plan.read'],
  },
  partner_liaison: {
    label: '协作单位联络员',
    scope: 'joint',
    unitKinds: ['partner'],
    permissions: ['complaint.read', 'bulletin.read', 'plan.read'],
  },
  discipline_inspector: {
    label: '派驻纪检监察组',
    scope: 'district',
    unitKinds: ['partner'],
    permissions: [...DISTRICT_READ],
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
