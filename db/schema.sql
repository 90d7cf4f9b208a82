-- 由迁移生成，勿手改；测试核对其与迁移一致。

create table account (
  id uuid not null default uuidv7(),
  person_id uuid not null,
  username text not null,
  password_hash text not null,
  must_change boolean not null default true,
  password_changed_at timestamp with time zone not null default now(),
  failed_count integer not null default 0,
  locked_until timestamp with time zone,
  totp_secret_enc bytea,
  totp_confirmed_at timestamp with time zone,
  totp_last_step bigint,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  password_wanted_by uuid,
  password_wanted_at timestamp with time zone,
  password_wanted_reason text
);
create table appraisal (
  id uuid not null default uuidv7(),
  audience text not null,
  period text not null,
  period_from date not null,
  period_to date not null,
  scheme jsonb not null,
  status text not null default 'preliminary'::text,
  version integer not null default 1,
  as_of timestamp with time zone not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  answers_until timestamp with time zone,
  confirmed_by uuid,
  confirmed_at timestamp with time zone
);
create table appraisal_answer (
  id uuid not null default uuidv7(),
  appraisal_id uuid not null,
  subject_id uuid not null,
  code text,
  words text not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  accepted boolean,
  points numeric(5,2),
  reason text,
  decided_by uuid,
  decided_at timestamp with time zone
);
create table appraisal_line (
  appraisal_id uuid not null,
  subject_id uuid not null,
  place integer not null,
  code text not null,
  numerator integer not null,
  denominator integer not null,
  points numeric(5,2) not null,
  of_points numeric(5,2) not null,
  counted boolean not null,
  explanation text not null,
  numerator_ids uuid[] not null default '{}'::uuid[],
  denominator_ids uuid[] not null default '{}'::uuid[]
);
create table appraisal_scheme (
  id integer not null,
  audience text not null,
  effective_from date not null,
  scheme jsonb not null,
  made_by uuid,
  made_at timestamp with time zone not null
);
create table appraisal_subject (
  appraisal_id uuid not null,
  subject_id uuid not null,
  unit_id uuid not null,
  name text not null,
  total numeric(5,2)
);
create table audit_event (
  id uuid not null default uuidv7(),
  at timestamp with time zone not null,
  actor_id uuid,
  actor_unit_id uuid,
  actor_role text,
  action text not null,
  object_type text not null,
  object_id uuid,
  from_status text,
  to_status text,
  note text,
  data jsonb not null default '{}'::jsonb,
  ip text,
  command_id uuid,
  tx xid8 not null default pg_current_xact_id()
);
create table audit_link (
  seq bigint not null,
  event_id uuid not null,
  hash bytea not null
);
create table audit_seal (
  only_row boolean not null default true,
  tx xid8 not null,
  seq bigint not null,
  hash bytea not null,
  id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid
);
create table audit_verification (
  id uuid not null,
  status text not null default 'queued'::text,
  anchor_seq bigint,
  anchor_hash text,
  requested_by uuid not null,
  requested_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  cancelled_by uuid,
  cancel_requested_at timestamp with time zone,
  run uuid,
  heartbeat_at timestamp with time zone,
  checked bigint not null default 0,
  total bigint not null default 0,
  unsealed bigint,
  head_seq bigint,
  head_hash text,
  problems jsonb not null default '[]'::jsonb,
  error text
);
create table bulletin (
  id uuid not null default uuidv7(),
  kind text not null,
  period_start date not null,
  period_end date not null,
  revision integer not null default 1,
  supersedes_id uuid,
  correction_reason text,
  status text not null,
  number text,
  title text not null,
  recipients text not null,
  sections jsonb not null,
  as_of timestamp with time zone not null,
  drafted_by uuid not null,
  drafted_at timestamp with time zone not null default now(),
  reviewed_by uuid,
  reviewed_at timestamp with time zone,
  signed_by uuid,
  published_at timestamp with time zone,
  version integer not null default 1,
  editor_ids uuid[] not null default '{}'::uuid[],
  letterhead jsonb not null default '{}'::jsonb
);
create table bulletin_figure (
  bulletin_id uuid not null,
  key text not null,
  label text not null,
  value double precision,
  numerator integer,
  denominator integer,
  numerator_ids uuid[] not null default '{}'::uuid[],
  denominator_ids uuid[] not null default '{}'::uuid[],
  data jsonb not null default '{}'::jsonb
);
create table bulletin_file (
  bulletin_id uuid not null,
  format text not null,
  file_id uuid not null
);
create table bulletin_receipt (
  bulletin_id uuid not null,
  unit_id uuid not null,
  received_by uuid not null,
  received_at timestamp with time zone not null
);
create table calendar_day (
  day date not null,
  kind text not null,
  note text
);
create table calendar_year (
  year integer not null,
  announced boolean not null,
  source text,
  id uuid not null default uuidv7(),
  version integer not null default 1,
  changed_by uuid,
  changed_at timestamp with time zone
);
create table category (
  code text not null,
  parent_code text,
  name text not null,
  keywords text[] not null default '{}'::text[],
  hot boolean not null default false,
  sort integer not null default 0,
  closed_at timestamp with time zone,
  id uuid not null default uuidv7(),
  version integer not null default 1
);
create table category_guess (
  complaint_id uuid not null,
  code text not null,
  confidence real not null,
  by_words boolean not null
);
create table category_model (
  id integer not null,
  trained_at timestamp with time zone not null,
  orders integer not null,
  threshold real,
  score jsonb not null,
  state text not null,
  note text,
  trained_by uuid,
  weights bytea
);
create table citizen_link (
  token_hash bytea not null,
  complaint_id uuid not null,
  round smallint not null,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);
create table clock_entry (
  id uuid not null default uuidv7(),
  complaint_id uuid not null,
  round smallint not null,
  kind text not null,
  at timestamp with time zone not null,
  extend_unit text,
  extend_amount integer,
  request_id uuid,
  created_at timestamp with time zone not null default now()
);
create table clock_warning (
  complaint_id uuid not null,
  round smallint not null,
  clock text not null,
  level smallint not null,
  due_at timestamp with time zone not null,
  sent_at timestamp with time zone not null
);
create table complainant (
  complaint_id uuid not null,
  anonymous boolean not null default false,
  name_enc bytea,
  name_bidx bytea,
  phone_enc bytea,
  phone_bidx bytea,
  content_enc bytea,
  address_enc bytea
);
create table complaint (
  id uuid not null default uuidv7(),
  number text not null,
  source_id uuid not null,
  external_no text,
  kind text not null,
  urgency text not null,
  category_code text,
  title text not null,
  content text not null,
  address text,
  town_id uuid,
  place_id uuid,
  lng double precision,
  lat double precision,
  callback_wanted boolean not null default true,
  extras jsonb not null default '{}'::jsonb,
  status text not null,
  unit_id uuid,
  officer_id uuid,
  round smallint not null default 1,
  reopen_count smallint not null default 0,
  received_at timestamp with time zone not null,
  registered_at timestamp with time zone not null default now(),
  dispatched_at timestamp with time zone,
  closed_at timestamp with time zone,
  outcome text,
  excluded_at timestamp with time zone,
  first_contact_due_at timestamp with time zone,
  due_at timestamp with time zone,
  paused_at timestamp with time zone,
  next_check_at timestamp with time zone,
  version integer not null default 1,
  point_by text not null default 'place'::text
);
create table complaint_file (
  complaint_id uuid not null,
  file_id uuid not null,
  event_id uuid not null
);
create table complaint_joint_unit (
  complaint_id uuid not null,
  unit_id uuid not null
);
create table complaint_request (
  id uuid not null default uuidv7(),
  complaint_id uuid not null,
  round smallint not null,
  kind text not null,
  reason text not null,
  workdays integer,
  target_unit_id uuid,
  file_ids uuid[] not null default '{}'::uuid[],
  requested_by uuid not null,
  requested_unit_id uuid not null,
  requested_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  approved boolean,
  decision_note text
);
create table complaint_search (
  complaint_id uuid not null,
  received_at timestamp with time zone not null,
  keys integer[] not null
);
create table deadline_recompute (
  id uuid not null default uuidv7(),
  cause text not null,
  note text not null,
  shifts_from date,
  asked_by uuid,
  asked_at timestamp with time zone not null,
  started_at timestamp with time zone,
  total integer,
  checked integer not null default 0,
  changed integer not null default 0,
  finished_at timestamp with time zone
);
create table deadline_rule (
  id uuid not null default uuidv7(),
  purpose text not null,
  kind text not null,
  urgency text not null,
  budget_unit text not null,
  budget_amount integer not null,
  effective_from date not null,
  basis text,
  made_by uuid,
  made_at timestamp with time zone,
  withdrawn_by uuid,
  withdrawn_at timestamp with time zone,
  version integer not null default 1
);
create table file (
  id uuid not null default uuidv7(),
  sha256 bytea not null,
  size bigint not null,
  mime text not null,
  name text not null,
  purpose text not null,
  captured_at timestamp with time zone,
  captured_lng double precision,
  captured_lat double precision,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  captured_sha256 bytea
);
create table handling_round (
  complaint_id uuid not null,
  round smallint not null,
  kind text not null,
  urgency text not null,
  category_code text,
  unit_id uuid,
  town_id uuid,
  officer_id uuid,
  started_at timestamp with time zone not null,
  first_contact_due_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  signed_at timestamp with time zone,
  first_contact_at timestamp with time zone,
  contact_attempts smallint not null default 0,
  submitted_at timestamp with time zone,
  submitted_by uuid,
  concluded_at timestamp with time zone,
  result text,
  measures text[] not null default '{}'::text[],
  legal_basis text,
  followed_up_at timestamp with time zone,
  follow_up_channel text,
  reached boolean,
  solved boolean,
  satisfaction text,
  follow_up_note text,
  reopened boolean not null default false,
  declined_at timestamp with time zone,
  excluded_at timestamp with time zone
);
create table idempotency_key (
  source_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  response jsonb not null,
  created_at timestamp with time zone not null default now()
);
create table import_job (
  id uuid not null default uuidv7(),
  source_id uuid not null,
  file_id uuid,
  file_name text not null,
  sheet text,
  mapping jsonb not null,
  options jsonb not null default '{}'::jsonb,
  status text not null,
  rows_total integer,
  rows_read integer not null default 0,
  created_count integer not null default 0,
  updated_count integer not null default 0,
  unchanged_count integer not null default 0,
  rejected_count integer not null default 0,
  conflict_count integer not null default 0,
  reject_file_id uuid,
  error text,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  cursor_row integer not null default 0,
  progress real not null default 0,
  heartbeat_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  cancelled_by uuid,
  compared_count integer not null default 0,
  compare_total integer
);
create table import_reject (
  job_id uuid not null,
  row_no integer not null,
  kind text not null,
  reasons jsonb not null,
  cells_enc bytea not null,
  complaint_id uuid
);
create table inspection_answer (
  visit_id uuid not null,
  no integer not null,
  result text not null,
  note text,
  answered_by uuid not null,
  answered_at timestamp with time zone not null
);
create table inspection_candidate (
  plan_id uuid not null,
  person_id uuid not null
);
create table inspection_checklist (
  id uuid not null default uuidv7(),
  code text not null,
  version integer not null,
  name text not null,
  note text,
  created_by uuid,
  created_at timestamp with time zone not null default now()
);
create table inspection_checklist_item (
  checklist_id uuid not null,
  no integer not null,
  section text not null,
  text text not null,
  basis text,
  weight integer not null,
  photo_required boolean not null default false,
  type_code text not null
);
create table inspection_counter (
  year integer not null,
  n integer not null
);
create table inspection_draw (
  plan_id uuid not null,
  population text not null,
  population_digest text not null,
  commitment text not null,
  nonce bytea not null,
  committed_at timestamp with time zone not null,
  public_value text,
  seed text,
  file text,
  digest text,
  drawn_by uuid,
  drawn_at timestamp with time zone
);
create table inspection_exclusion (
  plan_id uuid not null,
  person_id uuid not null,
  unit_id uuid not null,
  reason text not null,
  automatic boolean not null
);
create table inspection_file (
  visit_id uuid not null,
  no integer not null,
  file_id uuid not null,
  added_by uuid not null,
  added_at timestamp with time zone not null
);
create table inspection_finding (
  id uuid not null default uuidv7(),
  visit_id uuid not null,
  no integer not null,
  problem text not null,
  status text not null default 'open'::text,
  version integer not null default 1,
  answer_due_at timestamp with time zone,
  accepted boolean,
  answer text,
  answered_by uuid,
  answered_at timestamp with time zone,
  decision text,
  decided_by uuid,
  decided_at timestamp with time zone,
  rectification_id uuid
);
create table inspection_plan (
  id uuid not null default uuidv7(),
  number text not null,
  title text not null,
  form text not null,
  manner text not null,
  purpose text not null,
  basis text,
  starts_on date not null,
  ends_on date not null,
  checklist_id uuid not null,
  subjects_wanted integer not null,
  public_source text not null,
  public_at timestamp with time zone not null,
  status text not null default 'draft'::text,
  version integer not null default 1,
  created_by uuid not null,
  created_unit_id uuid not null,
  created_at timestamp with time zone not null,
  approved_by uuid,
  approved_at timestamp with time zone,
  started_at timestamp with time zone,
  opened_by uuid,
  opened_at timestamp with time zone,
  finished_at timestamp with time zone
);
create table inspection_plan_target (
  plan_id uuid not null,
  code text not null
);
create table inspection_subject (
  id uuid not null default uuidv7(),
  plan_id uuid not null,
  seq integer not null,
  name text not null,
  unit_id uuid not null,
  matter_id uuid,
  place text
);
create table inspection_target (
  code text not null,
  kind text not null,
  name text not null,
  note text,
  sort integer not null default 0,
  version integer not null default 1,
  closed_at timestamp with time zone
);
create table inspection_visit (
  id uuid not null default uuidv7(),
  plan_id uuid not null,
  subject_id uuid not null,
  seq integer not null,
  unit_id uuid not null,
  status text not null default 'pending'::text,
  version integer not null default 1,
  signed_at timestamp with time zone,
  score numeric(4,1)
);
create table inspection_visit_inspector (
  visit_id uuid not null,
  person_id uuid not null,
  seq integer not null,
  signed_at timestamp with time zone
);
create table intake_record (
  complaint_id uuid not null,
  digests text not null,
  originals_enc bytea
);
create table intake_source (
  id uuid not null default uuidv7(),
  code text not null,
  name text not null,
  kind text not null,
  mapping jsonb,
  secret_enc bytea,
  callback_url text,
  closed_at timestamp with time zone,
  version integer not null default 1,
  signature_algorithm text not null default 'sha256'::text,
  secret_made_at timestamp with time zone
);
create table joint_decision (
  id uuid not null default uuidv7(),
  meeting_id uuid not null,
  unit_id uuid not null,
  text text not null,
  rectification_id uuid
);
create table joint_duty (
  id uuid not null default uuidv7(),
  task_id uuid not null,
  unit_id uuid not null,
  phase text not null,
  content text not null,
  due_on date not null,
  status text not null default 'todo'::text,
  note text,
  done_by uuid,
  done_at timestamp with time zone,
  confirmed_by uuid,
  confirmed_at timestamp with time zone,
  answer text
);
create table joint_duty_file (
  duty_id uuid not null,
  file_id uuid not null,
  added_by uuid not null,
  added_at timestamp with time zone not null
);
create table joint_letter (
  id uuid not null default uuidv7(),
  number text not null,
  task_id uuid not null,
  to_unit_id uuid not null,
  subject text not null,
  text text not null,
  sent_by uuid not null,
  sent_at timestamp with time zone not null,
  received_by uuid,
  received_at timestamp with time zone,
  receipt text
);
create table joint_meeting (
  id uuid not null default uuidv7(),
  task_id uuid not null,
  held_on date not null,
  place text not null,
  minutes text not null,
  made_by uuid not null,
  made_at timestamp with time zone not null
);
create table joint_party (
  task_id uuid not null,
  unit_id uuid not null
);
create table joint_phase (
  task_id uuid not null,
  phase text not null,
  from_on date not null,
  to_on date not null
);
create table joint_task (
  id uuid not null default uuidv7(),
  number text not null,
  title text not null,
  purpose text not null,
  organiser_unit_id uuid not null,
  organised_by uuid not null,
  made_at timestamp with time zone not null,
  status text not null default 'running'::text,
  version integer not null default 1,
  summary text,
  ended_by uuid,
  ended_at timestamp with time zone
);
create table listing (
  id uuid not null default uuidv7(),
  number text not null,
  source text not null,
  matter_id uuid,
  rectification_id uuid,
  source_note text,
  level text not null,
  subject text not null,
  reason text not null,
  demand text not null,
  owner_unit_id uuid not null,
  leader_id uuid not null,
  proposed_by uuid not null,
  proposed_unit_id uuid not null,
  proposed_at timestamp with time zone not null,
  workdays integer not null,
  report_every integer not null,
  status text not null default 'proposed'::text,
  version integer not null default 1,
  cycle integer not null default 1,
  approved_by uuid,
  listed_at timestamp with time zone,
  due_at timestamp with time zone,
  decision_note text,
  doer_ids uuid[] not null default '{}'::uuid[],
  asked_at timestamp with time zone,
  result text,
  checked_by uuid,
  checked_at timestamp with time zone,
  check_result text,
  sent_back_count integer not null default 0,
  delisted_by uuid,
  delisted_at timestamp with time zone,
  delist_note text,
  next_check_at timestamp with time zone
);
create table listing_clock (
  listing_id uuid not null,
  seq integer not null,
  kind text not null,
  at timestamp with time zone not null,
  workdays integer
);
create table listing_entry (
  id uuid not null default uuidv7(),
  listing_id uuid not null,
  kind text not null,
  period integer not null,
  text text not null,
  made_by uuid not null,
  unit_id uuid not null,
  made_at timestamp with time zone not null
);
create table listing_file (
  listing_id uuid not null,
  file_id uuid not null,
  entry_id uuid,
  stage text not null,
  added_by uuid not null,
  added_at timestamp with time zone not null
);
create table listing_reminder (
  listing_id uuid not null,
  reminder text not null,
  n integer not null,
  sent_at timestamp with time zone not null
);
create table map_boundary (
  unit_id uuid not null,
  geometry jsonb not null,
  lng double precision not null,
  lat double precision not null
);
create table map_setting (
  only_row boolean not null default true,
  boundary_source text,
  schematic boolean not null default false,
  boundary_by uuid,
  boundary_at timestamp with time zone,
  base text not null default 'none'::text,
  tile_url text,
  tile_system text not null default 'wgs84'::text,
  tile_file text,
  attribution text,
  max_zoom smallint not null default 18,
  version integer not null default 1
);
create table matter (
  id uuid not null,
  title text not null,
  category_code text,
  town_id uuid,
  unit_id uuid,
  order_count integer not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  plan text,
  settled_at timestamp with time zone,
  settled_note text,
  version integer not null default 1
);
create table matter_alert (
  id uuid not null default uuidv7(),
  matter_id uuid not null,
  rule_id uuid not null,
  action text not null,
  count integer not null,
  days integer,
  complaint_ids uuid[] not null,
  fired_at timestamp with time zone not null,
  status text not null default 'open'::text,
  note text,
  decided_by uuid,
  decided_at timestamp with time zone,
  version integer not null default 1
);
create table matter_backlog (
  matter_id uuid not null,
  listed_at timestamp with time zone not null,
  listed_by uuid not null,
  reason text not null,
  leader_id uuid not null,
  plan text not null default ''::text,
  due_on date not null,
  status text not null default 'open'::text,
  agreed_on date,
  closed_at timestamp with time zone,
  closed_by uuid,
  conclusion text,
  version integer not null default 1
);
create table matter_key (
  key integer not null,
  turn bigint not null
);
create table matter_model (
  id integer not null,
  made_at timestamp with time zone not null,
  orders integer not null,
  matters integer not null,
  pairs bytea not null,
  counts bytea not null,
  joined real not null,
  suggested real not null,
  verdicts integer not null,
  note text
);
create table matter_order (
  complaint_id uuid not null,
  seq bigint not null,
  received_at timestamp with time zone not null,
  turn bigint,
  matter_id uuid not null,
  decision text not null default 'separate'::text,
  by_person boolean not null default false,
  like_id uuid,
  score real,
  reasons text[] not null default '{}'::text[]
);
create table matter_rule (
  id uuid not null default uuidv7(),
  trigger text not null,
  count integer not null,
  days integer,
  action text not null,
  closed_at timestamp with time zone,
  version integer not null default 1
);
create table matter_run (
  id uuid not null default uuidv7(),
  model_id integer not null,
  cursor bigint not null default 0,
  last_turn bigint not null,
  checked integer not null default 0,
  total integer not null,
  changed integer not null default 0,
  asked_by uuid,
  asked_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  cancelled_by uuid,
  error text
);
create table matter_step (
  id uuid not null default uuidv7(),
  matter_id uuid not null,
  kind text not null,
  content text not null,
  planned_on date,
  done_on date,
  note text,
  made_by uuid not null,
  made_at timestamp with time zone not null
);
create table matter_suggestion (
  complaint_id uuid not null,
  like_id uuid not null,
  score real not null,
  reasons text[] not null,
  made_at timestamp with time zone not null,
  answer text,
  answered_by uuid,
  answered_at timestamp with time zone
);
create table matter_verdict (
  a uuid not null,
  b uuid not null,
  same boolean not null,
  score real,
  made_by uuid not null,
  made_at timestamp with time zone not null
);
create table migration (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now()
);
create table notice (
  id uuid not null default uuidv7(),
  person_id uuid,
  unit_id uuid,
  roles text[],
  kind text not null,
  level text not null default 'info'::text,
  title text not null,
  body text,
  object_type text,
  object_id uuid,
  dedupe_key text,
  created_at timestamp with time zone not null default now()
);
create table notice_read (
  notice_id uuid not null,
  person_id uuid not null,
  read_at timestamp with time zone not null default now()
);
create table on_site_commitment (
  visit_id uuid not null,
  seq integer not null,
  text text not null,
  due_on date not null
);
create table on_site_file (
  visit_id uuid not null,
  file_id uuid not null,
  stage text not null,
  added_by uuid not null,
  added_at timestamp with time zone not null
);
create table on_site_visit (
  id uuid not null default uuidv7(),
  number text not null,
  month date not null,
  unit_id uuid not null,
  numerator integer not null,
  denominator integer not null,
  district_numerator integer not null,
  district_denominator integer not null,
  reason text not null,
  status text not null default 'planned'::text,
  version integer not null default 1,
  planned_on date not null,
  leader_id uuid not null,
  participant_ids uuid[] not null default '{}'::uuid[],
  planned_by uuid not null,
  planned_at timestamp with time zone not null,
  visited_on date,
  minutes text,
  minuted_by uuid,
  answer text,
  answered_by uuid,
  answered_at timestamp with time zone,
  conclusion text,
  concluded_by uuid,
  concluded_at timestamp with time zone
);
create table outbox (
  id bigint not null,
  tx xid8 not null default pg_current_xact_id(),
  topic text not null,
  object_id uuid not null,
  unit_id uuid,
  town_id uuid,
  officer_id uuid,
  data jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now()
);
create table outbox_cursor (
  consumer text not null,
  tx xid8 not null,
  id bigint not null
);
create table password_history (
  account_id uuid not null,
  password_hash text not null,
  created_at timestamp with time zone not null default now()
);
create table person (
  id uuid not null default uuidv7(),
  staff_no text not null,
  name text not null,
  badge_no text,
  mobile_enc bytea,
  mobile_bidx bytea,
  left_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1
);
create table place (
  id uuid not null default uuidv7(),
  kind text not null,
  name text not null,
  aliases text[] not null default '{}'::text[],
  town_id uuid,
  unit_id uuid,
  lng double precision,
  lat double precision,
  closed_at timestamp with time zone,
  version integer not null default 1
);
create table posting (
  id uuid not null default uuidv7(),
  person_id uuid not null,
  unit_id uuid not null,
  role text not null,
  title text,
  started_on date not null,
  ended_on date,
  created_at timestamp with time zone not null default now()
);
create table rectification (
  id uuid not null default uuidv7(),
  number text not null,
  source text not null,
  source_id uuid,
  complaint_id uuid,
  matter_id uuid,
  type_code text not null,
  problem text not null,
  basis text,
  owner_unit_id uuid not null,
  owner_person_id uuid,
  issued_by uuid not null,
  issued_unit_id uuid not null,
  issued_at timestamp with time zone not null,
  workdays integer not null,
  due_at timestamp with time zone not null,
  status text not null default 'open'::text,
  version integer not null default 1,
  cycle integer not null default 1,
  cause text,
  measure text,
  result text,
  lasting_rule text,
  recurrence_of uuid,
  doer_ids uuid[] not null default '{}'::uuid[],
  submitted_at timestamp with time zone,
  submitted_by uuid,
  verified_at timestamp with time zone,
  verified_by uuid,
  closed_at timestamp with time zone,
  closed_by uuid,
  sent_back_count integer not null default 0,
  objected_by uuid,
  objection_decided_by uuid,
  appealed boolean not null default false,
  extension_days integer,
  extension_reason text,
  extension_by uuid,
  extensions_granted integer not null default 0,
  next_check_at timestamp with time zone
);
create table rectification_clock (
  rectification_id uuid not null,
  seq integer not null,
  kind text not null,
  at timestamp with time zone not null,
  workdays integer
);
create table rectification_counter (
  year integer not null,
  n integer not null
);
create table rectification_file (
  rectification_id uuid not null,
  file_id uuid not null,
  stage text not null,
  cycle integer not null,
  added_by uuid not null,
  added_at timestamp with time zone not null
);
create table rectification_reminder (
  rectification_id uuid not null,
  cycle integer not null,
  reminder text not null,
  sent_at timestamp with time zone not null
);
create table rectification_type (
  code text not null,
  name text not null,
  workdays integer not null,
  sort integer not null default 0,
  closed_at timestamp with time zone
);
create table role_grant (
  id uuid not null,
  person_id uuid not null,
  unit_id uuid not null,
  role text not null,
  title text,
  starts_on date not null,
  replaces_posting_id uuid,
  reason text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  status text not null default 'pending'::text,
  decided_by uuid,
  decided_at timestamp with time zone,
  decision_note text,
  posting_id uuid
);
create table saved_view (
  id uuid not null default uuidv7(),
  account_id uuid not null,
  list text not null,
  name text not null,
  query text not null,
  sort integer not null default 0
);
create table search_pending (
  complaint_id uuid not null,
  id bigint not null
);
create table session (
  token_hash bytea not null,
  id uuid not null default uuidv7(),
  account_id uuid not null,
  posting_id uuid not null,
  second_factor_pending boolean not null default false,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  ip text,
  user_agent text,
  revoked_at timestamp with time zone
);
create table setting (
  key text not null,
  effective_from date not null,
  value jsonb not null,
  changed_by uuid,
  changed_at timestamp with time zone not null default now()
);
create table sign_in_failure (
  key text not null,
  failures integer not null,
  since timestamp with time zone not null,
  locked_until timestamp with time zone
);
create table statement_template (
  id uuid not null default uuidv7(),
  category_code text,
  name text not null,
  body text not null,
  legal_basis text,
  measures text[] not null default '{}'::text[],
  sort integer not null default 0
);
create table supervision_counter (
  kind text not null,
  year integer not null,
  n integer not null
);
create table unit (
  id uuid not null default uuidv7(),
  code text not null,
  name text not null,
  short_name text not null,
  kind text not null,
  parent_id uuid,
  town_id uuid,
  phone text,
  sort integer not null default 0,
  created_at timestamp with time zone not null default now(),
  closed_at timestamp with time zone,
  version integer not null default 1
);
create table webhook_delivery (
  id uuid not null default uuidv7(),
  source_id uuid not null,
  complaint_id uuid not null,
  event text not null,
  payload jsonb not null,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  delivered_at timestamp with time zone,
  last_error text,
  created_at timestamp with time zone not null default now(),
  last_status integer,
  given_up_at timestamp with time zone
);
create table weekly_analysis (
  week_from date not null,
  state text not null default 'draft'::text,
  facts jsonb not null,
  earlier jsonb not null,
  findings text not null,
  causes text not null,
  measures jsonb not null default '[]'::jsonb,
  version integer not null default 1,
  drafted_at timestamp with time zone not null,
  edited_by uuid,
  finished_by uuid,
  finished_at timestamp with time zone
);
create table work_shift (
  starts integer not null,
  ends integer not null,
  effective_from date not null,
  changed_by uuid,
  changed_at timestamp with time zone
);

alter table account add constraint account_check CHECK (((password_wanted_by IS NULL) = (password_wanted_at IS NULL)));
alter table account add constraint account_password_wanted_by_fkey FOREIGN KEY (password_wanted_by) REFERENCES person(id);
alter table account add constraint account_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table account add constraint account_pkey PRIMARY KEY (id);
alter table account add constraint account_person_id_key UNIQUE (person_id);
alter table account add constraint account_username_key UNIQUE (username);
alter table appraisal add constraint appraisal_audience_check CHECK ((audience = ANY (ARRAY['unit'::text, 'person'::text])));
alter table appraisal add constraint appraisal_check CHECK (((confirmed_by IS NULL) OR (confirmed_by <> made_by)));
alter table appraisal add constraint appraisal_check1 CHECK (((status = 'confirmed'::text) = (confirmed_at IS NOT NULL)));
alter table appraisal add constraint appraisal_status_check CHECK ((status = ANY (ARRAY['preliminary'::text, 'answering'::text, 'confirmed'::text])));
alter table appraisal add constraint appraisal_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES person(id);
alter table appraisal add constraint appraisal_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table appraisal add constraint appraisal_pkey PRIMARY KEY (id);
alter table appraisal add constraint appraisal_audience_period_key UNIQUE (audience, period);
alter table appraisal_answer add constraint appraisal_answer_check CHECK (((decided_by IS NULL) OR (decided_by <> made_by)));
alter table appraisal_answer add constraint appraisal_answer_appraisal_id_subject_id_fkey FOREIGN KEY (appraisal_id, subject_id) REFERENCES appraisal_subject(appraisal_id, subject_id);
alter table appraisal_answer add constraint appraisal_answer_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id);
alter table appraisal_answer add constraint appraisal_answer_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table appraisal_answer add constraint appraisal_answer_pkey PRIMARY KEY (id);
alter table appraisal_line add constraint appraisal_line_appraisal_id_subject_id_fkey FOREIGN KEY (appraisal_id, subject_id) REFERENCES appraisal_subject(appraisal_id, subject_id) ON DELETE CASCADE;
alter table appraisal_line add constraint appraisal_line_pkey PRIMARY KEY (appraisal_id, subject_id, code);
alter table appraisal_scheme add constraint appraisal_scheme_audience_check CHECK ((audience = ANY (ARRAY['unit'::text, 'person'::text])));
alter table appraisal_scheme add constraint appraisal_scheme_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table appraisal_scheme add constraint appraisal_scheme_pkey PRIMARY KEY (id);
alter table appraisal_subject add constraint appraisal_subject_appraisal_id_fkey FOREIGN KEY (appraisal_id) REFERENCES appraisal(id) ON DELETE CASCADE;
alter table appraisal_subject add constraint appraisal_subject_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table appraisal_subject add constraint appraisal_subject_pkey PRIMARY KEY (appraisal_id, subject_id);
alter table audit_event add constraint audit_event_pkey PRIMARY KEY (id);
alter table audit_link add constraint audit_link_pkey PRIMARY KEY (seq);
alter table audit_link add constraint audit_link_event_id_key UNIQUE (event_id);
alter table audit_seal add constraint audit_seal_only_row_check CHECK (only_row);
alter table audit_seal add constraint audit_seal_pkey PRIMARY KEY (only_row);
alter table audit_verification add constraint audit_verification_check CHECK (((anchor_seq IS NULL) = (anchor_hash IS NULL)));
alter table audit_verification add constraint audit_verification_check1 CHECK (((status = ANY (ARRAY['done'::text, 'cancelled'::text, 'failed'::text])) = (finished_at IS NOT NULL)));
alter table audit_verification add constraint audit_verification_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])));
alter table audit_verification add constraint audit_verification_cancelled_by_fkey FOREIGN KEY (cancelled_by) REFERENCES person(id);
alter table audit_verification add constraint audit_verification_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES person(id);
alter table audit_verification add constraint audit_verification_pkey PRIMARY KEY (id);
alter table bulletin add constraint bulletin_kind_check CHECK ((kind = ANY (ARRAY['weekly'::text, 'monthly'::text])));
alter table bulletin add constraint bulletin_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'reviewing'::text, 'reviewed'::text, 'published'::text])));
alter table bulletin add constraint bulletin_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES bulletin(id);
alter table bulletin add constraint bulletin_pkey PRIMARY KEY (id);
alter table bulletin add constraint bulletin_kind_period_start_revision_key UNIQUE (kind, period_start, revision);
alter table bulletin add constraint bulletin_number_key UNIQUE (number);
alter table bulletin_figure add constraint bulletin_figure_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES bulletin(id);
alter table bulletin_figure add constraint bulletin_figure_pkey PRIMARY KEY (bulletin_id, key);
alter table bulletin_file add constraint bulletin_file_format_check CHECK ((format = ANY (ARRAY['docx'::text, 'pdf'::text, 'html'::text])));
alter table bulletin_file add constraint bulletin_file_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES bulletin(id);
alter table bulletin_file add constraint bulletin_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table bulletin_file add constraint bulletin_file_pkey PRIMARY KEY (bulletin_id, format);
alter table bulletin_receipt add constraint bulletin_receipt_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES bulletin(id);
alter table bulletin_receipt add constraint bulletin_receipt_received_by_fkey FOREIGN KEY (received_by) REFERENCES person(id);
alter table bulletin_receipt add constraint bulletin_receipt_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table bulletin_receipt add constraint bulletin_receipt_pkey PRIMARY KEY (bulletin_id, unit_id);
alter table calendar_day add constraint calendar_day_kind_check CHECK ((kind = ANY (ARRAY['holiday'::text, 'makeup'::text])));
alter table calendar_day add constraint calendar_day_pkey PRIMARY KEY (day);
alter table calendar_year add constraint calendar_year_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id);
alter table calendar_year add constraint calendar_year_pkey PRIMARY KEY (year);
alter table calendar_year add constraint calendar_year_id_key UNIQUE (id);
alter table category add constraint category_parent_code_fkey FOREIGN KEY (parent_code) REFERENCES category(code);
alter table category add constraint category_pkey PRIMARY KEY (code);
alter table category add constraint category_id_key UNIQUE (id);
alter table category_guess add constraint category_guess_pkey PRIMARY KEY (complaint_id);
alter table category_model add constraint category_model_state_check CHECK ((state = ANY (ARRAY['active'::text, 'retired'::text, 'rejected'::text])));
alter table category_model add constraint category_model_trained_by_fkey FOREIGN KEY (trained_by) REFERENCES person(id);
alter table category_model add constraint category_model_pkey PRIMARY KEY (id);
alter table citizen_link add constraint citizen_link_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table citizen_link add constraint citizen_link_pkey PRIMARY KEY (token_hash);
alter table clock_entry add constraint clock_entry_extend_unit_check CHECK ((extend_unit = ANY (ARRAY['workday'::text, 'workminute'::text])));
alter table clock_entry add constraint clock_entry_kind_check CHECK ((kind = ANY (ARRAY['pause'::text, 'resume'::text, 'extend'::text])));
alter table clock_entry add constraint clock_entry_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table clock_entry add constraint clock_entry_pkey PRIMARY KEY (id);
alter table clock_warning add constraint clock_warning_clock_check CHECK ((clock = ANY (ARRAY['first_contact'::text, 'handling'::text])));
alter table clock_warning add constraint clock_warning_level_check CHECK ((level = ANY (ARRAY[50, 80, 100])));
alter table clock_warning add constraint clock_warning_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table clock_warning add constraint clock_warning_pkey PRIMARY KEY (complaint_id, round, clock, level);
alter table complainant add constraint complainant_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table complainant add constraint complainant_pkey PRIMARY KEY (complaint_id);
alter table complaint add constraint complaint_check CHECK (((lng IS NULL) = (lat IS NULL)));
alter table complaint add constraint complaint_kind_check CHECK ((kind = ANY (ARRAY['enquiry'::text, 'ordinary'::text, 'complex'::text])));
alter table complaint add constraint complaint_outcome_check CHECK ((outcome = ANY (ARRAY['solved'::text, 'unsolved'::text, 'unreachable'::text, 'declined'::text])));
alter table complaint add constraint complaint_point_by_check CHECK ((point_by = ANY (ARRAY['pin'::text, 'captured'::text, 'place'::text])));
alter table complaint add constraint complaint_status_check CHECK ((status = ANY (ARRAY['received'::text, 'accepted'::text, 'dispatched'::text, 'handling'::text, 'reviewing'::text, 'following_up'::text, 'closed'::text, 'declined'::text])));
alter table complaint add constraint complaint_urgency_check CHECK ((urgency = ANY (ARRAY['normal'::text, 'urgent'::text, 'critical'::text])));
alter table complaint add constraint complaint_category_code_fkey FOREIGN KEY (category_code) REFERENCES category(code);
alter table complaint add constraint complaint_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES person(id);
alter table complaint add constraint complaint_place_id_fkey FOREIGN KEY (place_id) REFERENCES place(id);
alter table complaint add constraint complaint_source_id_fkey FOREIGN KEY (source_id) REFERENCES intake_source(id);
alter table complaint add constraint complaint_town_id_fkey FOREIGN KEY (town_id) REFERENCES unit(id);
alter table complaint add constraint complaint_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table complaint add constraint complaint_pkey PRIMARY KEY (id);
alter table complaint add constraint complaint_number_key UNIQUE (number);
alter table complaint add constraint complaint_source_id_external_no_key UNIQUE (source_id, external_no);
alter table complaint_file add constraint complaint_file_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table complaint_file add constraint complaint_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table complaint_file add constraint complaint_file_pkey PRIMARY KEY (complaint_id, file_id);
alter table complaint_joint_unit add constraint complaint_joint_unit_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table complaint_joint_unit add constraint complaint_joint_unit_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table complaint_joint_unit add constraint complaint_joint_unit_pkey PRIMARY KEY (complaint_id, unit_id);
alter table complaint_request add constraint complaint_request_kind_check CHECK ((kind = ANY (ARRAY['return'::text, 'transfer'::text, 'extend'::text, 'pause'::text, 'complex'::text, 'exclude'::text])));
alter table complaint_request add constraint complaint_request_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table complaint_request add constraint complaint_request_target_unit_id_fkey FOREIGN KEY (target_unit_id) REFERENCES unit(id);
alter table complaint_request add constraint complaint_request_pkey PRIMARY KEY (id);
alter table complaint_search add constraint complaint_search_pkey PRIMARY KEY (complaint_id);
alter table deadline_recompute add constraint deadline_recompute_cause_check CHECK ((cause = ANY (ARRAY['calendar'::text, 'shifts'::text, 'rules'::text])));
alter table deadline_recompute add constraint deadline_recompute_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id);
alter table deadline_recompute add constraint deadline_recompute_pkey PRIMARY KEY (id);
alter table deadline_rule add constraint deadline_rule_budget_amount_check CHECK ((budget_amount > 0));
alter table deadline_rule add constraint deadline_rule_budget_unit_check CHECK ((budget_unit = ANY (ARRAY['workday'::text, 'workminute'::text])));
alter table deadline_rule add constraint deadline_rule_kind_check CHECK ((kind = ANY (ARRAY['enquiry'::text, 'ordinary'::text, 'complex'::text, 'rehandle'::text])));
alter table deadline_rule add constraint deadline_rule_purpose_check CHECK ((purpose = ANY (ARRAY['first_contact'::text, 'handling'::text])));
alter table deadline_rule add constraint deadline_rule_urgency_check CHECK ((urgency = ANY (ARRAY['normal'::text, 'urgent'::text, 'critical'::text])));
alter table deadline_rule add constraint deadline_rule_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table deadline_rule add constraint deadline_rule_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id);
alter table deadline_rule add constraint deadline_rule_pkey PRIMARY KEY (id);
alter table file add constraint file_captured_as_kept CHECK ((captured_sha256 = sha256));
alter table file add constraint file_purpose_check CHECK ((purpose = ANY (ARRAY['evidence'::text, 'import'::text, 'reject'::text, 'export'::text, 'document'::text])));
alter table file add constraint file_pkey PRIMARY KEY (id);
alter table handling_round add constraint handling_round_follow_up_channel_check CHECK ((follow_up_channel = ANY (ARRAY['phone'::text, 'visit'::text, 'link'::text, 'hotline'::text])));
alter table handling_round add constraint handling_round_kind_check CHECK ((kind = ANY (ARRAY['enquiry'::text, 'ordinary'::text, 'complex'::text, 'rehandle'::text])));
alter table handling_round add constraint handling_round_satisfaction_check CHECK ((satisfaction = ANY (ARRAY['satisfied'::text, 'fairly'::text, 'neutral'::text, 'dissatisfied'::text])));
alter table handling_round add constraint handling_round_urgency_check CHECK ((urgency = ANY (ARRAY['normal'::text, 'urgent'::text, 'critical'::text])));
alter table handling_round add constraint handling_round_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table handling_round add constraint handling_round_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES person(id);
alter table handling_round add constraint handling_round_town_id_fkey FOREIGN KEY (town_id) REFERENCES unit(id);
alter table handling_round add constraint handling_round_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table handling_round add constraint handling_round_pkey PRIMARY KEY (complaint_id, round);
alter table idempotency_key add constraint idempotency_key_source_id_fkey FOREIGN KEY (source_id) REFERENCES intake_source(id);
alter table idempotency_key add constraint idempotency_key_pkey PRIMARY KEY (source_id, key);
alter table import_job add constraint import_job_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'queued'::text, 'running'::text, 'cancelled'::text, 'done'::text, 'failed'::text])));
alter table import_job add constraint import_job_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table import_job add constraint import_job_reject_file_id_fkey FOREIGN KEY (reject_file_id) REFERENCES file(id);
alter table import_job add constraint import_job_source_id_fkey FOREIGN KEY (source_id) REFERENCES intake_source(id);
alter table import_job add constraint import_job_pkey PRIMARY KEY (id);
alter table import_reject add constraint import_reject_kind_check CHECK ((kind = ANY (ARRAY['rejected'::text, 'conflict'::text])));
alter table import_reject add constraint import_reject_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table import_reject add constraint import_reject_job_id_fkey FOREIGN KEY (job_id) REFERENCES import_job(id);
alter table import_reject add constraint import_reject_pkey PRIMARY KEY (job_id, row_no);
alter table inspection_answer add constraint inspection_answer_result_check CHECK ((result = ANY (ARRAY['pass'::text, 'fail'::text, 'not_applicable'::text])));
alter table inspection_answer add constraint inspection_answer_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id);
alter table inspection_answer add constraint inspection_answer_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES inspection_visit(id);
alter table inspection_answer add constraint inspection_answer_pkey PRIMARY KEY (visit_id, no);
alter table inspection_candidate add constraint inspection_candidate_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table inspection_candidate add constraint inspection_candidate_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id) ON DELETE CASCADE;
alter table inspection_candidate add constraint inspection_candidate_pkey PRIMARY KEY (plan_id, person_id);
alter table inspection_checklist add constraint inspection_checklist_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id);
alter table inspection_checklist add constraint inspection_checklist_pkey PRIMARY KEY (id);
alter table inspection_checklist add constraint inspection_checklist_code_version_key UNIQUE (code, version);
alter table inspection_checklist_item add constraint inspection_checklist_item_no_check CHECK (((no >= 1) AND (no <= 100)));
alter table inspection_checklist_item add constraint inspection_checklist_item_weight_check CHECK (((weight >= 1) AND (weight <= 100)));
alter table inspection_checklist_item add constraint inspection_checklist_item_checklist_id_fkey FOREIGN KEY (checklist_id) REFERENCES inspection_checklist(id);
alter table inspection_checklist_item add constraint inspection_checklist_item_type_code_fkey FOREIGN KEY (type_code) REFERENCES rectification_type(code);
alter table inspection_checklist_item add constraint inspection_checklist_item_pkey PRIMARY KEY (checklist_id, no);
alter table inspection_counter add constraint inspection_counter_pkey PRIMARY KEY (year);
alter table inspection_draw add constraint inspection_draw_check CHECK (((drawn_at IS NULL) = (file IS NULL)));
alter table inspection_draw add constraint inspection_draw_commitment_check CHECK ((commitment ~ '^[0-9a-f]{64}$'::text));
alter table inspection_draw add constraint inspection_draw_population_digest_check CHECK ((population_digest ~ '^[0-9a-f]{64}$'::text));
alter table inspection_draw add constraint inspection_draw_drawn_by_fkey FOREIGN KEY (drawn_by) REFERENCES person(id);
alter table inspection_draw add constraint inspection_draw_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id);
alter table inspection_draw add constraint inspection_draw_pkey PRIMARY KEY (plan_id);
alter table inspection_exclusion add constraint inspection_exclusion_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table inspection_exclusion add constraint inspection_exclusion_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id) ON DELETE CASCADE;
alter table inspection_exclusion add constraint inspection_exclusion_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table inspection_exclusion add constraint inspection_exclusion_pkey PRIMARY KEY (plan_id, person_id, unit_id);
alter table inspection_file add constraint inspection_file_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id);
alter table inspection_file add constraint inspection_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table inspection_file add constraint inspection_file_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES inspection_visit(id);
alter table inspection_file add constraint inspection_file_pkey PRIMARY KEY (visit_id, file_id);
alter table inspection_finding add constraint inspection_finding_check CHECK (((decided_by IS NULL) OR (decided_by IS DISTINCT FROM answered_by)));
alter table inspection_finding add constraint inspection_finding_check1 CHECK (((status = 'confirmed'::text) = (rectification_id IS NOT NULL)));
alter table inspection_finding add constraint inspection_finding_status_check CHECK ((status = ANY (ARRAY['open'::text, 'answered'::text, 'confirmed'::text, 'withdrawn'::text])));
alter table inspection_finding add constraint inspection_finding_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id);
alter table inspection_finding add constraint inspection_finding_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id);
alter table inspection_finding add constraint inspection_finding_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table inspection_finding add constraint inspection_finding_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES inspection_visit(id);
alter table inspection_finding add constraint inspection_finding_pkey PRIMARY KEY (id);
alter table inspection_finding add constraint inspection_finding_visit_id_no_key UNIQUE (visit_id, no);
alter table inspection_plan add constraint inspection_plan_check CHECK ((starts_on <= ends_on));
alter table inspection_plan add constraint inspection_plan_check1 CHECK (((approved_by IS NULL) OR (approved_by <> created_by)));
alter table inspection_plan add constraint inspection_plan_check2 CHECK (((opened_at IS NULL) OR (manner = 'covert'::text)));
alter table inspection_plan add constraint inspection_plan_check3 CHECK (((opened_at IS NULL) = (opened_by IS NULL)));
alter table inspection_plan add constraint inspection_plan_check4 CHECK (((status <> 'done'::text) OR (manner = 'open'::text) OR (opened_at IS NOT NULL)));
alter table inspection_plan add constraint inspection_plan_form_check CHECK ((form = ANY (ARRAY['routine'::text, 'campaign'::text])));
alter table inspection_plan add constraint inspection_plan_manner_check CHECK ((manner = ANY (ARRAY['open'::text, 'covert'::text])));
alter table inspection_plan add constraint inspection_plan_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'drawn'::text, 'active'::text, 'done'::text, 'cancelled'::text])));
alter table inspection_plan add constraint inspection_plan_subjects_wanted_check CHECK (((subjects_wanted >= 1) AND (subjects_wanted <= 200)));
alter table inspection_plan add constraint inspection_plan_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES person(id);
alter table inspection_plan add constraint inspection_plan_checklist_id_fkey FOREIGN KEY (checklist_id) REFERENCES inspection_checklist(id);
alter table inspection_plan add constraint inspection_plan_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id);
alter table inspection_plan add constraint inspection_plan_created_unit_id_fkey FOREIGN KEY (created_unit_id) REFERENCES unit(id);
alter table inspection_plan add constraint inspection_plan_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES person(id);
alter table inspection_plan add constraint inspection_plan_pkey PRIMARY KEY (id);
alter table inspection_plan add constraint inspection_plan_number_key UNIQUE (number);
alter table inspection_plan_target add constraint inspection_plan_target_code_fkey FOREIGN KEY (code) REFERENCES inspection_target(code);
alter table inspection_plan_target add constraint inspection_plan_target_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id) ON DELETE CASCADE;
alter table inspection_plan_target add constraint inspection_plan_target_pkey PRIMARY KEY (plan_id, code);
alter table inspection_subject add constraint inspection_subject_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id) ON DELETE CASCADE;
alter table inspection_subject add constraint inspection_subject_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table inspection_subject add constraint inspection_subject_pkey PRIMARY KEY (id);
alter table inspection_subject add constraint inspection_subject_plan_id_seq_key UNIQUE (plan_id, seq);
alter table inspection_target add constraint inspection_target_kind_check CHECK ((kind = ANY (ARRAY['post'::text, 'time'::text, 'person'::text, 'step'::text])));
alter table inspection_target add constraint inspection_target_pkey PRIMARY KEY (code);
alter table inspection_visit add constraint inspection_visit_check CHECK (((status = 'signed'::text) = (signed_at IS NOT NULL)));
alter table inspection_visit add constraint inspection_visit_score_check CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric)));
alter table inspection_visit add constraint inspection_visit_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'signing'::text, 'signed'::text, 'cancelled'::text])));
alter table inspection_visit add constraint inspection_visit_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES inspection_plan(id);
alter table inspection_visit add constraint inspection_visit_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES inspection_subject(id);
alter table inspection_visit add constraint inspection_visit_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table inspection_visit add constraint inspection_visit_pkey PRIMARY KEY (id);
alter table inspection_visit add constraint inspection_visit_subject_id_key UNIQUE (subject_id);
alter table inspection_visit_inspector add constraint inspection_visit_inspector_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table inspection_visit_inspector add constraint inspection_visit_inspector_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES inspection_visit(id);
alter table inspection_visit_inspector add constraint inspection_visit_inspector_pkey PRIMARY KEY (visit_id, person_id);
alter table intake_record add constraint intake_record_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table intake_record add constraint intake_record_pkey PRIMARY KEY (complaint_id);
alter table intake_source add constraint intake_source_kind_check CHECK ((kind = ANY (ARRAY['hotline'::text, 'city_operation'::text, 'walk_in'::text, 'letter'::text, 'petition'::text, 'media'::text, 'inspection'::text, 'open_day'::text, 'superior'::text])));
alter table intake_source add constraint intake_source_signature_algorithm_check CHECK ((signature_algorithm = ANY (ARRAY['sha256'::text, 'sm3'::text])));
alter table intake_source add constraint intake_source_pkey PRIMARY KEY (id);
alter table intake_source add constraint intake_source_code_key UNIQUE (code);
alter table joint_decision add constraint joint_decision_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES joint_meeting(id);
alter table joint_decision add constraint joint_decision_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table joint_decision add constraint joint_decision_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table joint_decision add constraint joint_decision_pkey PRIMARY KEY (id);
alter table joint_decision add constraint joint_decision_rectification_id_key UNIQUE (rectification_id);
alter table joint_duty add constraint joint_duty_check CHECK (((status = 'todo'::text) OR (done_by IS NOT NULL)));
alter table joint_duty add constraint joint_duty_check1 CHECK (((confirmed_by IS NULL) OR (confirmed_by IS DISTINCT FROM done_by)));
alter table joint_duty add constraint joint_duty_check2 CHECK (((status = 'confirmed'::text) = (confirmed_by IS NOT NULL)));
alter table joint_duty add constraint joint_duty_phase_check CHECK ((phase = ANY (ARRAY['before'::text, 'during'::text, 'after'::text])));
alter table joint_duty add constraint joint_duty_status_check CHECK ((status = ANY (ARRAY['todo'::text, 'done'::text, 'confirmed'::text])));
alter table joint_duty add constraint joint_duty_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES person(id);
alter table joint_duty add constraint joint_duty_done_by_fkey FOREIGN KEY (done_by) REFERENCES person(id);
alter table joint_duty add constraint joint_duty_task_id_unit_id_fkey FOREIGN KEY (task_id, unit_id) REFERENCES joint_party(task_id, unit_id);
alter table joint_duty add constraint joint_duty_pkey PRIMARY KEY (id);
alter table joint_duty_file add constraint joint_duty_file_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id);
alter table joint_duty_file add constraint joint_duty_file_duty_id_fkey FOREIGN KEY (duty_id) REFERENCES joint_duty(id);
alter table joint_duty_file add constraint joint_duty_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table joint_duty_file add constraint joint_duty_file_pkey PRIMARY KEY (duty_id, file_id);
alter table joint_letter add constraint joint_letter_check CHECK (((received_by IS NULL) = (received_at IS NULL)));
alter table joint_letter add constraint joint_letter_received_by_fkey FOREIGN KEY (received_by) REFERENCES person(id);
alter table joint_letter add constraint joint_letter_sent_by_fkey FOREIGN KEY (sent_by) REFERENCES person(id);
alter table joint_letter add constraint joint_letter_task_id_to_unit_id_fkey FOREIGN KEY (task_id, to_unit_id) REFERENCES joint_party(task_id, unit_id);
alter table joint_letter add constraint joint_letter_pkey PRIMARY KEY (id);
alter table joint_letter add constraint joint_letter_number_key UNIQUE (number);
alter table joint_meeting add constraint joint_meeting_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table joint_meeting add constraint joint_meeting_task_id_fkey FOREIGN KEY (task_id) REFERENCES joint_task(id);
alter table joint_meeting add constraint joint_meeting_pkey PRIMARY KEY (id);
alter table joint_party add constraint joint_party_task_id_fkey FOREIGN KEY (task_id) REFERENCES joint_task(id);
alter table joint_party add constraint joint_party_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table joint_party add constraint joint_party_pkey PRIMARY KEY (task_id, unit_id);
alter table joint_phase add constraint joint_phase_check CHECK ((from_on <= to_on));
alter table joint_phase add constraint joint_phase_phase_check CHECK ((phase = ANY (ARRAY['before'::text, 'during'::text, 'after'::text])));
alter table joint_phase add constraint joint_phase_task_id_fkey FOREIGN KEY (task_id) REFERENCES joint_task(id);
alter table joint_phase add constraint joint_phase_pkey PRIMARY KEY (task_id, phase);
alter table joint_task add constraint joint_task_check CHECK (((status = 'running'::text) = (ended_at IS NULL)));
alter table joint_task add constraint joint_task_status_check CHECK ((status = ANY (ARRAY['running'::text, 'closed'::text, 'cancelled'::text])));
alter table joint_task add constraint joint_task_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id);
alter table joint_task add constraint joint_task_organised_by_fkey FOREIGN KEY (organised_by) REFERENCES person(id);
alter table joint_task add constraint joint_task_organiser_unit_id_fkey FOREIGN KEY (organiser_unit_id) REFERENCES unit(id);
alter table joint_task add constraint joint_task_pkey PRIMARY KEY (id);
alter table joint_task add constraint joint_task_number_key UNIQUE (number);
alter table listing add constraint listing_check CHECK (((source = 'matter'::text) = (matter_id IS NOT NULL)));
alter table listing add constraint listing_check1 CHECK (((source = 'rectification'::text) = (rectification_id IS NOT NULL)));
alter table listing add constraint listing_check2 CHECK (((status = ANY (ARRAY['proposed'::text, 'refused'::text])) = (listed_at IS NULL)));
alter table listing add constraint listing_check3 CHECK (((status = 'delisted'::text) = (delisted_at IS NOT NULL)));
alter table listing add constraint listing_check4 CHECK (((approved_by IS DISTINCT FROM proposed_by) OR (approved_by IS NULL)));
alter table listing add constraint listing_check5 CHECK (((checked_by IS NULL) OR (checked_by <> ALL (doer_ids))));
alter table listing add constraint listing_check6 CHECK (((delisted_by IS NULL) OR ((delisted_by <> ALL (doer_ids)) AND (delisted_by IS DISTINCT FROM checked_by))));
alter table listing add constraint listing_check7 CHECK (((status <> ALL (ARRAY['checked'::text, 'delisted'::text])) OR (checked_by IS NOT NULL)));
alter table listing add constraint listing_level_check CHECK ((level = ANY (ARRAY['section'::text, 'bureau'::text, 'district'::text])));
alter table listing add constraint listing_report_every_check CHECK (((report_every >= 1) AND (report_every <= 20)));
alter table listing add constraint listing_source_check CHECK ((source = ANY (ARRAY['matter'::text, 'media'::text, 'case'::text, 'rectification'::text])));
alter table listing add constraint listing_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'refused'::text, 'listed'::text, 'delisting'::text, 'checked'::text, 'delisted'::text])));
alter table listing add constraint listing_workdays_check CHECK (((workdays >= 1) AND (workdays <= 120)));
alter table listing add constraint listing_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES person(id);
alter table listing add constraint listing_checked_by_fkey FOREIGN KEY (checked_by) REFERENCES person(id);
alter table listing add constraint listing_delisted_by_fkey FOREIGN KEY (delisted_by) REFERENCES person(id);
alter table listing add constraint listing_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES person(id);
alter table listing add constraint listing_matter_id_fkey FOREIGN KEY (matter_id) REFERENCES complaint(id);
alter table listing add constraint listing_owner_unit_id_fkey FOREIGN KEY (owner_unit_id) REFERENCES unit(id);
alter table listing add constraint listing_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES person(id);
alter table listing add constraint listing_proposed_unit_id_fkey FOREIGN KEY (proposed_unit_id) REFERENCES unit(id);
alter table listing add constraint listing_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table listing add constraint listing_pkey PRIMARY KEY (id);
alter table listing add constraint listing_number_key UNIQUE (number);
alter table listing_clock add constraint listing_clock_kind_check CHECK ((kind = ANY (ARRAY['pause'::text, 'resume'::text, 'extend'::text])));
alter table listing_clock add constraint listing_clock_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing(id);
alter table listing_clock add constraint listing_clock_pkey PRIMARY KEY (listing_id, seq);
alter table listing_entry add constraint listing_entry_kind_check CHECK ((kind = ANY (ARRAY['report'::text, 'visit'::text])));
alter table listing_entry add constraint listing_entry_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing(id);
alter table listing_entry add constraint listing_entry_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table listing_entry add constraint listing_entry_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table listing_entry add constraint listing_entry_pkey PRIMARY KEY (id);
alter table listing_file add constraint listing_file_stage_check CHECK ((stage = ANY (ARRAY['proposal'::text, 'report'::text, 'visit'::text, 'result'::text, 'check'::text])));
alter table listing_file add constraint listing_file_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id);
alter table listing_file add constraint listing_file_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES listing_entry(id);
alter table listing_file add constraint listing_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table listing_file add constraint listing_file_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing(id);
alter table listing_file add constraint listing_file_pkey PRIMARY KEY (listing_id, file_id);
alter table listing_reminder add constraint listing_reminder_reminder_check CHECK ((reminder = ANY (ARRAY['report'::text, 'soon'::text, 'overdue'::text])));
alter table listing_reminder add constraint listing_reminder_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing(id);
alter table listing_reminder add constraint listing_reminder_pkey PRIMARY KEY (listing_id, reminder, n);
alter table map_boundary add constraint map_boundary_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table map_boundary add constraint map_boundary_pkey PRIMARY KEY (unit_id);
alter table map_setting add constraint map_setting_base_check CHECK ((base = ANY (ARRAY['none'::text, 'tiles'::text, 'file'::text])));
alter table map_setting add constraint map_setting_check CHECK (((base <> 'tiles'::text) OR (tile_url IS NOT NULL)));
alter table map_setting add constraint map_setting_check1 CHECK (((base <> 'file'::text) OR (tile_file IS NOT NULL)));
alter table map_setting add constraint map_setting_max_zoom_check CHECK (((max_zoom >= 1) AND (max_zoom <= 22)));
alter table map_setting add constraint map_setting_only_row_check CHECK (only_row);
alter table map_setting add constraint map_setting_tile_system_check CHECK ((tile_system = ANY (ARRAY['wgs84'::text, 'gcj02'::text])));
alter table map_setting add constraint map_setting_boundary_by_fkey FOREIGN KEY (boundary_by) REFERENCES person(id);
alter table map_setting add constraint map_setting_pkey PRIMARY KEY (only_row);
alter table matter add constraint matter_category_code_fkey FOREIGN KEY (category_code) REFERENCES category(code);
alter table matter add constraint matter_id_fkey FOREIGN KEY (id) REFERENCES complaint(id);
alter table matter add constraint matter_town_id_fkey FOREIGN KEY (town_id) REFERENCES unit(id);
alter table matter add constraint matter_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table matter add constraint matter_pkey PRIMARY KEY (id);
alter table matter_alert add constraint matter_alert_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text, 'declined'::text])));
alter table matter_alert add constraint matter_alert_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id);
alter table matter_alert add constraint matter_alert_matter_id_fkey FOREIGN KEY (matter_id) REFERENCES matter(id) ON UPDATE CASCADE;
alter table matter_alert add constraint matter_alert_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES matter_rule(id);
alter table matter_alert add constraint matter_alert_pkey PRIMARY KEY (id);
alter table matter_alert add constraint matter_alert_matter_id_rule_id_key UNIQUE (matter_id, rule_id);
alter table matter_backlog add constraint matter_backlog_status_check CHECK ((status = ANY (ARRAY['open'::text, 'agreed'::text, 'reviewing'::text, 'closed'::text])));
alter table matter_backlog add constraint matter_backlog_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id);
alter table matter_backlog add constraint matter_backlog_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES person(id);
alter table matter_backlog add constraint matter_backlog_listed_by_fkey FOREIGN KEY (listed_by) REFERENCES person(id);
alter table matter_backlog add constraint matter_backlog_matter_id_fkey FOREIGN KEY (matter_id) REFERENCES matter(id) ON UPDATE CASCADE;
alter table matter_backlog add constraint matter_backlog_pkey PRIMARY KEY (matter_id);
alter table matter_key add constraint matter_key_pkey PRIMARY KEY (key, turn);
alter table matter_model add constraint matter_model_pkey PRIMARY KEY (id);
alter table matter_order add constraint matter_order_decision_check CHECK ((decision = ANY (ARRAY['separate'::text, 'joined'::text])));
alter table matter_order add constraint matter_order_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table matter_order add constraint matter_order_pkey PRIMARY KEY (complaint_id);
alter table matter_rule add constraint matter_rule_action_check CHECK ((action = ANY (ARRAY['coordinate'::text, 'leader_on_site'::text, 'report_up'::text, 'propose_supervision'::text])));
alter table matter_rule add constraint matter_rule_check CHECK (((trigger = 'orders'::text) = (days IS NOT NULL)));
alter table matter_rule add constraint matter_rule_count_check CHECK ((count > 1));
alter table matter_rule add constraint matter_rule_days_check CHECK (((days >= 1) AND (days <= 366)));
alter table matter_rule add constraint matter_rule_trigger_check CHECK ((trigger = ANY (ARRAY['orders'::text, 'reopened'::text])));
alter table matter_rule add constraint matter_rule_pkey PRIMARY KEY (id);
alter table matter_run add constraint matter_run_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id);
alter table matter_run add constraint matter_run_cancelled_by_fkey FOREIGN KEY (cancelled_by) REFERENCES person(id);
alter table matter_run add constraint matter_run_model_id_fkey FOREIGN KEY (model_id) REFERENCES matter_model(id);
alter table matter_run add constraint matter_run_pkey PRIMARY KEY (id);
alter table matter_step add constraint matter_step_check CHECK (((planned_on IS NOT NULL) OR (done_on IS NOT NULL)));
alter table matter_step add constraint matter_step_kind_check CHECK ((kind = ANY (ARRAY['milestone'::text, 'hearing'::text, 'visit'::text, 'agreement'::text, 'other'::text])));
alter table matter_step add constraint matter_step_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table matter_step add constraint matter_step_matter_id_fkey FOREIGN KEY (matter_id) REFERENCES matter_backlog(matter_id) ON UPDATE CASCADE;
alter table matter_step add constraint matter_step_pkey PRIMARY KEY (id);
alter table matter_suggestion add constraint matter_suggestion_answer_check CHECK ((answer = ANY (ARRAY['same'::text, 'different'::text])));
alter table matter_suggestion add constraint matter_suggestion_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id);
alter table matter_suggestion add constraint matter_suggestion_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table matter_suggestion add constraint matter_suggestion_like_id_fkey FOREIGN KEY (like_id) REFERENCES complaint(id);
alter table matter_suggestion add constraint matter_suggestion_pkey PRIMARY KEY (complaint_id);
alter table matter_verdict add constraint matter_verdict_check CHECK ((a < b));
alter table matter_verdict add constraint matter_verdict_a_fkey FOREIGN KEY (a) REFERENCES complaint(id);
alter table matter_verdict add constraint matter_verdict_b_fkey FOREIGN KEY (b) REFERENCES complaint(id);
alter table matter_verdict add constraint matter_verdict_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id);
alter table matter_verdict add constraint matter_verdict_pkey PRIMARY KEY (a, b);
alter table migration add constraint migration_pkey PRIMARY KEY (name);
alter table notice add constraint notice_check CHECK (((person_id IS NOT NULL) OR (unit_id IS NOT NULL)));
alter table notice add constraint notice_level_check CHECK ((level = ANY (ARRAY['info'::text, 'warn'::text, 'danger'::text])));
alter table notice add constraint notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table notice add constraint notice_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table notice add constraint notice_pkey PRIMARY KEY (id);
alter table notice add constraint notice_dedupe_key_key UNIQUE (dedupe_key);
alter table notice_read add constraint notice_read_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notice(id) ON DELETE CASCADE;
alter table notice_read add constraint notice_read_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table notice_read add constraint notice_read_pkey PRIMARY KEY (notice_id, person_id);
alter table on_site_commitment add constraint on_site_commitment_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES on_site_visit(id);
alter table on_site_commitment add constraint on_site_commitment_pkey PRIMARY KEY (visit_id, seq);
alter table on_site_file add constraint on_site_file_stage_check CHECK ((stage = ANY (ARRAY['minutes'::text, 'answer'::text])));
alter table on_site_file add constraint on_site_file_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id);
alter table on_site_file add constraint on_site_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table on_site_file add constraint on_site_file_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES on_site_visit(id);
alter table on_site_file add constraint on_site_file_pkey PRIMARY KEY (visit_id, file_id);
alter table on_site_visit add constraint on_site_visit_check CHECK (((numerator >= 0) AND (numerator <= denominator)));
alter table on_site_visit add constraint on_site_visit_check1 CHECK (((status = ANY (ARRAY['planned'::text, 'cancelled'::text])) OR (visited_on IS NOT NULL)));
alter table on_site_visit add constraint on_site_visit_check2 CHECK (((concluded_by IS NULL) OR (concluded_by IS DISTINCT FROM answered_by)));
alter table on_site_visit add constraint on_site_visit_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric));
alter table on_site_visit add constraint on_site_visit_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'visited'::text, 'answered'::text, 'concluded'::text, 'cancelled'::text])));
alter table on_site_visit add constraint on_site_visit_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id);
alter table on_site_visit add constraint on_site_visit_concluded_by_fkey FOREIGN KEY (concluded_by) REFERENCES person(id);
alter table on_site_visit add constraint on_site_visit_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES person(id);
alter table on_site_visit add constraint on_site_visit_minuted_by_fkey FOREIGN KEY (minuted_by) REFERENCES person(id);
alter table on_site_visit add constraint on_site_visit_planned_by_fkey FOREIGN KEY (planned_by) REFERENCES person(id);
alter table on_site_visit add constraint on_site_visit_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table on_site_visit add constraint on_site_visit_pkey PRIMARY KEY (id);
alter table on_site_visit add constraint on_site_visit_number_key UNIQUE (number);
alter table outbox add constraint outbox_pkey PRIMARY KEY (id);
alter table outbox_cursor add constraint outbox_cursor_pkey PRIMARY KEY (consumer);
alter table password_history add constraint password_history_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
alter table password_history add constraint password_history_pkey PRIMARY KEY (account_id, created_at);
alter table person add constraint person_pkey PRIMARY KEY (id);
alter table person add constraint person_staff_no_key UNIQUE (staff_no);
alter table place add constraint place_kind_check CHECK ((kind = ANY (ARRAY['road'::text, 'compound'::text, 'village'::text, 'landmark'::text])));
alter table place add constraint place_town_id_fkey FOREIGN KEY (town_id) REFERENCES unit(id);
alter table place add constraint place_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table place add constraint place_pkey PRIMARY KEY (id);
alter table place add constraint place_kind_name_town_id_key UNIQUE (kind, name, town_id);
alter table posting add constraint posting_check CHECK (((ended_on IS NULL) OR (ended_on >= started_on)));
alter table posting add constraint posting_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table posting add constraint posting_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table posting add constraint posting_pkey PRIMARY KEY (id);
alter table rectification add constraint rectification_check CHECK (((verified_by IS NULL) OR (verified_by <> ALL (doer_ids))));
alter table rectification add constraint rectification_check1 CHECK (((closed_by IS NULL) OR (closed_by <> ALL (doer_ids))));
alter table rectification add constraint rectification_check2 CHECK (((closed_by IS NULL) OR (closed_by IS DISTINCT FROM verified_by)));
alter table rectification add constraint rectification_check3 CHECK (((owner_person_id IS NULL) OR ((owner_person_id IS DISTINCT FROM verified_by) AND (owner_person_id IS DISTINCT FROM closed_by))));
alter table rectification add constraint rectification_check4 CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL)));
alter table rectification add constraint rectification_source_check CHECK ((source = ANY (ARRAY['inspection'::text, 'listing'::text, 'complaint'::text, 'bulletin'::text, 'joint'::text, 'on_site'::text, 'accountability'::text, 'self_inspection'::text, 'case_evaluation'::text, 'supervision_card'::text])));
alter table rectification add constraint rectification_status_check CHECK ((status = ANY (ARRAY['open'::text, 'objected'::text, 'appealed'::text, 'submitted'::text, 'verified'::text, 'closed'::text, 'cancelled'::text])));
alter table rectification add constraint rectification_workdays_check CHECK (((workdays >= 1) AND (workdays <= 60)));
alter table rectification add constraint rectification_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id);
alter table rectification add constraint rectification_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table rectification add constraint rectification_extension_by_fkey FOREIGN KEY (extension_by) REFERENCES person(id);
alter table rectification add constraint rectification_issued_by_fkey FOREIGN KEY (issued_by) REFERENCES person(id);
alter table rectification add constraint rectification_issued_unit_id_fkey FOREIGN KEY (issued_unit_id) REFERENCES unit(id);
alter table rectification add constraint rectification_objected_by_fkey FOREIGN KEY (objected_by) REFERENCES person(id);
alter table rectification add constraint rectification_objection_decided_by_fkey FOREIGN KEY (objection_decided_by) REFERENCES person(id);
alter table rectification add constraint rectification_owner_person_id_fkey FOREIGN KEY (owner_person_id) REFERENCES person(id);
alter table rectification add constraint rectification_owner_unit_id_fkey FOREIGN KEY (owner_unit_id) REFERENCES unit(id);
alter table rectification add constraint rectification_recurrence_of_fkey FOREIGN KEY (recurrence_of) REFERENCES rectification(id);
alter table rectification add constraint rectification_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES person(id);
alter table rectification add constraint rectification_type_code_fkey FOREIGN KEY (type_code) REFERENCES rectification_type(code);
alter table rectification add constraint rectification_verified_by_fkey FOREIGN KEY (verified_by) REFERENCES person(id);
alter table rectification add constraint rectification_pkey PRIMARY KEY (id);
alter table rectification add constraint rectification_number_key UNIQUE (number);
alter table rectification_clock add constraint rectification_clock_kind_check CHECK ((kind = ANY (ARRAY['pause'::text, 'resume'::text, 'extend'::text])));
alter table rectification_clock add constraint rectification_clock_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table rectification_clock add constraint rectification_clock_pkey PRIMARY KEY (rectification_id, seq);
alter table rectification_counter add constraint rectification_counter_pkey PRIMARY KEY (year);
alter table rectification_file add constraint rectification_file_stage_check CHECK ((stage = ANY (ARRAY['before'::text, 'after'::text, 'check'::text, 'objection'::text])));
alter table rectification_file add constraint rectification_file_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id);
alter table rectification_file add constraint rectification_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
alter table rectification_file add constraint rectification_file_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table rectification_file add constraint rectification_file_pkey PRIMARY KEY (rectification_id, file_id);
alter table rectification_reminder add constraint rectification_reminder_reminder_check CHECK ((reminder = ANY (ARRAY['soon'::text, 'overdue'::text, 'overdue_3'::text, 'overdue_7'::text, 'waiting'::text])));
alter table rectification_reminder add constraint rectification_reminder_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id);
alter table rectification_reminder add constraint rectification_reminder_pkey PRIMARY KEY (rectification_id, cycle, reminder);
alter table rectification_type add constraint rectification_type_workdays_check CHECK (((workdays >= 1) AND (workdays <= 60)));
alter table rectification_type add constraint rectification_type_pkey PRIMARY KEY (code);
alter table role_grant add constraint role_grant_check CHECK (((status = 'pending'::text) = (decided_at IS NULL)));
alter table role_grant add constraint role_grant_check1 CHECK (((status = 'granted'::text) = (posting_id IS NOT NULL)));
alter table role_grant add constraint role_grant_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'granted'::text, 'refused'::text, 'withdrawn'::text])));
alter table role_grant add constraint role_grant_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id);
alter table role_grant add constraint role_grant_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
alter table role_grant add constraint role_grant_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id);
alter table role_grant add constraint role_grant_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES person(id);
alter table role_grant add constraint role_grant_replaces_posting_id_fkey FOREIGN KEY (replaces_posting_id) REFERENCES posting(id);
alter table role_grant add constraint role_grant_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id);
alter table role_grant add constraint role_grant_pkey PRIMARY KEY (id);
alter table saved_view add constraint saved_view_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
alter table saved_view add constraint saved_view_pkey PRIMARY KEY (id);
alter table saved_view add constraint saved_view_account_id_list_name_key UNIQUE (account_id, list, name);
alter table search_pending add constraint search_pending_pkey PRIMARY KEY (complaint_id, id);
alter table session add constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
alter table session add constraint session_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id);
alter table session add constraint session_pkey PRIMARY KEY (token_hash);
alter table session add constraint session_id_key UNIQUE (id);
alter table setting add constraint setting_pkey PRIMARY KEY (key, effective_from);
alter table sign_in_failure add constraint sign_in_failure_pkey PRIMARY KEY (key);
alter table statement_template add constraint statement_template_category_code_fkey FOREIGN KEY (category_code) REFERENCES category(code);
alter table statement_template add constraint statement_template_pkey PRIMARY KEY (id);
alter table supervision_counter add constraint supervision_counter_kind_check CHECK ((kind = ANY (ARRAY['listing'::text, 'on_site'::text, 'joint'::text, 'letter'::text])));
alter table supervision_counter add constraint supervision_counter_pkey PRIMARY KEY (kind, year);
alter table unit add constraint unit_kind_check CHECK ((kind = ANY (ARRAY['bureau'::text, 'section'::text, 'squadron'::text, 'town'::text, 'partner'::text, 'company'::text])));
alter table unit add constraint unit_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES unit(id);
alter table unit add constraint unit_town_id_fkey FOREIGN KEY (town_id) REFERENCES unit(id);
alter table unit add constraint unit_pkey PRIMARY KEY (id);
alter table unit add constraint unit_code_key UNIQUE (code);
alter table webhook_delivery add constraint webhook_delivery_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id);
alter table webhook_delivery add constraint webhook_delivery_source_id_fkey FOREIGN KEY (source_id) REFERENCES intake_source(id);
alter table webhook_delivery add constraint webhook_delivery_pkey PRIMARY KEY (id);
alter table weekly_analysis add constraint weekly_analysis_check CHECK (((state = 'finished'::text) = (finished_at IS NOT NULL)));
alter table weekly_analysis add constraint weekly_analysis_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'edited'::text, 'finished'::text])));
alter table weekly_analysis add constraint weekly_analysis_week_from_check CHECK ((EXTRACT(isodow FROM week_from) = (1)::numeric));
alter table weekly_analysis add constraint weekly_analysis_edited_by_fkey FOREIGN KEY (edited_by) REFERENCES person(id);
alter table weekly_analysis add constraint weekly_analysis_finished_by_fkey FOREIGN KEY (finished_by) REFERENCES person(id);
alter table weekly_analysis add constraint weekly_analysis_pkey PRIMARY KEY (week_from);
alter table work_shift add constraint work_shift_check CHECK ((ends > starts));
alter table work_shift add constraint work_shift_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id);
alter table work_shift add constraint work_shift_pkey PRIMARY KEY (effective_from, starts);

CREATE INDEX account_password_wanted ON account USING btree (password_wanted_at) WHERE (password_wanted_at IS NOT NULL);
CREATE INDEX appraisal_answer_of ON appraisal_answer USING btree (appraisal_id, subject_id);
CREATE INDEX appraisal_scheme_latest ON appraisal_scheme USING btree (audience, effective_from DESC, id DESC);
CREATE INDEX appraisal_subject_unit ON appraisal_subject USING btree (unit_id);
CREATE INDEX audit_event_actor ON audit_event USING btree (actor_id, at) WHERE (actor_id IS NOT NULL);
CREATE INDEX audit_event_at ON audit_event USING btree (at, id);
CREATE INDEX audit_event_object ON audit_event USING btree (object_id, id) WHERE (object_id IS NOT NULL);
CREATE INDEX audit_event_tx ON audit_event USING btree (tx, id);
CREATE INDEX audit_verification_recent ON audit_verification USING btree (requested_at DESC, id DESC);
CREATE INDEX bulletin_recent ON bulletin USING btree (period_start DESC, kind, revision DESC);
CREATE INDEX citizen_link_complaint ON citizen_link USING btree (complaint_id);
CREATE INDEX clock_entry_complaint ON clock_entry USING btree (complaint_id, round, at);
CREATE INDEX complainant_name ON complainant USING btree (name_bidx) WHERE (name_bidx IS NOT NULL);
CREATE INDEX complainant_phone ON complainant USING btree (phone_bidx) WHERE (phone_bidx IS NOT NULL);
CREATE INDEX complaint_category_received ON complaint USING btree (category_code, received_at DESC, id DESC);
CREATE INDEX complaint_check ON complaint USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX complaint_joint_by_unit ON complaint_joint_unit USING btree (unit_id, complaint_id);
CREATE INDEX complaint_map ON complaint USING btree (received_at, lng, lat) INCLUDE (town_id, unit_id, category_code, status);
CREATE INDEX complaint_officer_open ON complaint USING btree (officer_id, due_at, id) WHERE (status <> ALL (ARRAY['closed'::text, 'declined'::text]));
CREATE INDEX complaint_open_due ON complaint USING btree (due_at, id) WHERE (status <> ALL (ARRAY['closed'::text, 'declined'::text]));
CREATE INDEX complaint_paused ON complaint USING btree (id) INCLUDE (round, paused_at) WHERE (paused_at IS NOT NULL);
CREATE INDEX complaint_pinned ON complaint USING btree (place_id) WHERE (point_by = 'pin'::text);
CREATE INDEX complaint_place ON complaint USING btree (place_id) WHERE (place_id IS NOT NULL);
CREATE INDEX complaint_place_received ON complaint USING btree (place_id, received_at) WHERE (place_id IS NOT NULL);
CREATE INDEX complaint_received ON complaint USING btree (received_at DESC, id DESC);
CREATE INDEX complaint_reopened_open ON complaint USING btree (reopen_count DESC, due_at, id) WHERE ((reopen_count > 0) AND (status <> ALL (ARRAY['closed'::text, 'declined'::text])));
CREATE INDEX complaint_request_complaint ON complaint_request USING btree (complaint_id);
CREATE INDEX complaint_request_open ON complaint_request USING btree (requested_at) WHERE (decided_at IS NULL);
CREATE INDEX complaint_search_keys ON complaint_search USING gin (keys) WITH (gin_pending_list_limit='65536');
CREATE INDEX complaint_status_received ON complaint USING btree (status, received_at DESC, id DESC);
CREATE INDEX complaint_town_received ON complaint USING btree (town_id, received_at DESC, id DESC);
CREATE INDEX complaint_unit_open_due ON complaint USING btree (unit_id, due_at, id) WHERE (status <> ALL (ARRAY['closed'::text, 'declined'::text]));
CREATE INDEX complaint_unit_received ON complaint USING btree (unit_id, received_at DESC, id DESC);
CREATE INDEX deadline_recompute_unfinished ON deadline_recompute USING btree (id) WHERE (finished_at IS NULL);
CREATE INDEX file_sha256 ON file USING btree (sha256);
CREATE INDEX import_job_created ON import_job USING btree (created_at DESC, id DESC);
CREATE INDEX import_job_unfinished ON import_job USING btree (heartbeat_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX inspection_file_file ON inspection_file USING btree (file_id);
CREATE INDEX inspection_finding_rectification ON inspection_finding USING btree (rectification_id) WHERE (rectification_id IS NOT NULL);
CREATE INDEX inspection_plan_creator ON inspection_plan USING btree (created_by);
CREATE INDEX inspection_plan_recent ON inspection_plan USING btree (starts_on DESC, id DESC);
CREATE INDEX inspection_subject_unit ON inspection_subject USING btree (unit_id);
CREATE INDEX inspection_visit_inspector_person ON inspection_visit_inspector USING btree (person_id);
CREATE INDEX inspection_visit_plan ON inspection_visit USING btree (plan_id, seq);
CREATE INDEX inspection_visit_unit ON inspection_visit USING btree (unit_id, plan_id);
CREATE INDEX joint_decision_meeting ON joint_decision USING btree (meeting_id);
CREATE INDEX joint_duty_file_file ON joint_duty_file USING btree (file_id);
CREATE INDEX joint_duty_task ON joint_duty USING btree (task_id, phase, due_on);
CREATE INDEX joint_duty_unit ON joint_duty USING btree (unit_id, due_on) WHERE (status = 'todo'::text);
CREATE INDEX joint_letter_task ON joint_letter USING btree (task_id, sent_at);
CREATE INDEX joint_meeting_task ON joint_meeting USING btree (task_id, held_on);
CREATE INDEX joint_party_unit ON joint_party USING btree (unit_id);
CREATE INDEX joint_task_recent ON joint_task USING btree (made_at DESC, id DESC);
CREATE INDEX listing_check ON listing USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX listing_entry_listing ON listing_entry USING btree (listing_id, made_at);
CREATE INDEX listing_file_file ON listing_file USING btree (file_id);
CREATE INDEX listing_recent ON listing USING btree (proposed_at DESC, id DESC);
CREATE INDEX listing_unit ON listing USING btree (owner_unit_id, proposed_at DESC);
CREATE INDEX matter_alert_open ON matter_alert USING btree (fired_at DESC, id) WHERE (status = 'open'::text);
CREATE INDEX matter_count ON matter USING btree (order_count DESC, last_at DESC, id DESC);
CREATE INDEX matter_last ON matter USING btree (last_at DESC, id DESC);
CREATE INDEX matter_order_matter ON matter_order USING btree (matter_id, received_at DESC, complaint_id);
CREATE INDEX matter_order_pending ON matter_order USING btree (seq) WHERE (turn IS NULL);
CREATE INDEX matter_step_matter ON matter_step USING btree (matter_id, COALESCE(done_on, planned_on));
CREATE INDEX matter_suggestion_like ON matter_suggestion USING btree (like_id) WHERE (answer IS NULL);
CREATE INDEX matter_suggestion_open ON matter_suggestion USING btree (made_at DESC, complaint_id) WHERE (answer IS NULL);
CREATE INDEX matter_verdict_b ON matter_verdict USING btree (b);
CREATE INDEX notice_person ON notice USING btree (person_id, id DESC) WHERE (person_id IS NOT NULL);
CREATE INDEX notice_unit ON notice USING btree (unit_id, id DESC) WHERE (unit_id IS NOT NULL);
CREATE INDEX on_site_file_file ON on_site_file USING btree (file_id);
CREATE INDEX on_site_visit_unit ON on_site_visit USING btree (unit_id, month DESC);
CREATE INDEX outbox_tx ON outbox USING btree (tx, id);
CREATE INDEX person_mobile ON person USING btree (mobile_bidx) WHERE (mobile_bidx IS NOT NULL);
CREATE INDEX posting_person ON posting USING btree (person_id);
CREATE INDEX posting_unit ON posting USING btree (unit_id) WHERE (ended_on IS NULL);
CREATE INDEX rectification_check ON rectification USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX rectification_closed ON rectification USING btree (closed_at) WHERE (closed_at IS NOT NULL);
CREATE INDEX rectification_complaint ON rectification USING btree (complaint_id) WHERE (complaint_id IS NOT NULL);
CREATE INDEX rectification_file_file ON rectification_file USING btree (file_id);
CREATE INDEX rectification_matter ON rectification USING btree (matter_id) WHERE (matter_id IS NOT NULL);
CREATE INDEX rectification_open ON rectification USING btree (due_at, id) WHERE (status <> ALL (ARRAY['closed'::text, 'cancelled'::text]));
CREATE INDEX rectification_person ON rectification USING btree (owner_person_id, issued_at DESC) WHERE (owner_person_id IS NOT NULL);
CREATE INDEX rectification_recent ON rectification USING btree (issued_at DESC, id DESC);
CREATE INDEX rectification_source ON rectification USING btree (source_id) WHERE (source_id IS NOT NULL);
CREATE INDEX rectification_unit ON rectification USING btree (owner_unit_id, issued_at DESC, id DESC);
CREATE INDEX role_grant_person ON role_grant USING btree (person_id);
CREATE INDEX role_grant_queue ON role_grant USING btree (proposed_at) WHERE (status = 'pending'::text);
CREATE INDEX round_contact_due ON handling_round USING btree (first_contact_due_at) INCLUDE (complaint_id, round, unit_id, town_id, category_code, officer_id, first_contact_at, concluded_at) WHERE ((excluded_at IS NULL) AND (declined_at IS NULL));
CREATE INDEX round_due ON handling_round USING btree (due_at) INCLUDE (complaint_id, round, unit_id, town_id, category_code, officer_id, concluded_at) WHERE ((excluded_at IS NULL) AND (declined_at IS NULL));
CREATE INDEX round_followed_up ON handling_round USING btree (followed_up_at) INCLUDE (unit_id, town_id, category_code, officer_id, solved, satisfaction, reopened) WHERE (reached AND (excluded_at IS NULL));
CREATE INDEX round_left_out ON handling_round USING btree (started_at) INCLUDE (unit_id, town_id, category_code, officer_id, excluded_at) WHERE ((round = 1) AND ((excluded_at IS NOT NULL) OR (declined_at IS NOT NULL)));
CREATE INDEX round_started ON handling_round USING btree (started_at) INCLUDE (unit_id, town_id, category_code, officer_id) WHERE ((round = 1) AND (excluded_at IS NULL) AND (declined_at IS NULL));
CREATE INDEX session_account ON session USING btree (account_id) WHERE (revoked_at IS NULL);
CREATE INDEX sign_in_failure_since ON sign_in_failure USING btree (since);
CREATE INDEX unit_parent ON unit USING btree (parent_id);
CREATE INDEX webhook_pending ON webhook_delivery USING btree (next_attempt_at) WHERE (delivered_at IS NULL);
CREATE INDEX webhook_recent ON webhook_delivery USING btree (source_id, created_at DESC);
CREATE UNIQUE INDEX audit_event_command ON audit_event USING btree (command_id) WHERE (command_id IS NOT NULL);
CREATE UNIQUE INDEX audit_verification_active ON audit_verification USING btree ((true)) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE UNIQUE INDEX bulletin_in_hand ON bulletin USING btree (kind, period_start) WHERE (status <> 'published'::text);
CREATE UNIQUE INDEX category_model_active ON category_model USING btree ((true)) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX complaint_request_pending ON complaint_request USING btree (complaint_id, kind) WHERE (decided_at IS NULL);
CREATE UNIQUE INDEX deadline_rule_in_use ON deadline_rule USING btree (purpose, kind, urgency, effective_from) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX listing_live_matter ON listing USING btree (matter_id) WHERE ((matter_id IS NOT NULL) AND (status <> ALL (ARRAY['refused'::text, 'delisted'::text])));
CREATE UNIQUE INDEX listing_live_rectification ON listing USING btree (rectification_id) WHERE ((rectification_id IS NOT NULL) AND (status <> ALL (ARRAY['refused'::text, 'delisted'::text])));
CREATE UNIQUE INDEX matter_order_turn ON matter_order USING btree (turn);
CREATE UNIQUE INDEX matter_run_active ON matter_run USING btree ((true)) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX on_site_visit_once ON on_site_visit USING btree (month, unit_id) WHERE (status <> 'cancelled'::text);
CREATE UNIQUE INDEX place_without_town ON place USING btree (kind, name) WHERE (town_id IS NULL);
CREATE UNIQUE INDEX posting_current ON posting USING btree (person_id, unit_id, role) WHERE (ended_on IS NULL);
CREATE UNIQUE INDEX role_grant_pending ON role_grant USING btree (person_id, unit_id, role) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX unit_town_squadron ON unit USING btree (town_id) WHERE ((kind = 'squadron'::text) AND (closed_at IS NULL));

CREATE OR REPLACE FUNCTION drop_category_guess()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from category_guess where complaint_id = new.id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION forbid_bulletin_file_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '存档文件不得改动' using errcode = 'insufficient_privilege';
end $function$
;
CREATE OR REPLACE FUNCTION forbid_confirmed_appraisal_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  target uuid;
begin
  if tg_table_name = 'appraisal' then
    target := old.id;
  elsif tg_op = 'INSERT' then
    target := new.appraisal_id;
  else
    target := old.appraisal_id;
  end if;
  if exists (select 1 from appraisal a where a.id = target and a.status = 'confirmed') then
    raise exception '考核已审定，不得改动' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $function$
;
CREATE OR REPLACE FUNCTION forbid_published_bulletin_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.status = 'published' then
    raise exception '通报已发布，不得改动；如有错误，请发更正' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $function$
;
CREATE OR REPLACE FUNCTION forbid_published_figure_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  target uuid := case tg_op when 'DELETE' then old.bulletin_id else new.bulletin_id end;
begin
  if exists (select 1 from bulletin b where b.id = target and b.status <> 'draft')
     or (tg_op = 'UPDATE' and old.bulletin_id <> new.bulletin_id) then
    raise exception '通报已提交审核，数据不得改动' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $function$
;
CREATE OR REPLACE FUNCTION merge_search_keys()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'bihuan', 'public'
AS $function$
  select gin_clean_pending_list('complaint_search_keys'::regclass)
$function$
;
CREATE OR REPLACE FUNCTION queue_matter_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into matter_order (complaint_id, received_at, matter_id) select id, received_at, id from fresh order by id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION search_order_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into search_pending (complaint_id) values (new.id);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION search_orders_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into search_pending (complaint_id) select id from added;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION search_reply_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into search_pending (complaint_id) values (new.complaint_id);
  return null;
end $function$
;

CREATE TRIGGER appraisal_answer_frozen BEFORE INSERT OR DELETE OR UPDATE ON appraisal_answer FOR EACH ROW EXECUTE FUNCTION forbid_confirmed_appraisal_change();
CREATE TRIGGER appraisal_frozen BEFORE DELETE OR UPDATE ON appraisal FOR EACH ROW EXECUTE FUNCTION forbid_confirmed_appraisal_change();
CREATE TRIGGER appraisal_line_frozen BEFORE INSERT OR DELETE OR UPDATE ON appraisal_line FOR EACH ROW EXECUTE FUNCTION forbid_confirmed_appraisal_change();
CREATE TRIGGER appraisal_subject_frozen BEFORE INSERT OR DELETE OR UPDATE ON appraisal_subject FOR EACH ROW EXECUTE FUNCTION forbid_confirmed_appraisal_change();
CREATE TRIGGER bulletin_figure_frozen BEFORE INSERT OR DELETE OR UPDATE ON bulletin_figure FOR EACH ROW EXECUTE FUNCTION forbid_published_figure_change();
CREATE TRIGGER bulletin_file_frozen BEFORE DELETE OR UPDATE ON bulletin_file FOR EACH ROW EXECUTE FUNCTION forbid_bulletin_file_change();
CREATE TRIGGER bulletin_frozen BEFORE DELETE OR UPDATE ON bulletin FOR EACH ROW EXECUTE FUNCTION forbid_published_bulletin_change();
CREATE TRIGGER complaint_category_decided AFTER UPDATE OF category_code ON complaint FOR EACH ROW WHEN ((old.category_code IS DISTINCT FROM new.category_code)) EXECUTE FUNCTION drop_category_guess();
CREATE TRIGGER complaint_matter_queue AFTER INSERT ON complaint REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION queue_matter_order();
CREATE TRIGGER complaint_search_added AFTER INSERT ON complaint REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION search_orders_added();
CREATE TRIGGER complaint_search_changed AFTER UPDATE OF number, external_no, title, content, address, received_at ON complaint FOR EACH ROW WHEN (((((((old.number IS DISTINCT FROM new.number) OR (old.external_no IS DISTINCT FROM new.external_no)) OR (old.title IS DISTINCT FROM new.title)) OR (old.content IS DISTINCT FROM new.content)) OR (old.address IS DISTINCT FROM new.address)) OR (old.received_at IS DISTINCT FROM new.received_at))) EXECUTE FUNCTION search_order_changed();
CREATE TRIGGER handling_round_search_added AFTER INSERT ON handling_round FOR EACH ROW WHEN (((new.result IS NOT NULL) OR (new.follow_up_note IS NOT NULL))) EXECUTE FUNCTION search_reply_changed();
CREATE TRIGGER handling_round_search_changed AFTER UPDATE OF result, follow_up_note ON handling_round FOR EACH ROW WHEN (((old.result IS DISTINCT FROM new.result) OR (old.follow_up_note IS DISTINCT FROM new.follow_up_note))) EXECUTE FUNCTION search_reply_changed();
