-- 整改台账：不论从哪里发现的问题，整改只有这一本账
create table rectification_type (
  code      text primary key,
  name      text not null,
  workdays  integer not null check (workdays between 1 and 60),  -- 一般时限，下发时可另定
  sort      integer not null default 0,
  closed_at timestamptz
);
insert into rectification_type (code, name, workdays, sort) values
  ('late',       '办理超期',         5, 10),
  ('unsolved',   '解决不实、反复重办', 7, 20),
  ('contact',    '未先行联系',       5, 30),
  ('evidence',   '现场处置与记录不实', 7, 40),
  ('procedure',  '执法程序不规范',   7, 50),
  ('file',       '案卷文书不规范',   7, 60),
  ('conduct',    '着装与执法作风',   5, 70),
  ('patrol',     '巡查发现不力',     5, 80),
  ('street',     '市容环境问题未整治', 7, 90),
  ('structure',  '承重结构与违法搭建处置不力', 15, 100),
  ('other',      '其他',             7, 200);

create table rectification_counter (
  year integer primary key,
  n    integer not null
);

create table rectification (
  id                   uuid primary key default uuidv7(),
  number               text not null unique,
  source               text not null check (source in ('inspection','listing','complaint','bulletin','joint','on_site','accountability','self_inspection','case_evaluation','supervision_card')),
  source_id            uuid,                          -- 来源记录（督察发现、挂牌、通报……）
  complaint_id         uuid references complaint (id),
  matter_id            uuid,
  type_code            text not null references rectification_type (code),
  problem              text not null,
  basis                text,                          -- 依据
  owner_unit_id        uuid not null references unit (id),
  owner_person_id      uuid references person (id),
  issued_by            uuid not null references person (id),
  issued_unit_id       uuid not null references unit (id),
  issued_at            timestamptz not null,
  workdays             integer not null check (workdays between 1 and 60),
  due_at               timestamptz not null,          -- 由时限与暂停、延期记录推算
  status               text not null default 'open' check (status in ('open','objected','appealed','submitted','verified','closed','cancelled')),
  version              integer not null default 1,
  cycle                integer not null default 1,
  cause                text,
  measure              text,
  result               text,
  lasting_rule         text,                          -- 长效机制
  recurrence_of        uuid references rectification (id),
  doer_ids             uuid[] not null default '{}',
  submitted_at         timestamptz,
  submitted_by         uuid references person (id),
  verified_at          timestamptz,
  verified_by          uuid references person (id),
  closed_at            timestamptz,
  closed_by            uuid references person (id),
  sent_back_count      integer not null default 0,
  objected_by          uuid references person (id),
  objection_decided_by uuid references person (id),
  appealed             boolean not null default false,
  extension_days       integer,
  extension_reason     text,
  extension_by         uuid references person (id),
  extensions_granted   integer not null default 0,
  next_check_at        timestamptz,
  -- 谁承担的，不得由谁核验、销号
  check (verified_by is null or verified_by <> all (doer_ids)),
  check (closed_by is null or closed_by <> all (doer_ids)),
  check (closed_by is null or closed_by is distinct from verified_by),
  check (owner_person_id is null or (owner_person_id is distinct from verified_by and owner_person_id is distinct from closed_by)),
  check ((status = 'closed') = (closed_at is not null))
);
create index rectification_open on rectification (due_at, id) where status not in ('closed','cancelled');
create index rectification_recent on rectification (issued_at desc, id desc);
create index rectification_unit on rectification (owner_unit_id, issued_at desc, id desc);
create index rectification_person on rectification (owner_person_id, issued_at desc) where owner_person_id is not null;
create index rectification_closed on rectification (closed_at) where closed_at is not null;
create index rectification_check on rectification (next_check_at) where next_check_at is not null;
create index rectification_complaint on rectification (complaint_id) where complaint_id is not null;
create index rectification_matter on rectification (matter_id) where matter_id is not null;
create index rectification_source on rectification (source_id) where source_id is not null;

-- 计时的暂停、恢复、延期，只增不改
create table rectification_clock (
  rectification_id uuid not null references rectification (id),
  seq              integer not null,
  kind             text not null check (kind in ('pause','resume','extend')),
  at               timestamptz not null,
  workdays         integer,
  primary key (rectification_id, seq)
);

create table rectification_file (
  rectification_id uuid not null references rectification (id),
  file_id          uuid not null references file (id),
  stage            text not null check (stage in ('before','after','check','objection')),
  cycle            integer not null,
  added_by         uuid not null references person (id),
  added_at         timestamptz not null,
  primary key (rectification_id, file_id)
);
create index rectification_file_file on rectification_file (file_id);

-- 每一轮每种提醒只发一次
create table rectification_reminder (
  rectification_id uuid not null references rectification (id),
  cycle            integer not null,
  reminder         text not null check (reminder in ('soon','overdue','overdue_3','overdue_7','waiting')),
  sent_at          timestamptz not null,
  primary key (rectification_id, cycle, reminder)
);
