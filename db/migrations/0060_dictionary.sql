-- 字典与日历：版本、停用、谁在何时改的；时限规则的历史；重算的进度。

alter table category
  add column id      uuid not null default uuidv7() unique,
  add column version integer not null default 1;

alter table place
  add column closed_at timestamptz,
  add column version   integer not null default 1;
-- 没有街镇的地点（由机动中队管）也不得重名
create unique index place_without_town on place (kind, name) where town_id is null;

alter table calendar_year
  add column id         uuid not null default uuidv7() unique,
  add column version    integer not null default 1,
  add column changed_by uuid references person (id),
  add column changed_at timestamptz;

alter table work_shift
  add column changed_by uuid references person (id),
  add column changed_at timestamptz;

-- 规则只增不改：更正即撤回旧的、另立新的
alter table deadline_rule
  drop constraint deadline_rule_purpose_kind_urgency_effective_from_key,
  add column basis        text,
  add column made_by      uuid references person (id),
  add column made_at      timestamptz,
  add column withdrawn_by uuid references person (id),
  add column withdrawn_at timestamptz,
  add column version      integer not null default 1;
create unique index deadline_rule_in_use on deadline_rule (purpose, kind, urgency, effective_from) where withdrawn_at is null;

-- 日历、上班时段或规则改变后的一次重算
create table deadline_recompute (
  id            uuid primary key default uuidv7(),
  cause         text not null check (cause in ('calendar','shifts','rules')),
  note          text not null,
  -- 因上班时段而重算时，是自哪一日起的时段
  shifts_from   date,
  asked_by      uuid references person (id),
  asked_at      timestamptz not null,
  started_at    timestamptz,
  total         integer,
  checked       integer not null default 0,
  changed       integer not null default 0,
  finished_at   timestamptz
);
create index deadline_recompute_unfinished on deadline_recompute (id) where finished_at is null;
