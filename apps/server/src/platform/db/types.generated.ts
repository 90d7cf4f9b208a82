// Generated from the migrations; a test checks that it agrees with them.
import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
// biome-ignore lint/suspicious/noExplicitAny: the shape of a JSON column is its reader's
type Json = ColumnType<any, string, string>;

export interface AccountTable {
  id: Generated<string>;
  person_id: string;
  username: string;
  password_hash: string;
  must_change: Generated<boolean>;
  password_changed_at: Generated<Timestamp>;
  failed_count: Generated<number>;
  locked_until: Timestamp | null;
  totp_secret_enc: Buffer | null;
  totp_confirmed_at: Timestamp | null;
  totp_last_step: number | null;
  disabled_at: Timestamp | null;
  created_at: Generated<Timestamp>;
  version: Generated<number>;
  password_wanted_by: string | null;
  password_wanted_at: Timestamp | null;
  password_wanted_reason: string | null;
}

export interface AppraisalTable {
  id: Generated<string>;
  audience: 'unit' | 'person';
  period: string;
  period_from: string;
  period_to: string;
  scheme: Json;
  status: Generated<'preliminary' | 'answering' | 'confirmed'>;
  version: Generated<number>;
  as_of: Timestamp;
  made_by: string;
  made_at: Timestamp;
  answers_until: Timestamp | null;
  confirmed_by: string | null;
  confirmed_at: Timestamp | null;
}

export interface AppraisalAnswerTable {
  id: Generated<string>;
  appraisal_id: string;
  subject_id: string;
  code: string | null;
  words: string;
  made_by: string;
  made_at: Timestamp;
  accepted: boolean | null;
  points: string | null;
  reason: string | null;
  decided_by: string | null;
  decided_at: Timestamp | null;
}

export interface AppraisalLineTable {
  appraisal_id: string;
  subject_id: string;
  place: number;
  code: string;
  numerator: number;
  denominator: number;
  points: string;
  of_points: string;
  counted: boolean;
  explanation: string;
  numerator_ids: Generated<string[]>;
  denominator_ids: Generated<string[]>;
}

export interface AppraisalSchemeTable {
  id: Generated<number>;
  audience: 'unit' | 'person';
  effective_from: string;
  scheme: Json;
  made_by: string | null;
  made_at: Timestamp;
}

export interface AppraisalSubjectTable {
  appraisal_id: string;
  subject_id: string;
  unit_id: string;
  name: string;
  total: string | null;
}

export interface AuditEventTable {
  id: Generated<string>;
  at: Timestamp;
  actor_id: string | null;
  actor_unit_id: string | null;
  actor_role: string | null;
  action: string;
  object_type: string;
  object_id: string | null;
  from_status: string | null;
  to_status: string | null;
  note: string | null;
  data: Generated<Json>;
  ip: string | null;
  command_id: string | null;
  tx: Generated<string>;
}

export interface AuditLinkTable {
  seq: number;
  event_id: string;
  hash: Buffer;
}

export interface AuditSealTable {
  only_row: Generated<boolean>;
  tx: string;
  seq: number;
  hash: Buffer;
  id: Generated<string>;
}

export interface AuditVerificationTable {
  id: string;
  status: Generated<'queued' | 'running' | 'done' | 'cancelled' | 'failed'>;
  anchor_seq: number | null;
  anchor_hash: string | null;
  requested_by: string;
  requested_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  cancelled_by: string | null;
  cancel_requested_at: Timestamp | null;
  run: string | null;
  heartbeat_at: Timestamp | null;
  checked: Generated<number>;
  total: Generated<number>;
  unsealed: number | null;
  head_seq: number | null;
  head_hash: string | null;
  problems: Generated<Json>;
  error: string | null;
}

export interface BulletinTable {
  id: Generated<string>;
  kind: 'weekly' | 'monthly';
  period_start: string;
  period_end: string;
  revision: Generated<number>;
  supersedes_id: string | null;
  correction_reason: string | null;
  status: 'draft' | 'reviewing' | 'reviewed' | 'published';
  number: string | null;
  title: string;
  recipients: string;
  sections: Json;
  as_of: Timestamp;
  drafted_by: string;
  drafted_at: Generated<Timestamp>;
  reviewed_by: string | null;
  reviewed_at: Timestamp | null;
  signed_by: string | null;
  published_at: Timestamp | null;
  version: Generated<number>;
  editor_ids: Generated<string[]>;
  letterhead: Generated<Json>;
}

export interface BulletinFigureTable {
  bulletin_id: string;
  key: string;
  label: string;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  numerator_ids: Generated<string[]>;
  denominator_ids: Generated<string[]>;
  data: Generated<Json>;
}

export interface BulletinFileTable {
  bulletin_id: string;
  format: 'docx' | 'pdf' | 'html';
  file_id: string;
}

export interface BulletinReceiptTable {
  bulletin_id: string;
  unit_id: string;
  received_by: string;
  received_at: Timestamp;
}

export interface CalendarDayTable {
  day: string;
  kind: 'holiday' | 'makeup';
  note: string | null;
}

export interface CalendarYearTable {
  year: number;
  announced: boolean;
  source: string | null;
  id: Generated<string>;
  version: Generated<number>;
  changed_by: string | null;
  changed_at: Timestamp | null;
}

export interface CategoryTable {
  code: string;
  parent_code: string | null;
  name: string;
  keywords: Generated<string[]>;
  hot: Generated<boolean>;
  sort: Generated<number>;
  closed_at: Timestamp | null;
  id: Generated<string>;
  version: Generated<number>;
}

export interface CategoryGuessTable {
  complaint_id: string;
  code: string;
  confidence: number;
  by_words: boolean;
}

export interface CategoryModelTable {
  id: Generated<number>;
  trained_at: Timestamp;
  orders: number;
  threshold: number | null;
  score: Json;
  state: 'active' | 'retired' | 'rejected';
  note: string | null;
  trained_by: string | null;
  weights: Buffer | null;
}

export interface CitizenLinkTable {
  token_hash: Buffer;
  complaint_id: string;
  round: number;
  created_by: string | null;
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  used_at: Timestamp | null;
}

export interface ClockEntryTable {
  id: Generated<string>;
  complaint_id: string;
  round: number;
  kind: 'pause' | 'resume' | 'extend';
  at: Timestamp;
  extend_unit: 'workday' | 'workminute' | null;
  extend_amount: number | null;
  request_id: string | null;
  created_at: Generated<Timestamp>;
}

export interface ClockWarningTable {
  complaint_id: string;
  round: number;
  clock: 'first_contact' | 'handling';
  level: number;
  due_at: Timestamp;
  sent_at: Timestamp;
}

export interface ComplainantTable {
  complaint_id: string;
  anonymous: Generated<boolean>;
  name_enc: Buffer | null;
  name_bidx: Buffer | null;
  phone_enc: Buffer | null;
  phone_bidx: Buffer | null;
  content_enc: Buffer | null;
  address_enc: Buffer | null;
}

export interface ComplaintTable {
  id: Generated<string>;
  number: string;
  source_id: string;
  external_no: string | null;
  kind: 'enquiry' | 'ordinary' | 'complex';
  urgency: 'normal' | 'urgent' | 'critical';
  category_code: string | null;
  title: string;
  content: string;
  address: string | null;
  town_id: string | null;
  place_id: string | null;
  lng: number | null;
  lat: number | null;
  callback_wanted: Generated<boolean>;
  extras: Generated<Json>;
  status: 'received' | 'accepted' | 'dispatched' | 'handling' | 'reviewing' | 'following_up' | 'closed' | 'declined';
  unit_id: string | null;
  officer_id: string | null;
  round: Generated<number>;
  reopen_count: Generated<number>;
  received_at: Timestamp;
  registered_at: Generated<Timestamp>;
  dispatched_at: Timestamp | null;
  closed_at: Timestamp | null;
  outcome: 'solved' | 'unsolved' | 'unreachable' | 'declined' | null;
  excluded_at: Timestamp | null;
  first_contact_due_at: Timestamp | null;
  due_at: Timestamp | null;
  paused_at: Timestamp | null;
  next_check_at: Timestamp | null;
  version: Generated<number>;
  point_by: Generated<'pin' | 'captured' | 'place'>;
}

export interface ComplaintFileTable {
  complaint_id: string;
  file_id: string;
  event_id: string;
}

export interface ComplaintJointUnitTable {
  complaint_id: string;
  unit_id: string;
}

export interface ComplaintRequestTable {
  id: Generated<string>;
  complaint_id: string;
  round: number;
  kind: 'return' | 'transfer' | 'extend' | 'pause' | 'complex' | 'exclude';
  reason: string;
  workdays: number | null;
  target_unit_id: string | null;
  file_ids: Generated<string[]>;
  requested_by: string;
  requested_unit_id: string;
  requested_at: Timestamp;
  decided_by: string | null;
  decided_at: Timestamp | null;
  approved: boolean | null;
  decision_note: string | null;
}

export interface ComplaintSearchTable {
  complaint_id: string;
  received_at: Timestamp;
  keys: number[];
}

export interface DeadlineRecomputeTable {
  id: Generated<string>;
  cause: 'calendar' | 'shifts' | 'rules';
  note: string;
  shifts_from: string | null;
  asked_by: string | null;
  asked_at: Timestamp;
  started_at: Timestamp | null;
  total: number | null;
  checked: Generated<number>;
  changed: Generated<number>;
  finished_at: Timestamp | null;
}

export interface DeadlineRuleTable {
  id: Generated<string>;
  purpose: 'first_contact' | 'handling';
  kind: 'enquiry' | 'ordinary' | 'complex' | 'rehandle';
  urgency: 'normal' | 'urgent' | 'critical';
  budget_unit: 'workday' | 'workminute';
  budget_amount: number;
  effective_from: string;
  basis: string | null;
  made_by: string | null;
  made_at: Timestamp | null;
  withdrawn_by: string | null;
  withdrawn_at: Timestamp | null;
  version: Generated<number>;
}

export interface FileTable {
  id: Generated<string>;
  sha256: Buffer;
  size: number;
  mime: string;
  name: string;
  purpose: 'evidence' | 'import' | 'reject' | 'export' | 'document';
  captured_at: Timestamp | null;
  captured_lng: number | null;
  captured_lat: number | null;
  created_by: string | null;
  created_at: Generated<Timestamp>;
  captured_sha256: Buffer | null;
}

export interface HandlingRoundTable {
  complaint_id: string;
  round: number;
  kind: 'enquiry' | 'ordinary' | 'complex' | 'rehandle';
  urgency: 'normal' | 'urgent' | 'critical';
  category_code: string | null;
  unit_id: string | null;
  town_id: string | null;
  officer_id: string | null;
  started_at: Timestamp;
  first_contact_due_at: Timestamp;
  due_at: Timestamp;
  signed_at: Timestamp | null;
  first_contact_at: Timestamp | null;
  contact_attempts: Generated<number>;
  submitted_at: Timestamp | null;
  submitted_by: string | null;
  concluded_at: Timestamp | null;
  result: string | null;
  measures: Generated<string[]>;
  legal_basis: string | null;
  followed_up_at: Timestamp | null;
  follow_up_channel: 'phone' | 'visit' | 'link' | 'hotline' | null;
  reached: boolean | null;
  solved: boolean | null;
  satisfaction: 'satisfied' | 'fairly' | 'neutral' | 'dissatisfied' | null;
  follow_up_note: string | null;
  reopened: Generated<boolean>;
  declined_at: Timestamp | null;
  excluded_at: Timestamp | null;
}

export interface IdempotencyKeyTable {
  source_id: string;
  key: string;
  request_hash: Buffer;
  status: number;
  response: Json;
  created_at: Generated<Timestamp>;
}

export interface ImportJobTable {
  id: Generated<string>;
  source_id: string;
  file_id: string | null;
  file_name: string;
  sheet: string | null;
  mapping: Json;
  options: Generated<Json>;
  status: 'draft' | 'queued' | 'running' | 'cancelled' | 'done' | 'failed';
  rows_total: number | null;
  rows_read: Generated<number>;
  created_count: Generated<number>;
  updated_count: Generated<number>;
  unchanged_count: Generated<number>;
  rejected_count: Generated<number>;
  conflict_count: Generated<number>;
  reject_file_id: string | null;
  error: string | null;
  created_by: string | null;
  created_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  cursor_row: Generated<number>;
  progress: Generated<number>;
  heartbeat_at: Timestamp | null;
  cancel_requested_at: Timestamp | null;
  cancelled_by: string | null;
  compared_count: Generated<number>;
  compare_total: number | null;
}

export interface ImportRejectTable {
  job_id: string;
  row_no: number;
  kind: 'rejected' | 'conflict';
  reasons: Json;
  cells_enc: Buffer;
  complaint_id: string | null;
}

export interface InspectionAnswerTable {
  visit_id: string;
  no: number;
  result: 'pass' | 'fail' | 'not_applicable';
  note: string | null;
  answered_by: string;
  answered_at: Timestamp;
}

export interface InspectionCandidateTable {
  plan_id: string;
  person_id: string;
}

export interface InspectionChecklistTable {
  id: Generated<string>;
  code: string;
  version: number;
  name: string;
  note: string | null;
  created_by: string | null;
  created_at: Generated<Timestamp>;
}

export interface InspectionChecklistItemTable {
  checklist_id: string;
  no: number;
  section: string;
  text: string;
  basis: string | null;
  weight: number;
  photo_required: Generated<boolean>;
  type_code: string;
}

export interface InspectionCounterTable {
  year: number;
  n: number;
}

export interface InspectionDrawTable {
  plan_id: string;
  population: string;
  population_digest: string;
  commitment: string;
  nonce: Buffer;
  committed_at: Timestamp;
  public_value: string | null;
  seed: string | null;
  file: string | null;
  digest: string | null;
  drawn_by: string | null;
  drawn_at: Timestamp | null;
}

export interface InspectionExclusionTable {
  plan_id: string;
  person_id: string;
  unit_id: string;
  reason: string;
  automatic: boolean;
}

export interface InspectionFileTable {
  visit_id: string;
  no: number;
  file_id: string;
  added_by: string;
  added_at: Timestamp;
}

export interface InspectionFindingTable {
  id: Generated<string>;
  visit_id: string;
  no: number;
  problem: string;
  status: Generated<'open' | 'answered' | 'confirmed' | 'withdrawn'>;
  version: Generated<number>;
  answer_due_at: Timestamp | null;
  accepted: boolean | null;
  answer: string | null;
  answered_by: string | null;
  answered_at: Timestamp | null;
  decision: string | null;
  decided_by: string | null;
  decided_at: Timestamp | null;
  rectification_id: string | null;
}

export interface InspectionPlanTable {
  id: Generated<string>;
  number: string;
  title: string;
  form: 'routine' | 'campaign';
  manner: 'open' | 'covert';
  purpose: string;
  basis: string | null;
  starts_on: string;
  ends_on: string;
  checklist_id: string;
  subjects_wanted: number;
  public_source: string;
  public_at: Timestamp;
  status: Generated<'draft' | 'submitted' | 'approved' | 'drawn' | 'active' | 'done' | 'cancelled'>;
  version: Generated<number>;
  created_by: string;
  created_unit_id: string;
  created_at: Timestamp;
  approved_by: string | null;
  approved_at: Timestamp | null;
  started_at: Timestamp | null;
  opened_by: string | null;
  opened_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface InspectionPlanTargetTable {
  plan_id: string;
  code: string;
}

export interface InspectionSubjectTable {
  id: Generated<string>;
  plan_id: string;
  seq: number;
  name: string;
  unit_id: string;
  matter_id: string | null;
  place: string | null;
}

export interface InspectionTargetTable {
  code: string;
  kind: 'post' | 'time' | 'person' | 'step';
  name: string;
  note: string | null;
  sort: Generated<number>;
  version: Generated<number>;
  closed_at: Timestamp | null;
}

export interface InspectionVisitTable {
  id: Generated<string>;
  plan_id: string;
  subject_id: string;
  seq: number;
  unit_id: string;
  status: Generated<'pending' | 'signing' | 'signed' | 'cancelled'>;
  version: Generated<number>;
  signed_at: Timestamp | null;
  score: string | null;
}

export interface InspectionVisitInspectorTable {
  visit_id: string;
  person_id: string;
  seq: number;
  signed_at: Timestamp | null;
}

export interface IntakeRecordTable {
  complaint_id: string;
  digests: string;
  originals_enc: Buffer | null;
}

export interface IntakeSourceTable {
  id: Generated<string>;
  code: string;
  name: string;
  kind: 'hotline' | 'city_operation' | 'walk_in' | 'letter' | 'petition' | 'media' | 'inspection' | 'open_day' | 'superior';
  mapping: Json | null;
  secret_enc: Buffer | null;
  callback_url: string | null;
  closed_at: Timestamp | null;
  version: Generated<number>;
  signature_algorithm: Generated<'sha256' | 'sm3'>;
  secret_made_at: Timestamp | null;
}

export interface JointDecisionTable {
  id: Generated<string>;
  meeting_id: string;
  unit_id: string;
  text: string;
  rectification_id: string | null;
}

export interface JointDutyTable {
  id: Generated<string>;
  task_id: string;
  unit_id: string;
  phase: 'before' | 'during' | 'after';
  content: string;
  due_on: string;
  status: Generated<'todo' | 'done' | 'confirmed'>;
  note: string | null;
  done_by: string | null;
  done_at: Timestamp | null;
  confirmed_by: string | null;
  confirmed_at: Timestamp | null;
  answer: string | null;
}

export interface JointDutyFileTable {
  duty_id: string;
  file_id: string;
  added_by: string;
  added_at: Timestamp;
}

export interface JointLetterTable {
  id: Generated<string>;
  number: string;
  task_id: string;
  to_unit_id: string;
  subject: string;
  text: string;
  sent_by: string;
  sent_at: Timestamp;
  received_by: string | null;
  received_at: Timestamp | null;
  receipt: string | null;
}

export interface JointMeetingTable {
  id: Generated<string>;
  task_id: string;
  held_on: string;
  place: string;
  minutes: string;
  made_by: string;
  made_at: Timestamp;
}

export interface JointPartyTable {
  task_id: string;
  unit_id: string;
}

export interface JointPhaseTable {
  task_id: string;
  phase: 'before' | 'during' | 'after';
  from_on: string;
  to_on: string;
}

export interface JointTaskTable {
  id: Generated<string>;
  number: string;
  title: string;
  purpose: string;
  organiser_unit_id: string;
  organised_by: string;
  made_at: Timestamp;
  status: Generated<'running' | 'closed' | 'cancelled'>;
  version: Generated<number>;
  summary: string | null;
  ended_by: string | null;
  ended_at: Timestamp | null;
}

export interface ListingTable {
  id: Generated<string>;
  number: string;
  source: 'matter' | 'media' | 'case' | 'rectification';
  matter_id: string | null;
  rectification_id: string | null;
  source_note: string | null;
  level: 'section' | 'bureau' | 'district';
  subject: string;
  reason: string;
  demand: string;
  owner_unit_id: string;
  leader_id: string;
  proposed_by: string;
  proposed_unit_id: string;
  proposed_at: Timestamp;
  workdays: number;
  report_every: number;
  status: Generated<'proposed' | 'refused' | 'listed' | 'delisting' | 'checked' | 'delisted'>;
  version: Generated<number>;
  cycle: Generated<number>;
  approved_by: string | null;
  listed_at: Timestamp | null;
  due_at: Timestamp | null;
  decision_note: string | null;
  doer_ids: Generated<string[]>;
  asked_at: Timestamp | null;
  result: string | null;
  checked_by: string | null;
  checked_at: Timestamp | null;
  check_result: string | null;
  sent_back_count: Generated<number>;
  delisted_by: string | null;
  delisted_at: Timestamp | null;
  delist_note: string | null;
  next_check_at: Timestamp | null;
}

export interface ListingClockTable {
  listing_id: string;
  seq: number;
  kind: 'pause' | 'resume' | 'extend';
  at: Timestamp;
  workdays: number | null;
}

export interface ListingEntryTable {
  id: Generated<string>;
  listing_id: string;
  kind: 'report' | 'visit';
  period: number;
  text: string;
  made_by: string;
  unit_id: string;
  made_at: Timestamp;
}

export interface ListingFileTable {
  listing_id: string;
  file_id: string;
  entry_id: string | null;
  stage: 'proposal' | 'report' | 'visit' | 'result' | 'check';
  added_by: string;
  added_at: Timestamp;
}

export interface ListingReminderTable {
  listing_id: string;
  reminder: 'report' | 'soon' | 'overdue';
  n: number;
  sent_at: Timestamp;
}

export interface MapBoundaryTable {
  unit_id: string;
  geometry: Json;
  lng: number;
  lat: number;
}

export interface MapSettingTable {
  only_row: Generated<boolean>;
  boundary_source: string | null;
  schematic: Generated<boolean>;
  boundary_by: string | null;
  boundary_at: Timestamp | null;
  base: Generated<'none' | 'tiles' | 'file'>;
  tile_url: string | null;
  tile_system: Generated<'wgs84' | 'gcj02'>;
  tile_file: string | null;
  attribution: string | null;
  max_zoom: Generated<number>;
  version: Generated<number>;
}

export interface MatterTable {
  id: string;
  title: string;
  category_code: string | null;
  town_id: string | null;
  unit_id: string | null;
  order_count: number;
  first_at: Timestamp;
  last_at: Timestamp;
  plan: string | null;
  settled_at: Timestamp | null;
  settled_note: string | null;
  version: Generated<number>;
}

export interface MatterAlertTable {
  id: Generated<string>;
  matter_id: string;
  rule_id: string;
  action: string;
  count: number;
  days: number | null;
  complaint_ids: string[];
  fired_at: Timestamp;
  status: Generated<'open' | 'done' | 'declined'>;
  note: string | null;
  decided_by: string | null;
  decided_at: Timestamp | null;
  version: Generated<number>;
}

export interface MatterBacklogTable {
  matter_id: string;
  listed_at: Timestamp;
  listed_by: string;
  reason: string;
  leader_id: string;
  plan: Generated<string>;
  due_on: string;
  status: Generated<'open' | 'agreed' | 'reviewing' | 'closed'>;
  agreed_on: string | null;
  closed_at: Timestamp | null;
  closed_by: string | null;
  conclusion: string | null;
  version: Generated<number>;
}

export interface MatterKeyTable {
  key: number;
  turn: number;
}

export interface MatterModelTable {
  id: Generated<number>;
  made_at: Timestamp;
  orders: number;
  matters: number;
  pairs: Buffer;
  counts: Buffer;
  joined: number;
  suggested: number;
  verdicts: number;
  note: string | null;
}

export interface MatterOrderTable {
  complaint_id: string;
  seq: Generated<number>;
  received_at: Timestamp;
  turn: number | null;
  matter_id: string;
  decision: Generated<'separate' | 'joined'>;
  by_person: Generated<boolean>;
  like_id: string | null;
  score: number | null;
  reasons: Generated<string[]>;
}

export interface MatterRuleTable {
  id: Generated<string>;
  trigger: 'orders' | 'reopened';
  count: number;
  days: number | null;
  action: 'coordinate' | 'leader_on_site' | 'report_up' | 'propose_supervision';
  closed_at: Timestamp | null;
  version: Generated<number>;
}

export interface MatterRunTable {
  id: Generated<string>;
  model_id: number;
  cursor: Generated<number>;
  last_turn: number;
  checked: Generated<number>;
  total: number;
  changed: Generated<number>;
  asked_by: string | null;
  asked_at: Timestamp;
  finished_at: Timestamp | null;
  cancelled_by: string | null;
  error: string | null;
}

export interface MatterStepTable {
  id: Generated<string>;
  matter_id: string;
  kind: 'milestone' | 'hearing' | 'visit' | 'agreement' | 'other';
  content: string;
  planned_on: string | null;
  done_on: string | null;
  note: string | null;
  made_by: string;
  made_at: Timestamp;
}

export interface MatterSuggestionTable {
  complaint_id: string;
  like_id: string;
  score: number;
  reasons: string[];
  made_at: Timestamp;
  answer: 'same' | 'different' | null;
  answered_by: string | null;
  answered_at: Timestamp | null;
}

export interface MatterVerdictTable {
  a: string;
  b: string;
  same: boolean;
  score: number | null;
  made_by: string;
  made_at: Timestamp;
}

export interface MigrationTable {
  name: string;
  sha256: string;
  applied_at: Generated<Timestamp>;
}

export interface NoticeTable {
  id: Generated<string>;
  person_id: string | null;
  unit_id: string | null;
  roles: string[] | null;
  kind: string;
  level: Generated<'info' | 'warn' | 'danger'>;
  title: string;
  body: string | null;
  object_type: string | null;
  object_id: string | null;
  dedupe_key: string | null;
  created_at: Generated<Timestamp>;
}

export interface NoticeReadTable {
  notice_id: string;
  person_id: string;
  read_at: Generated<Timestamp>;
}

export interface OnSiteCommitmentTable {
  visit_id: string;
  seq: number;
  text: string;
  due_on: string;
}

export interface OnSiteFileTable {
  visit_id: string;
  file_id: string;
  stage: 'minutes' | 'answer';
  added_by: string;
  added_at: Timestamp;
}

export interface OnSiteVisitTable {
  id: Generated<string>;
  number: string;
  month: string;
  unit_id: string;
  numerator: number;
  denominator: number;
  district_numerator: number;
  district_denominator: number;
  reason: string;
  status: Generated<'planned' | 'visited' | 'answered' | 'concluded' | 'cancelled'>;
  version: Generated<number>;
  planned_on: string;
  leader_id: string;
  participant_ids: Generated<string[]>;
  planned_by: string;
  planned_at: Timestamp;
  visited_on: string | null;
  minutes: string | null;
  minuted_by: string | null;
  answer: string | null;
  answered_by: string | null;
  answered_at: Timestamp | null;
  conclusion: string | null;
  concluded_by: string | null;
  concluded_at: Timestamp | null;
}

export interface OutboxTable {
  id: Generated<number>;
  tx: Generated<string>;
  topic: string;
  object_id: string;
  unit_id: string | null;
  town_id: string | null;
  officer_id: string | null;
  data: Generated<Json>;
  created_at: Generated<Timestamp>;
}

export interface OutboxCursorTable {
  consumer: string;
  tx: string;
  id: number;
}

export interface PasswordHistoryTable {
  account_id: string;
  password_hash: string;
  created_at: Generated<Timestamp>;
}

export interface PersonTable {
  id: Generated<string>;
  staff_no: string;
  name: string;
  badge_no: string | null;
  mobile_enc: Buffer | null;
  mobile_bidx: Buffer | null;
  left_at: Timestamp | null;
  created_at: Generated<Timestamp>;
  version: Generated<number>;
}

export interface PlaceTable {
  id: Generated<string>;
  kind: 'road' | 'compound' | 'village' | 'landmark';
  name: string;
  aliases: Generated<string[]>;
  town_id: string | null;
  unit_id: string | null;
  lng: number | null;
  lat: number | null;
  closed_at: Timestamp | null;
  version: Generated<number>;
}

export interface PostingTable {
  id: Generated<string>;
  person_id: string;
  unit_id: string;
  role: string;
  title: string | null;
  started_on: string;
  ended_on: string | null;
  created_at: Generated<Timestamp>;
}

export interface RectificationTable {
  id: Generated<string>;
  number: string;
  source: 'inspection' | 'listing' | 'complaint' | 'bulletin' | 'joint' | 'on_site' | 'accountability' | 'self_inspection' | 'case_evaluation' | 'supervision_card';
  source_id: string | null;
  complaint_id: string | null;
  matter_id: string | null;
  type_code: string;
  problem: string;
  basis: string | null;
  owner_unit_id: string;
  owner_person_id: string | null;
  issued_by: string;
  issued_unit_id: string;
  issued_at: Timestamp;
  workdays: number;
  due_at: Timestamp;
  status: Generated<'open' | 'objected' | 'appealed' | 'submitted' | 'verified' | 'closed' | 'cancelled'>;
  version: Generated<number>;
  cycle: Generated<number>;
  cause: string | null;
  measure: string | null;
  result: string | null;
  lasting_rule: string | null;
  recurrence_of: string | null;
  doer_ids: Generated<string[]>;
  submitted_at: Timestamp | null;
  submitted_by: string | null;
  verified_at: Timestamp | null;
  verified_by: string | null;
  closed_at: Timestamp | null;
  closed_by: string | null;
  sent_back_count: Generated<number>;
  objected_by: string | null;
  objection_decided_by: string | null;
  appealed: Generated<boolean>;
  extension_days: number | null;
  extension_reason: string | null;
  extension_by: string | null;
  extensions_granted: Generated<number>;
  next_check_at: Timestamp | null;
}

export interface RectificationClockTable {
  rectification_id: string;
  seq: number;
  kind: 'pause' | 'resume' | 'extend';
  at: Timestamp;
  workdays: number | null;
}

export interface RectificationCounterTable {
  year: number;
  n: number;
}

export interface RectificationFileTable {
  rectification_id: string;
  file_id: string;
  stage: 'before' | 'after' | 'check' | 'objection';
  cycle: number;
  added_by: string;
  added_at: Timestamp;
}

export interface RectificationReminderTable {
  rectification_id: string;
  cycle: number;
  reminder: 'soon' | 'overdue' | 'overdue_3' | 'overdue_7' | 'waiting';
  sent_at: Timestamp;
}

export interface RectificationTypeTable {
  code: string;
  name: string;
  workdays: number;
  sort: Generated<number>;
  closed_at: Timestamp | null;
}

export interface RoleGrantTable {
  id: string;
  person_id: string;
  unit_id: string;
  role: string;
  title: string | null;
  starts_on: string;
  replaces_posting_id: string | null;
  reason: string;
  proposed_by: string;
  proposed_at: Timestamp;
  status: Generated<'pending' | 'granted' | 'refused' | 'withdrawn'>;
  decided_by: string | null;
  decided_at: Timestamp | null;
  decision_note: string | null;
  posting_id: string | null;
}

export interface SavedViewTable {
  id: Generated<string>;
  account_id: string;
  list: string;
  name: string;
  query: string;
  sort: Generated<number>;
}

export interface SearchPendingTable {
  complaint_id: string;
  id: Generated<number>;
}

export interface SessionTable {
  token_hash: Buffer;
  id: Generated<string>;
  account_id: string;
  posting_id: string;
  second_factor_pending: Generated<boolean>;
  created_at: Generated<Timestamp>;
  last_seen_at: Generated<Timestamp>;
  expires_at: Timestamp;
  ip: string | null;
  user_agent: string | null;
  revoked_at: Timestamp | null;
}

export interface SettingTable {
  key: string;
  effective_from: string;
  value: Json;
  changed_by: string | null;
  changed_at: Generated<Timestamp>;
}

export interface SignInFailureTable {
  key: string;
  failures: number;
  since: Timestamp;
  locked_until: Timestamp | null;
}

export interface StatementTemplateTable {
  id: Generated<string>;
  category_code: string | null;
  name: string;
  body: string;
  legal_basis: string | null;
  measures: Generated<string[]>;
  sort: Generated<number>;
}

export interface SupervisionCounterTable {
  kind: 'listing' | 'on_site' | 'joint' | 'letter';
  year: number;
  n: number;
}

export interface UnitTable {
  id: Generated<string>;
  code: string;
  name: string;
  short_name: string;
  kind: 'bureau' | 'section' | 'squadron' | 'town' | 'partner' | 'company';
  parent_id: string | null;
  town_id: string | null;
  phone: string | null;
  sort: Generated<number>;
  created_at: Generated<Timestamp>;
  closed_at: Timestamp | null;
  version: Generated<number>;
}

export interface WebhookDeliveryTable {
  id: Generated<string>;
  source_id: string;
  complaint_id: string;
  event: string;
  payload: Json;
  attempts: Generated<number>;
  next_attempt_at: Timestamp | null;
  delivered_at: Timestamp | null;
  last_error: string | null;
  created_at: Generated<Timestamp>;
  last_status: number | null;
  given_up_at: Timestamp | null;
}

export interface WeeklyAnalysisTable {
  week_from: string;
  state: Generated<'draft' | 'edited' | 'finished'>;
  facts: Json;
  earlier: Json;
  findings: string;
  causes: string;
  measures: Generated<Json>;
  version: Generated<number>;
  drafted_at: Timestamp;
  edited_by: string | null;
  finished_by: string | null;
  finished_at: Timestamp | null;
}

export interface WorkShiftTable {
  starts: number;
  ends: number;
  effective_from: string;
  changed_by: string | null;
  changed_at: Timestamp | null;
}

export interface DB {
  account: AccountTable;
  appraisal: AppraisalTable;
  appraisal_answer: AppraisalAnswerTable;
  appraisal_line: AppraisalLineTable;
  appraisal_scheme: AppraisalSchemeTable;
  appraisal_subject: AppraisalSubjectTable;
  audit_event: AuditEventTable;
  audit_link: AuditLinkTable;
  audit_seal: AuditSealTable;
  audit_verification: AuditVerificationTable;
  bulletin: BulletinTable;
  bulletin_figure: BulletinFigureTable;
  bulletin_file: BulletinFileTable;
  bulletin_receipt: BulletinReceiptTable;
  calendar_day: CalendarDayTable;
  calendar_year: CalendarYearTable;
  category: CategoryTable;
  category_guess: CategoryGuessTable;
  category_model: CategoryModelTable;
  citizen_link: CitizenLinkTable;
  clock_entry: ClockEntryTable;
  clock_warning: ClockWarningTable;
  complainant: ComplainantTable;
  complaint: ComplaintTable;
  complaint_file: ComplaintFileTable;
  complaint_joint_unit: ComplaintJointUnitTable;
  complaint_request: ComplaintRequestTable;
  complaint_search: ComplaintSearchTable;
  deadline_recompute: DeadlineRecomputeTable;
  deadline_rule: DeadlineRuleTable;
  file: FileTable;
  handling_round: HandlingRoundTable;
  idempotency_key: IdempotencyKeyTable;
  import_job: ImportJobTable;
  import_reject: ImportRejectTable;
  inspection_answer: InspectionAnswerTable;
  inspection_candidate: InspectionCandidateTable;
  inspection_checklist: InspectionChecklistTable;
  inspection_checklist_item: InspectionChecklistItemTable;
  inspection_counter: InspectionCounterTable;
  inspection_draw: InspectionDrawTable;
  inspection_exclusion: InspectionExclusionTable;
  inspection_file: InspectionFileTable;
  inspection_finding: InspectionFindingTable;
  inspection_plan: InspectionPlanTable;
  inspection_plan_target: InspectionPlanTargetTable;
  inspection_subject: InspectionSubjectTable;
  inspection_target: InspectionTargetTable;
  inspection_visit: InspectionVisitTable;
  inspection_visit_inspector: InspectionVisitInspectorTable;
  intake_record: IntakeRecordTable;
  intake_source: IntakeSourceTable;
  joint_decision: JointDecisionTable;
  joint_duty: JointDutyTable;
  joint_duty_file: JointDutyFileTable;
  joint_letter: JointLetterTable;
  joint_meeting: JointMeetingTable;
  joint_party: JointPartyTable;
  joint_phase: JointPhaseTable;
  joint_task: JointTaskTable;
  listing: ListingTable;
  listing_clock: ListingClockTable;
  listing_entry: ListingEntryTable;
  listing_file: ListingFileTable;
  listing_reminder: ListingReminderTable;
  map_boundary: MapBoundaryTable;
  map_setting: MapSettingTable;
  matter: MatterTable;
  matter_alert: MatterAlertTable;
  matter_backlog: MatterBacklogTable;
  matter_key: MatterKeyTable;
  matter_model: MatterModelTable;
  matter_order: MatterOrderTable;
  matter_rule: MatterRuleTable;
  matter_run: MatterRunTable;
  matter_step: MatterStepTable;
  matter_suggestion: MatterSuggestionTable;
  matter_verdict: MatterVerdictTable;
  migration: MigrationTable;
  notice: NoticeTable;
  notice_read: NoticeReadTable;
  on_site_commitment: OnSiteCommitmentTable;
  on_site_file: OnSiteFileTable;
  on_site_visit: OnSiteVisitTable;
  outbox: OutboxTable;
  outbox_cursor: OutboxCursorTable;
  password_history: PasswordHistoryTable;
  person: PersonTable;
  place: PlaceTable;
  posting: PostingTable;
  rectification: RectificationTable;
  rectification_clock: RectificationClockTable;
  rectification_counter: RectificationCounterTable;
  rectification_file: RectificationFileTable;
  rectification_reminder: RectificationReminderTable;
  rectification_type: RectificationTypeTable;
  role_grant: RoleGrantTable;
  saved_view: SavedViewTable;
  search_pending: SearchPendingTable;
  session: SessionTable;
  setting: SettingTable;
  sign_in_failure: SignInFailureTable;
  statement_template: StatementTemplateTable;
  supervision_counter: SupervisionCounterTable;
  unit: UnitTable;
  webhook_delivery: WebhookDeliveryTable;
  weekly_analysis: WeeklyAnalysisTable;
  work_shift: WorkShiftTable;
}
