-- 督办编号：每类每年从 1 起，不跳号
create table supervision_counter (
  kind text not null check (kind in ('listing','on_site','joint','letter')),
  year integer not null,
  n    integer not null,
  primary key (kind, year)
);

-- 挂牌督办
create table listing (
  id               uuid primary key default uuidv7(),
  number           text not null unique,
  source           text not null check (source in ('matter','media','case','rectification')),
  matter_id        uuid references complaint (id),          -- 事项以其最先一件的编号为编号；并入他项后由该件找到新事项
  rectification_id uuid references rectification (id),      -- 整改不到位的那一项
  source_note      text,                                    -- 媒体名称与日期、案号等
  level            text not null check (level in ('section','bureau','district')),
  subject          text not null,
  reason           text not null,
  demand           text not null,                           -- 督办要求
  owner_unit_id    uuid not null references unit (id),
  leader_id        uuid not null references person (id),    -- 督办（包案）领导
  proposed_by      uuid not null references person (id),
  proposed_unit_id uuid not null references unit (id),
  proposed_at      timestamptz not null,
  workdays         integer not null check (workdays between 1 and 120),
  report_every     integer not null check (report_every between 1 and 20),
  status           text not null default 'proposed' check (status in ('proposed','refused','listed','delisting','checked','delisted')),
  version          integer not null default 1,
  cycle            integer not null default 1,
  approved_by      uuid references person (id),
  listed_at        timestamptz,
  due_at           timestamptz,                             -- 由时限与暂停、延期记录推算
  decision_note    text,                                    -- 批准意见，或不予挂牌的理由
  doer_ids         uuid[] not null default '{}',
  asked_at         timestamptz,
  result           text,                                    -- 责任单位申请摘牌时陈述的结果
  checked_by       uuid references person (id),
  checked_at       timestamptz,
  check_result     text,                                    -- 核查结论
  sent_back_count  integer not null default 0,
  delisted_by      uuid references person (id),
  delisted_at      timestamptz,
  delist_note      text,
  next_check_at    timestamptz,
  check ((source = 'matter') = (matter_id is not null)),
  check ((source = 'rectification') = (rectification_id is not null)),
  check ((status in ('proposed','refused')) = (listed_at is null)),
  check ((status = 'delisted') = (delisted_at is not null)),
  -- 提请、批准分人；承办、核查、决定分人
  check (approved_by is distinct from proposed_by or approved_by is null),
  check (checked_by is null or checked_by <> all (doer_ids)),
  check (delisted_by is null or (delisted_by <> all (doer_ids) and delisted_by is distinct from checked_by)),
  check (status not in ('checked','delisted') or checked_by is not null)
);
create unique index listing_live_matter on listing (matter_id) where matter_id is not null and status not in ('refused','delisted');
create unique index listing_live_rectification on listing (rectification_id) where rectification_id is not null and status not in ('refused','delisted');
create index listing_recent on listing (proposed_at desc, id desc);
create index listing_unit on listing (owner_unit_id, proposed_at desc);
create index listing_check on listing (next_check_at) where next_check_at is not null;

create table listing_clock (
  listing_id uuid not null references listing (id),
  seq        integer not null,
  kind       text not null check (kind in ('pause','resume','extend')),
  at         timestamptz not null,
  workdays   integer,
  primary key (listing_id, seq)
);

-- 进展报告与到场核查，只增不改
create table listing_entry (
  id         uuid primary key default uuidv7(),
  listing_id uuid not null references listing (id),
  kind       text not null check (kind in ('report','visit')),
  period     integer not null,                              -- 报告期，从 1 起
  text       text not null,
  made_by    uuid not null references person (id),
  unit_id    uuid not null references unit (id),
  made_at    timestamptz not null
);
create index listing_entry_listing on listing_entry (listing_id, made_at);

create table listing_file (
  listing_id uuid not null references listing (id),
  file_id    uuid not null references file (id),
  entry_id   uuid references listing_entry (id),
  stage      text not null check (stage in ('proposal','report','visit','result','check')),
  added_by   uuid not null references person (id),
  added_at   timestamptz not null,
  primary key (listing_id, file_id)
);
create index listing_file_file on listing_file (file_id);

-- 报告每期只催一次，时限提醒每轮只发一次
create table listing_reminder (
  listing_id uuid not null references listing (id),
  reminder   text not null check (reminder in ('report','soon','overdue')),
  n          integer not null,
  sent_at    timestamptz not null,
  primary key (listing_id, reminder, n)
);

-- 到场督导：上月解决率明显偏低的中队，由局领导带队到场
create table on_site_visit (
  id                  uuid primary key default uuidv7(),
  number              text not null unique,
  month               date not null check (extract(day from month) = 1),   -- 依据哪一个月的指标
  unit_id             uuid not null references unit (id),
  numerator           integer not null,                     -- 选定时的解决率；分母为回访件数
  denominator         integer not null,
  district_numerator  integer not null,
  district_denominator integer not null,
  reason              text not null,
  status              text not null default 'planned' check (status in ('planned','visited','answered','concluded','cancelled')),
  version             integer not null default 1,
  planned_on          date not null,
  leader_id           uuid not null references person (id),
  participant_ids     uuid[] not null default '{}',
  planned_by          uuid not null references person (id),
  planned_at          timestamptz not null,
  visited_on          date,
  minutes             text,
  minuted_by          uuid references person (id),
  answer              text,
  answered_by         uuid references person (id),
  answered_at         timestamptz,
  conclusion          text,
  concluded_by        uuid references person (id),
  concluded_at        timestamptz,
  check (numerator between 0 and denominator),
  check (status in ('planned','cancelled') or visited_on is not null),
  check (concluded_by is null or concluded_by is distinct from answered_by)
);
create unique index on_site_visit_once on on_site_visit (month, unit_id) where status <> 'cancelled';
create index on_site_visit_unit on on_site_visit (unit_id, month desc);

create table on_site_commitment (
  visit_id uuid not null references on_site_visit (id),
  seq      integer not null,
  text     text not null,
  due_on   date not null,
  primary key (visit_id, seq)
);

create table on_site_file (
  visit_id uuid not null references on_site_visit (id),
  file_id  uuid not null references file (id),
  stage    text not null check (stage in ('minutes','answer')),
  added_by uuid not null references person (id),
  added_at timestamptz not null,
  primary key (visit_id, file_id)
);
create index on_site_file_file on on_site_file (file_id);
