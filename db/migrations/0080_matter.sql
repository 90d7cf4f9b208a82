-- 同一事项：一处、一个问题、许多诉件。以最先比对的一件的编号为编号；只有一件的不建 matter 行
create table matter (
  id            uuid primary key references complaint (id),
  title         text not null,
  category_code text references category (code),
  town_id       uuid references unit (id),
  unit_id       uuid references unit (id),      -- 牵头中队
  order_count   integer not null,
  first_at      timestamptz not null,
  last_at       timestamptz not null,
  plan          text,                            -- 处置方案
  settled_at    timestamptz,                     -- 认定已解决；其后又来诉件即重新打开
  settled_note  text,
  version       integer not null default 1
);
create index matter_last on matter (last_at desc, id desc);
create index matter_count on matter (order_count desc, last_at desc, id desc);

-- 每件诉件属于哪个事项。turn 是比对的次序：为空即还没有比对；重新识别按同一次序，故结果相同
create table matter_order (
  complaint_id  uuid primary key references complaint (id),
  seq           bigint generated always as identity,
  received_at   timestamptz not null,
  turn          bigint,
  matter_id     uuid not null,
  decision      text not null default 'separate' check (decision in ('separate','joined')),
  by_person     boolean not null default false,
  like_id       uuid,
  score         real,
  reasons       text[] not null default '{}'
);
create index matter_order_pending on matter_order (seq) where turn is null;
create unique index matter_order_turn on matter_order (turn);
create index matter_order_matter on matter_order (matter_id, received_at desc, complaint_id);

-- 找相似诉件的索引：地名、标题用词、门牌、来电人；同一键下只看最近的若干件，故耗时不随总量增长
create table matter_key (
  key   integer not null,
  turn  bigint not null,
  primary key (key, turn)
);

-- 疑似：由人判断。每件至多一条，记它与谁相像
create table matter_suggestion (
  complaint_id  uuid primary key references complaint (id),
  like_id       uuid not null references complaint (id),
  score         real not null,
  reasons       text[] not null,
  made_at       timestamptz not null,
  answer        text check (answer in ('same','different')),
  answered_by   uuid references person (id),
  answered_at   timestamptz
);
create index matter_suggestion_open on matter_suggestion (made_at desc, complaint_id) where answer is null;
create index matter_suggestion_like on matter_suggestion (like_id) where answer is null;

-- 人的判断：两件是、不是同一事项（a < b）。机器永远服从；改判以后一次为准，经过在台账
create table matter_verdict (
  a         uuid not null references complaint (id),
  b         uuid not null references complaint (id),
  same      boolean not null,
  score     real,                                -- 判断时机器的分数，用来校准阈值
  made_by   uuid not null references person (id),
  made_at   timestamptz not null,
  primary key (a, b),
  check (a < b)
);
create index matter_verdict_b on matter_verdict (b);

-- 识别用的词频和阈值：一经使用不再改动，换一版即新增一行
create table matter_model (
  id          integer generated always as identity primary key,
  made_at     timestamptz not null,
  orders      integer not null,                  -- 统计了多少件
  matters     integer not null,
  pairs       bytea not null,                    -- 字对与次数，各为 int32 小端
  counts      bytea not null,
  joined      real not null,
  suggested   real not null,
  verdicts    integer not null,                  -- 校准阈值用了多少条人的判断
  note        text
);

-- 重复的门槛：达到即提醒一次
create table matter_rule (
  id        uuid primary key default uuidv7(),
  trigger   text not null check (trigger in ('orders','reopened')),
  count     integer not null check (count > 1),
  days      integer check (days between 1 and 366),
  action    text not null check (action in ('coordinate','leader_on_site','report_up','propose_supervision')),
  closed_at timestamptz,
  version   integer not null default 1,
  check ((trigger = 'orders') = (days is not null))
);
create table matter_alert (
  id            uuid primary key default uuidv7(),
  matter_id     uuid not null references matter (id) on update cascade,
  rule_id       uuid not null references matter_rule (id),
  action        text not null,
  count         integer not null,
  days          integer,
  complaint_ids uuid[] not null,                 -- 触发时是哪些件
  fired_at      timestamptz not null,
  status        text not null default 'open' check (status in ('open','done','declined')),
  note          text,
  decided_by    uuid references person (id),
  decided_at    timestamptz,
  version       integer not null default 1,
  unique (matter_id, rule_id)
);
create index matter_alert_open on matter_alert (fired_at desc, id) where status = 'open';

-- 导入的最后一步是识别同一事项：比对了多少件
alter table import_job add column compared_count integer not null default 0, add column compare_total integer;

-- 信访积案：包案领导、化解方案、节点
create table matter_backlog (
  matter_id   uuid primary key references matter (id) on update cascade,
  listed_at   timestamptz not null,
  listed_by   uuid not null references person (id),
  reason      text not null,
  leader_id   uuid not null references person (id),
  plan        text not null default '',
  due_on      date not null,
  status      text not null default 'open' check (status in ('open','agreed','reviewing','closed')),
  agreed_on   date,
  closed_at   timestamptz,
  closed_by   uuid references person (id),
  conclusion  text,
  version     integer not null default 1
);
create table matter_step (
  id          uuid primary key default uuidv7(),
  matter_id   uuid not null references matter_backlog (matter_id) on update cascade,
  kind        text not null check (kind in ('milestone','hearing','visit','agreement','other')),
  content     text not null,
  planned_on  date,
  done_on     date,
  note        text,
  made_by     uuid not null references person (id),
  made_at     timestamptz not null,
  check (planned_on is not null or done_on is not null)
);
create index matter_step_matter on matter_step (matter_id, coalesce(done_on, planned_on));

-- 全部重新识别：可中断，从 cursor 接着做
create table matter_run (
  id            uuid primary key default uuidv7(),
  model_id      integer not null references matter_model (id),
  cursor        bigint not null default 0,
  last_turn     bigint not null,
  checked       integer not null default 0,
  total         integer not null,
  changed       integer not null default 0,
  asked_by      uuid references person (id),
  asked_at      timestamptz not null,
  finished_at   timestamptz,
  cancelled_by  uuid references person (id),
  error         text
);
create unique index matter_run_active on matter_run ((true)) where finished_at is null;

-- 新到的诉件排队等候比对；成批导入只多一条语句
create function queue_matter_order() returns trigger language plpgsql as $$
begin
  insert into matter_order (complaint_id, received_at, matter_id) select id, received_at, id from fresh order by id;
  return null;
end $$;
create trigger complaint_matter_queue after insert on complaint
  referencing new table as fresh for each statement execute function queue_matter_order();
insert into matter_order (complaint_id, received_at, matter_id) select id, received_at, id from complaint order by id;

