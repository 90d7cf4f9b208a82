-- 每周研判：系统写初稿，人修改、定稿。facts 是起草时的数字，其后不变
create table weekly_analysis (
  week_from   date primary key check (extract(isodow from week_from) = 1),
  state       text not null default 'draft' check (state in ('draft','edited','finished')),
  facts       jsonb not null,
  earlier     jsonb not null,          -- 以往措施的效果
  findings    text not null,
  causes      text not null,
  measures    jsonb not null default '[]',
  version     integer not null default 1,
  drafted_at  timestamptz not null,
  edited_by   uuid references person (id),
  finished_by uuid references person (id),
  finished_at timestamptz,
  check ((state = 'finished') = (finished_at is not null))
);

-- 地点的走势按地点取最近半年的诉件
create index complaint_place_received on complaint (place_id, received_at) where place_id is not null;
