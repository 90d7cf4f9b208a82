-- 底座：组织、身份、审计、发件箱、文件、日历。一个区一个 schema，由 search_path 决定；本文件不写 schema 名。

-- ── 组织 ────────────────────────────────────────────────────────────────
create table unit (
  id            uuid primary key default uuidv7(),
  code          text not null unique,
  name          text not null,
  short_name    text not null,
  kind          text not null check (kind in ('bureau','section','squadron','town','partner','company')),
  parent_id     uuid references unit (id),
  -- 属地中队对应的街镇；机动中队与科室为空
  town_id       uuid references unit (id),
  phone         text,
  sort          integer not null default 0,
  created_at    timestamptz not null default now(),
  closed_at     timestamptz,
  version       integer not null default 1
);
create index unit_parent on unit (parent_id);
create unique index unit_town_squadron on unit (town_id) where kind = 'squadron' and closed_at is null;

create table person (
  id            uuid primary key default uuidv7(),
  staff_no      text not null unique,
  name          text not null,
  badge_no      text,
  mobile_enc    bytea,
  mobile_bidx   bytea,
  left_at       timestamptz,
  created_at    timestamptz not null default now(),
  version       integer not null default 1
);
create index person_mobile on person (mobile_bidx) where mobile_bidx is not null;

-- 任职：调动即一条结束、一条新起，历史不改
create table posting (
  id            uuid primary key default uuidv7(),
  person_id     uuid not null references person (id),
  unit_id       uuid not null references unit (id),
  role          text not null,
  title         text,
  started_on    date not null,
  ended_on      date,
  created_at    timestamptz not null default now(),
  check (ended_on is null or ended_on >= started_on)
);
create unique index posting_current on posting (person_id, unit_id, role) where ended_on is null;
create index posting_unit on posting (unit_id) where ended_on is null;
create index posting_person on posting (person_id);

-- ── 身份 ────────────────────────────────────────────────────────────────
create table account (
  id                  uuid primary key default uuidv7(),
  person_id           uuid not null unique references person (id),
  username            text not null unique,
  password_hash       text not null,
  must_change         boolean not null default true,
  password_changed_at timestamptz not null default now(),
  failed_count        integer not null default 0,
  locked_until        timestamptz,
  totp_secret_enc     bytea,
  totp_confirmed_at   timestamptz,
  totp_last_step      bigint,
  disabled_at         timestamptz,
  created_at          timestamptz not null default now(),
  version             integer not null default 1
);
create table password_history (
  account_id    uuid not null references account (id),
  password_hash text not null,
  created_at    timestamptz not null default now(),
  primary key (account_id, created_at)
);
create table session (
  token_hash    bytea primary key,
  id            uuid not null unique default uuidv7(),
  account_id    uuid not null references account (id),
  posting_id    uuid not null references posting (id),
  -- 口令已验、第二因子未验
  second_factor_pending boolean not null default false,
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz not null default now(),
  expires_at    timestamptz not null,
  ip            text,
  user_agent    text,
  revoked_at    timestamptz
);
create index session_account on session (account_id) where revoked_at is null;

-- ── 审计：业务时间线与安全审计同一本账，只增不改 ─────────────────────────
create table audit_event (
  id            uuid primary key default uuidv7(),
  at            timestamptz not null,
  actor_id      uuid,            -- person；系统动作为空
  actor_unit_id uuid,
  actor_role    text,
  action        text not null,   -- 例 complaint.dispatch
  object_type   text not null,
  object_id     uuid,
  from_status   text,
  to_status     text,
  note          text,
  data          jsonb not null default '{}',
  ip            text,
  command_id    uuid,
  tx            xid8 not null default pg_current_xact_id()
);
create index audit_event_object on audit_event (object_id, id) where object_id is not null;
create index audit_event_at on audit_event (at, id);
create index audit_event_actor on audit_event (actor_id, at) where actor_id is not null;
create unique index audit_event_command on audit_event (command_id) where command_id is not null;

-- 审计链：封链任务按提交次序把每条审计接上去；hash = SM3(前一 hash ‖ 规范化的审计行)
create table audit_link (
  seq           bigint primary key,
  event_id      uuid not null unique,
  hash          bytea not null
);
-- 封到哪个事务为止（单行）
create table audit_seal (
  only_row      boolean primary key default true check (only_row),
  tx            xid8 not null,
  seq           bigint not null,
  hash          bytea not null
);

-- ── 发件箱：实时推送、通知、对外回传都从这里取 ─────────────────────────────
create table outbox (
  id            bigint generated always as identity primary key,
  tx            xid8 not null default pg_current_xact_id(),
  topic         text not null,       -- 例 complaint.changed
  object_id     uuid not null,
  -- 谁的范围内可见：与 scope 判断所需的最少列
  unit_id       uuid,
  town_id       uuid,
  officer_id    uuid,
  data          jsonb not null default '{}',
  created_at    timestamptz not null default now()
);
create index outbox_tx on outbox (tx, id);
create table outbox_cursor (
  consumer      text primary key,
  tx            xid8 not null,
  id            bigint not null
);

-- ── 通知 ────────────────────────────────────────────────────────────────
create table notice (
  id            uuid primary key default uuidv7(),
  -- 发给某人，或某单位内某些角色
  person_id     uuid references person (id),
  unit_id       uuid references unit (id),
  roles         text[],
  kind          text not null,
  level         text not null default 'info' check (level in ('info','warn','danger')),
  title         text not null,
  body          text,
  object_type   text,
  object_id     uuid,
  dedupe_key    text unique,
  created_at    timestamptz not null default now(),
  check (person_id is not null or unit_id is not null)
);
create index notice_person on notice (person_id, id desc) where person_id is not null;
create index notice_unit on notice (unit_id, id desc) where unit_id is not null;
create table notice_read (
  notice_id     uuid not null references notice (id) on delete cascade,
  person_id     uuid not null references person (id),
  read_at       timestamptz not null default now(),
  primary key (notice_id, person_id)
);

-- ── 文件：按内容寻址 ─────────────────────────────────────────────────────
create table file (
  id            uuid primary key default uuidv7(),
  sha256        bytea not null,
  size          bigint not null,
  mime          text not null,
  name          text not null,
  purpose       text not null check (purpose in ('evidence','import','reject','export','document')),
  -- 采集时的时间、地点，由终端给出
  captured_at   timestamptz,
  captured_lng  double precision,
  captured_lat  double precision,
  created_by    uuid,
  created_at    timestamptz not null default now()
);
create index file_sha256 on file (sha256);

-- ── 日历与规则 ───────────────────────────────────────────────────────────
create table calendar_year (
  year          integer primary key,
  announced     boolean not null,
  source        text
);
create table calendar_day (
  day           date primary key,
  kind          text not null check (kind in ('holiday','makeup')),
  note          text
);
create table work_shift (
  starts        integer not null,   -- 当日零点起的分钟
  ends          integer not null,
  effective_from date not null,
  primary key (effective_from, starts),
  check (ends > starts)
);
-- 设置：键、值、生效日；取不晚于当日的最近一条
create table setting (
  key           text not null,
  effective_from date not null,
  value         jsonb not null,
  changed_by    uuid,
  changed_at    timestamptz not null default now(),
  primary key (key, effective_from)
);
create table saved_view (
  id            uuid primary key default uuidv7(),
  account_id    uuid not null references account (id),
  list          text not null,
  name          text not null,
  query         text not null,
  sort          integer not null default 0,
  unique (account_id, list, name)
);
