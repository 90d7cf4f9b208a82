-- 联合督察（管执联动）：事前、事中、事后三段，各有承担单位、任务和日期
create table joint_task (
  id                uuid primary key default uuidv7(),
  number            text not null unique,
  title             text not null,
  purpose           text not null,
  organiser_unit_id uuid not null references unit (id),
  organised_by      uuid not null references person (id),
  made_at           timestamptz not null,
  status            text not null default 'running' check (status in ('running','closed','cancelled')),
  version           integer not null default 1,
  summary           text,                          -- 办结总结，或取消的理由
  ended_by          uuid references person (id),
  ended_at          timestamptz,
  check ((status = 'running') = (ended_at is null))
);
create index joint_task_recent on joint_task (made_at desc, id desc);

create table joint_phase (
  task_id uuid not null references joint_task (id),
  phase   text not null check (phase in ('before','during','after')),
  from_on date not null,
  to_on   date not null,
  primary key (task_id, phase),
  check (from_on <= to_on)
);

-- 参加单位：只看得到自己参加的
create table joint_party (
  task_id uuid not null references joint_task (id),
  unit_id uuid not null references unit (id),
  primary key (task_id, unit_id)
);
create index joint_party_unit on joint_party (unit_id);

create table joint_duty (
  id           uuid primary key default uuidv7(),
  task_id      uuid not null,
  unit_id      uuid not null,
  phase        text not null check (phase in ('before','during','after')),
  content      text not null,
  due_on       date not null,
  status       text not null default 'todo' check (status in ('todo','done','confirmed')),
  note         text,                               -- 完成情况
  done_by      uuid references person (id),
  done_at      timestamptz,
  confirmed_by uuid references person (id),
  confirmed_at timestamptz,
  answer       text,                               -- 确认意见，或退回的理由
  foreign key (task_id, unit_id) references joint_party (task_id, unit_id),
  check ((status = 'todo') or done_by is not null),
  -- 谁完成的，不由谁确认
  check (confirmed_by is null or confirmed_by is distinct from done_by),
  check ((status = 'confirmed') = (confirmed_by is not null))
);
create index joint_duty_task on joint_duty (task_id, phase, due_on);
create index joint_duty_unit on joint_duty (unit_id, due_on) where status = 'todo';

create table joint_duty_file (
  duty_id  uuid not null references joint_duty (id),
  file_id  uuid not null references file (id),
  added_by uuid not null references person (id),
  added_at timestamptz not null,
  primary key (duty_id, file_id)
);
create index joint_duty_file_file on joint_duty_file (file_id);

create table joint_meeting (
  id      uuid primary key default uuidv7(),
  task_id uuid not null references joint_task (id),
  held_on date not null,
  place   text not null,
  minutes text not null,
  made_by uuid not null references person (id),
  made_at timestamptz not null
);
create index joint_meeting_task on joint_meeting (task_id, held_on);

create table joint_decision (
  id               uuid primary key default uuidv7(),
  meeting_id       uuid not null references joint_meeting (id),
  unit_id          uuid not null references unit (id),
  text             text not null,
  rectification_id uuid unique references rectification (id)
);
create index joint_decision_meeting on joint_decision (meeting_id);

-- 移交函
create table joint_letter (
  id          uuid primary key default uuidv7(),
  number      text not null unique,
  task_id     uuid not null,
  to_unit_id  uuid not null,
  subject     text not null,
  text        text not null,
  sent_by     uuid not null references person (id),
  sent_at     timestamptz not null,
  received_by uuid references person (id),
  received_at timestamptz,
  receipt     text,
  foreign key (task_id, to_unit_id) references joint_party (task_id, unit_id),
  check ((received_by is null) = (received_at is null))
);
create index joint_letter_task on joint_letter (task_id, sent_at);
