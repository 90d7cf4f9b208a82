-- 考核评议：分值分版本保存；初评取数后征求意见，审定后冻结，连同每个数字背后的记录
create table appraisal_scheme (
  id             integer generated always as identity primary key,
  audience       text not null check (audience in ('unit','person')),
  effective_from date not null,
  scheme         jsonb not null,
  made_by        uuid references person (id),
  made_at        timestamptz not null
);
create index appraisal_scheme_latest on appraisal_scheme (audience, effective_from desc, id desc);

create table appraisal (
  id            uuid primary key default uuidv7(),
  audience      text not null check (audience in ('unit','person')),
  period        text not null,
  period_from   date not null,
  period_to     date not null,
  scheme        jsonb not null,               -- 所用的分值，随初评取定
  status        text not null default 'preliminary' check (status in ('preliminary','answering','confirmed')),
  version       integer not null default 1,
  as_of         timestamptz not null,
  made_by       uuid not null references person (id),
  made_at       timestamptz not null,
  answers_until timestamptz,
  confirmed_by  uuid references person (id),
  confirmed_at  timestamptz,
  unique (audience, period),
  check (confirmed_by is null or confirmed_by <> made_by),
  check ((status = 'confirmed') = (confirmed_at is not null))
);

create table appraisal_subject (
  appraisal_id uuid not null references appraisal (id) on delete cascade,
  subject_id   uuid not null,                 -- 中队或队员
  unit_id      uuid not null references unit (id),
  name         text not null,
  total        numeric(5,2),
  primary key (appraisal_id, subject_id)
);
create index appraisal_subject_unit on appraisal_subject (unit_id);

create table appraisal_line (
  appraisal_id    uuid not null,
  subject_id      uuid not null,
  place           integer not null,
  code            text not null,
  numerator       integer not null,
  denominator     integer not null,
  points          numeric(5,2) not null,
  of_points       numeric(5,2) not null,
  counted         boolean not null,
  explanation     text not null,
  numerator_ids   uuid[] not null default '{}',
  denominator_ids uuid[] not null default '{}',
  primary key (appraisal_id, subject_id, code),
  foreign key (appraisal_id, subject_id) references appraisal_subject (appraisal_id, subject_id) on delete cascade
);

-- 意见与更正
create table appraisal_answer (
  id           uuid primary key default uuidv7(),
  appraisal_id uuid not null,
  subject_id   uuid not null,
  code         text,                           -- 针对哪一项；为空即整体
  words        text not null,
  made_by      uuid not null references person (id),
  made_at      timestamptz not null,
  accepted     boolean,
  points       numeric(5,2),                   -- 更正的分数
  reason       text,
  decided_by   uuid references person (id),
  decided_at   timestamptz,
  foreign key (appraisal_id, subject_id) references appraisal_subject (appraisal_id, subject_id),
  check (decided_by is null or decided_by <> made_by)
);
create index appraisal_answer_of on appraisal_answer (appraisal_id, subject_id);

create function forbid_confirmed_appraisal_change() returns trigger language plpgsql as $$
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
end $$;
create trigger appraisal_frozen before update or delete on appraisal for each row execute function forbid_confirmed_appraisal_change();
create trigger appraisal_subject_frozen before insert or update or delete on appraisal_subject for each row execute function forbid_confirmed_appraisal_change();
create trigger appraisal_line_frozen before insert or update or delete on appraisal_line for each row execute function forbid_confirmed_appraisal_change();
create trigger appraisal_answer_frozen before insert or update or delete on appraisal_answer for each row execute function forbid_confirmed_appraisal_change();
