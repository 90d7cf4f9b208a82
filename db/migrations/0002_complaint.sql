-- 诉件：受理、派单、办理、回访；时限台账；批量导入；对外接口；通报。

create table category (
  code          text primary key,
  parent_code   text references category (code),
  name          text not null,
  keywords      text[] not null default '{}',
  hot           boolean not null default false,   -- 热点：承重结构、违法搭建、群租
  sort          integer not null default 0,
  closed_at     timestamptz
);

-- 地点词典：道路、小区、居村委 → 街镇、中队
create table place (
  id            uuid primary key default uuidv7(),
  kind          text not null check (kind in ('road','compound','village','landmark')),
  name          text not null,
  aliases       text[] not null default '{}',
  town_id       uuid references unit (id),
  unit_id       uuid references unit (id),
  lng           double precision,
  lat           double precision,
  unique (kind, name, town_id)
);

create table deadline_rule (
  id            uuid primary key default uuidv7(),
  purpose       text not null check (purpose in ('first_contact','handling')),
  kind          text not null check (kind in ('enquiry','ordinary','complex','rehandle')),
  urgency       text not null check (urgency in ('normal','urgent','critical')),
  budget_unit   text not null check (budget_unit in ('workday','workminute')),
  budget_amount integer not null check (budget_amount > 0),
  effective_from date not null,
  unique (purpose, kind, urgency, effective_from)
);

create table intake_source (
  id            uuid primary key default uuidv7(),
  code          text not null unique,
  name          text not null,
  kind          text not null check (kind in ('hotline','city_operation','walk_in','letter','petition','media','inspection','open_day','superior')),
  -- 导入时记住的列对应
  mapping       jsonb,
  -- 接口：HMAC 密钥（加密存放）、回传地址
  secret_enc    bytea,
  callback_url  text,
  closed_at     timestamptz,
  version       integer not null default 1
);

create sequence complaint_number_seq;

create table complaint (
  id              uuid primary key default uuidv7(),
  number          text not null unique,
  source_id       uuid not null references intake_source (id),
  external_no     text,
  kind            text not null check (kind in ('enquiry','ordinary','complex')),
  urgency         text not null check (urgency in ('normal','urgent','critical')),
  category_code   text references category (code),
  title           text not null,
  content         text not null,       -- 其中的电话、证件号已掩码，原文在 complainant
  address         text,
  town_id         uuid references unit (id),
  place_id        uuid references place (id),
  lng             double precision,
  lat             double precision,
  callback_wanted boolean not null default true,
  extras          jsonb not null default '{}',   -- 来源表中未对应的列，原样保留
  status          text not null check (status in ('received','accepted','dispatched','handling','reviewing','following_up','closed','declined')),
  unit_id         uuid references unit (id),      -- 责任中队
  officer_id      uuid references person (id),
  round           smallint not null default 1,
  reopen_count    smallint not null default 0,
  received_at     timestamptz not null,
  registered_at   timestamptz not null default now(),
  dispatched_at   timestamptz,
  closed_at       timestamptz,
  outcome         text check (outcome in ('solved','unsolved','unreachable','declined')),
  excluded_at     timestamptz,
  -- 由时限台账推得，规则改变即重算；“超时”不落库
  first_contact_due_at timestamptz,
  due_at          timestamptz,
  paused_at       timestamptz,
  next_check_at   timestamptz,
  version         integer not null default 1,
  unique (source_id, external_no)
);
create index complaint_open_due on complaint (due_at, id) where status not in ('closed','declined');
create index complaint_unit_open_due on complaint (unit_id, due_at, id) where status not in ('closed','declined');
create index complaint_officer_open on complaint (officer_id, due_at, id) where status not in ('closed','declined');
create index complaint_received on complaint (received_at desc, id desc);
create index complaint_unit_received on complaint (unit_id, received_at desc, id desc);
create index complaint_town_received on complaint (town_id, received_at desc, id desc);
create index complaint_category_received on complaint (category_code, received_at desc, id desc);
create index complaint_status_received on complaint (status, received_at desc, id desc);
create index complaint_check on complaint (next_check_at) where next_check_at is not null;

create table complaint_joint_unit (
  complaint_id  uuid not null references complaint (id),
  unit_id       uuid not null references unit (id),
  primary key (complaint_id, unit_id)
);
create index complaint_joint_by_unit on complaint_joint_unit (unit_id, complaint_id);

-- 诉求人：与诉件分开存放，逐项加密；按盲索引精确查找
create table complainant (
  complaint_id  uuid primary key references complaint (id),
  anonymous     boolean not null default false,
  name_enc      bytea,
  name_bidx     bytea,
  phone_enc     bytea,
  phone_bidx    bytea,
  -- 诉求内容、地址中被掩码的原文
  content_enc   bytea,
  address_enc   bytea
);
create index complainant_phone on complainant (phone_bidx) where phone_bidx is not null;
create index complainant_name on complainant (name_bidx) where name_bidx is not null;

-- 一次办理（初办为第 1 轮，每次重办加一轮）：指标都从这里算
create table handling_round (
  complaint_id    uuid not null references complaint (id),
  round           smallint not null,
  kind            text not null check (kind in ('enquiry','ordinary','complex','rehandle')),
  urgency         text not null check (urgency in ('normal','urgent','critical')),
  category_code   text,
  unit_id         uuid references unit (id),
  town_id         uuid references unit (id),
  officer_id      uuid references person (id),
  started_at      timestamptz not null,
  first_contact_due_at timestamptz not null,
  due_at          timestamptz not null,
  signed_at       timestamptz,
  first_contact_at timestamptz,
  contact_attempts smallint not null default 0,
  submitted_at    timestamptz,
  submitted_by    uuid,
  concluded_at    timestamptz,
  result          text,
  measures        text[] not null default '{}',
  legal_basis     text,
  followed_up_at  timestamptz,
  follow_up_channel text check (follow_up_channel in ('phone','visit','link','hotline')),
  reached         boolean,
  solved          boolean,
  satisfaction    text check (satisfaction in ('satisfied','fairly','neutral','dissatisfied')),
  follow_up_note  text,
  reopened        boolean not null default false,
  declined_at     timestamptz,
  excluded_at     timestamptz,
  primary key (complaint_id, round)
);
-- 月度排名只扫当月：按各指标的分组日期建覆盖索引
create index round_started on handling_round (started_at) include (round, unit_id, town_id, category_code, officer_id, excluded_at, declined_at);
create index round_contact_due on handling_round (first_contact_due_at) include (round, unit_id, town_id, category_code, officer_id, first_contact_at, excluded_at, declined_at);
create index round_due on handling_round (due_at) include (round, unit_id, town_id, category_code, officer_id, concluded_at, excluded_at, declined_at);
create index round_followed_up on handling_round (followed_up_at) include (round, unit_id, town_id, category_code, officer_id, reached, solved, satisfaction, reopened, excluded_at) where followed_up_at is not null;
create index round_concluded on handling_round (concluded_at) include (round, unit_id, town_id, category_code, officer_id, reopened, excluded_at) where concluded_at is not null;

-- 时限台账：暂停、恢复、延期；只增不改
create table clock_entry (
  id            uuid primary key default uuidv7(),
  complaint_id  uuid not null references complaint (id),
  round         smallint not null,
  kind          text not null check (kind in ('pause','resume','extend')),
  at            timestamptz not null,
  extend_unit   text check (extend_unit in ('workday','workminute')),
  extend_amount integer,
  request_id    uuid,
  created_at    timestamptz not null default now()
);
create index clock_entry_complaint on clock_entry (complaint_id, round, at);

-- 申请：退单、转派、延期、暂停、定为疑难、剔除
create table complaint_request (
  id            uuid primary key default uuidv7(),
  complaint_id  uuid not null references complaint (id),
  round         smallint not null,
  kind          text not null check (kind in ('return','transfer','extend','pause','complex','exclude')),
  reason        text not null,
  workdays      integer,
  target_unit_id uuid references unit (id),
  file_ids      uuid[] not null default '{}',
  requested_by  uuid not null,
  requested_unit_id uuid not null,
  requested_at  timestamptz not null,
  decided_by    uuid,
  decided_at    timestamptz,
  approved      boolean,
  decision_note text
);
create unique index complaint_request_pending on complaint_request (complaint_id, kind) where decided_at is null;
create index complaint_request_open on complaint_request (requested_at) where decided_at is null;
create index complaint_request_complaint on complaint_request (complaint_id);

create table complaint_file (
  complaint_id  uuid not null references complaint (id),
  file_id       uuid not null references file (id),
  event_id      uuid not null,
  primary key (complaint_id, file_id)
);

-- 预警只发一次：主键即保证
create table clock_warning (
  complaint_id  uuid not null references complaint (id),
  round         smallint not null,
  clock         text not null check (clock in ('first_contact','handling')),
  level         smallint not null check (level in (50, 80, 100)),
  due_at        timestamptz not null,
  sent_at       timestamptz not null,
  primary key (complaint_id, round, clock, level)
);

create table statement_template (
  id            uuid primary key default uuidv7(),
  category_code text references category (code),
  name          text not null,
  body          text not null,
  legal_basis   text,
  measures      text[] not null default '{}',
  sort          integer not null default 0
);

-- 市民评价链接：一次有效，不需账号
create table citizen_link (
  token_hash    bytea primary key,
  complaint_id  uuid not null references complaint (id),
  round         smallint not null,
  created_by    uuid,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  used_at       timestamptz
);
create index citizen_link_complaint on citizen_link (complaint_id);

-- ── 导入 ────────────────────────────────────────────────────────────────
create table import_job (
  id            uuid primary key default uuidv7(),
  source_id     uuid not null references intake_source (id),
  file_id       uuid references file (id),
  file_name     text not null,
  sheet         text,
  mapping       jsonb not null,
  options       jsonb not null default '{}',
  status        text not null check (status in ('queued','running','cancelled','done','failed')),
  rows_total    integer,
  rows_read     integer not null default 0,
  created_count integer not null default 0,
  updated_count integer not null default 0,
  unchanged_count integer not null default 0,
  rejected_count integer not null default 0,
  conflict_count integer not null default 0,
  reject_file_id uuid references file (id),
  error         text,
  created_by    uuid,
  created_at    timestamptz not null default now(),
  started_at    timestamptz,
  finished_at   timestamptz
);
-- 未能受理的行与冲突，逐行留存原因
create table import_reject (
  job_id        uuid not null references import_job (id),
  row_no        integer not null,
  kind          text not null check (kind in ('rejected','conflict')),
  reasons       jsonb not null,
  cells_enc     bytea not null,      -- 原行可能含个人信息，加密存放
  complaint_id  uuid references complaint (id),
  primary key (job_id, row_no)
);
-- 暂存：COPY 进来，再成批并入
create unlogged table import_stage (
  job_id        uuid not null,
  row_no        integer not null,
  external_no   text not null,
  payload       jsonb not null,
  secrets       bytea[],
  primary key (job_id, row_no)
);

-- ── 对外回传 ─────────────────────────────────────────────────────────────
create table webhook_delivery (
  id            uuid primary key default uuidv7(),
  source_id     uuid not null references intake_source (id),
  complaint_id  uuid not null references complaint (id),
  event         text not null,
  payload       jsonb not null,
  attempts      integer not null default 0,
  next_attempt_at timestamptz,
  delivered_at  timestamptz,
  last_error    text,
  created_at    timestamptz not null default now()
);
create index webhook_pending on webhook_delivery (next_attempt_at) where delivered_at is null;
-- 接口幂等：同一来源、同一键、同一答复
create table idempotency_key (
  source_id     uuid not null references intake_source (id),
  key           text not null,
  request_hash  bytea not null,
  status        integer not null,
  response      jsonb not null,
  created_at    timestamptz not null default now(),
  primary key (source_id, key)
);

-- ── 通报 ────────────────────────────────────────────────────────────────
create table bulletin (
  id            uuid primary key default uuidv7(),
  kind          text not null check (kind in ('weekly','monthly')),
  period_start  date not null,
  period_end    date not null,            -- 含当日
  revision      integer not null default 1,
  supersedes_id uuid references bulletin (id),
  correction_reason text,
  status        text not null check (status in ('draft','reviewing','reviewed','published')),
  number        text unique,
  title         text not null,
  recipients    text not null,
  -- 可改的文字；数字以占位符引用，不可改
  sections      jsonb not null,
  as_of         timestamptz not null,
  drafted_by    uuid not null,
  drafted_at    timestamptz not null default now(),
  reviewed_by   uuid,
  reviewed_at   timestamptz,
  signed_by     uuid,
  published_at  timestamptz,
  version       integer not null default 1,
  unique (kind, period_start, revision)
);
-- 冻结的数与其背后的诉件；发布后只增不改
create table bulletin_figure (
  bulletin_id   uuid not null references bulletin (id),
  key           text not null,           -- 例 on_time.unit.<uuid>
  label         text not null,
  value         double precision,
  numerator     integer,
  denominator   integer,
  numerator_ids uuid[] not null default '{}',
  denominator_ids uuid[] not null default '{}',
  data          jsonb not null default '{}',
  primary key (bulletin_id, key)
);
create table bulletin_receipt (
  bulletin_id   uuid not null references bulletin (id),
  unit_id       uuid not null references unit (id),
  received_by   uuid not null references person (id),
  received_at   timestamptz not null,
  primary key (bulletin_id, unit_id)
);
-- 发布后的数不得再动：草稿阶段可重取，一经发布只读
create function forbid_published_figure_change() returns trigger language plpgsql as $$
begin
  if exists (select 1 from bulletin b where b.id = old.bulletin_id and b.status = 'published') then
    raise exception '通报已发布，数据不得改动' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger bulletin_figure_frozen before update or delete on bulletin_figure
  for each row execute function forbid_published_figure_change();
