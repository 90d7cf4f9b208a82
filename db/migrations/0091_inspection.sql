-- 督察：重点对象、检查表、计划、双随机抽取、现场督察、问题

-- 重点岗位、时段、人员、环节
create table inspection_target (
  code      text primary key,
  kind      text not null check (kind in ('post','time','person','step')),
  name      text not null,
  note      text,
  sort      integer not null default 0,
  version   integer not null default 1,
  closed_at timestamptz
);
insert into inspection_target (code, kind, name, note, sort) values
  ('duty_desk',     'post',   '中队内勤（派单签收）',   '签收、指派是否及时，退单理由是否属实', 10),
  ('front_officer', 'post',   '一线执法岗位',           '执法记录仪、着装、亮证与文书', 20),
  ('evidence_post', 'post',   '涉案物品保管岗位',       '登记、保管、处理手续', 30),
  ('night',         'time',   '夜间（18:00—22:00）',    '夜间设摊、夜间装修施工', 40),
  ('weekend',       'time',   '双休日与节假日',         '值班备勤与应急处置', 50),
  ('early',         'time',   '早高峰（6:30—9:00）',    '占道经营、跨门营业', 60),
  ('overdue_person','person', '多次超期的经办人',       '近三个月超期两次以上', 70),
  ('new_officer',   'person', '新任职队员',             '任职不满一年', 80),
  ('first_contact', 'step',   '先行联系',               '是否先联系、是否如实记录', 90),
  ('on_site',       'step',   '现场处置与取证',         '照片时间地点与处置记录是否一致', 100),
  ('conclude',      'step',   '办结答复',               '是否实际解决、答复是否规范', 110),
  ('reinspect',     'step',   '整改复查',               '责令改正后是否复查', 120);

-- 检查表按版本保存，用过的不改
create table inspection_checklist (
  id         uuid primary key default uuidv7(),
  code       text not null,
  version    integer not null,
  name       text not null,
  note       text,
  created_by uuid references person (id),
  created_at timestamptz not null default now(),
  unique (code, version)
);
create table inspection_checklist_item (
  checklist_id   uuid not null references inspection_checklist (id),
  no             integer not null check (no between 1 and 100),
  section        text not null,
  text           text not null,
  basis          text,                         -- 依据
  weight         integer not null check (weight between 1 and 100),
  photo_required boolean not null default false,
  type_code      text not null references rectification_type (code),   -- 不合格时的整改类型
  primary key (checklist_id, no)
);

with list as (
  insert into inspection_checklist (code, version, name, note) values
    ('daily',     1, '中队日常执法督察', '勤务、受理、执法程序与案卷'),
    ('structure', 1, '承重墙与违法搭建专项督察', '点位巡查、及时劝阻、立案查处与恢复'),
    ('night',     1, '夜间设摊专项督察', '夜间勤务与设摊处置')
  returning id, code)
insert into inspection_checklist_item (checklist_id, no, section, text, basis, weight, photo_required, type_code)
select list.id, v.no, v.section, v.text, v.basis, v.weight, v.photo, v.type
  from (values
    ('daily', 1, '勤务', '值班备勤人员在岗，交接班记录完整', '《城市管理执法办法》第二十三条', 10, true,  'patrol'),
    ('daily', 2, '勤务', '着装规范，佩戴执法标识和执法记录仪', '《城市管理执法办法》第二十条', 10, true,  'conduct'),
    ('daily', 3, '受理', '诉件按时签收，先行联系有记录且属实', '市民服务热线工作管理办法', 20, false, 'contact'),
    ('daily', 4, '受理', '现场照片的时间、地点与处置记录一致', '市民服务热线工作管理办法', 20, true,  'evidence'),
    ('daily', 5, '执法', '执法人员不少于两人，出示证件，告知权利', '《行政处罚法》第四十二条、第五十五条', 15, false, 'procedure'),
    ('daily', 6, '执法', '责令改正后按期复查，复查有记录', '《行政处罚法》第二十八条', 15, true, 'unsolved'),
    ('daily', 7, '案卷', '案卷文书齐全，一案一卷按期归档', '《行政处罚法》第四十七条', 10, false, 'file'),
    ('structure', 1, '巡查', '承重墙点位台账完整，按等级巡查', '《上海市住宅物业管理规定》第五十七条', 20, true, 'patrol'),
    ('structure', 2, '处置', '接报后两小时内到场，及时制止', '《上海市城市管理综合行政执法条例》第十一条', 20, true, 'structure'),
    ('structure', 3, '处置', '现场勘验有笔录、照片和测量数据', '《行政处罚法》第五十五条', 20, true, 'evidence'),
    ('structure', 4, '处置', '依法立案并在法定期限内作出决定', '《行政处罚法》第六十条', 20, false, 'procedure'),
    ('structure', 5, '恢复', '责令恢复的已恢复，并有鉴定或验收材料', '《建设工程质量管理条例》第六十九条', 20, true, 'structure'),
    ('night', 1, '勤务', '夜间时段按班表到岗到点', '《城市管理执法办法》第二十三条', 25, true, 'patrol'),
    ('night', 2, '现场', '重点路段无聚集设摊', '《上海市市容环境卫生管理条例》', 30, true, 'street'),
    ('night', 3, '处置', '劝离、处罚有记录，与执法记录仪一致', '《城市管理执法办法》第三十一条', 25, false, 'evidence'),
    ('night', 4, '处置', '同一路段重复投诉有专门方案', '重复诉件处置要求', 20, false, 'unsolved')
  ) as v (code, no, section, text, basis, weight, photo, type) join list on list.code = v.code;

create table inspection_counter (
  year integer primary key,
  n    integer not null
);

create table inspection_plan (
  id              uuid primary key default uuidv7(),
  number          text not null unique,      -- 明查连续编号；暗访编号不连续，从编号看不出有几件
  title           text not null,
  form            text not null check (form in ('routine','campaign')),
  manner          text not null check (manner in ('open','covert')),
  purpose         text not null,
  basis           text,
  starts_on       date not null,
  ends_on         date not null,
  checklist_id    uuid not null references inspection_checklist (id),
  subjects_wanted integer not null check (subjects_wanted between 1 and 200),
  public_source   text not null,             -- 约定哪一个公开值
  public_at       timestamptz not null,      -- 它何时公布
  status          text not null default 'draft' check (status in ('draft','submitted','approved','drawn','active','done','cancelled')),
  version         integer not null default 1,
  created_by      uuid not null references person (id),
  created_unit_id uuid not null references unit (id),
  created_at      timestamptz not null,
  approved_by     uuid references person (id),
  approved_at     timestamptz,
  started_at      timestamptz,
  opened_by       uuid references person (id),
  opened_at       timestamptz,               -- 暗访启封；未启封的对被督察一方不可见
  finished_at     timestamptz,
  check (starts_on <= ends_on),
  check (approved_by is null or approved_by <> created_by),
  check (opened_at is null or manner = 'covert'),
  check ((opened_at is null) = (opened_by is null)),
  check (status <> 'done' or manner = 'open' or opened_at is not null)
);
create index inspection_plan_recent on inspection_plan (starts_on desc, id desc);
create index inspection_plan_creator on inspection_plan (created_by);

create table inspection_plan_target (
  plan_id uuid not null references inspection_plan (id) on delete cascade,
  code    text not null references inspection_target (code),
  primary key (plan_id, code)
);

-- 可能被抽到的对象：一处（单位、事项、点位），由一个单位负责
create table inspection_subject (
  id        uuid primary key default uuidv7(),
  plan_id   uuid not null references inspection_plan (id) on delete cascade,
  seq       integer not null,
  name      text not null,
  unit_id   uuid not null references unit (id),
  matter_id uuid,
  place     text,
  unique (plan_id, seq)
);
create index inspection_subject_unit on inspection_subject (unit_id);

-- 可能被抽到的督察人员
create table inspection_candidate (
  plan_id   uuid not null references inspection_plan (id) on delete cascade,
  person_id uuid not null references person (id),
  primary key (plan_id, person_id)
);

-- 回避：写明情形；曾在该单位任职的由系统列入
create table inspection_exclusion (
  plan_id   uuid not null references inspection_plan (id) on delete cascade,
  person_id uuid not null references person (id),
  unit_id   uuid not null references unit (id),
  reason    text not null,
  automatic boolean not null,
  primary key (plan_id, person_id, unit_id)
);

-- 批准时冻结名单并公布承诺值；抽取后随机数、种子、结果一并公布（file 为公布的原文）
create table inspection_draw (
  plan_id           uuid primary key references inspection_plan (id),
  population        text not null,
  population_digest text not null check (population_digest ~ '^[0-9a-f]{64}$'),
  commitment        text not null check (commitment ~ '^[0-9a-f]{64}$'),
  nonce             bytea not null,           -- 加密保存，抽取前任何人看不到
  committed_at      timestamptz not null,
  public_value      text,
  seed              text,
  file              text,
  digest            text,
  drawn_by          uuid references person (id),
  drawn_at          timestamptz,
  check ((drawn_at is null) = (file is null))
);

create table inspection_visit (
  id            uuid primary key default uuidv7(),
  plan_id       uuid not null references inspection_plan (id),
  subject_id    uuid not null unique references inspection_subject (id),
  seq           integer not null,
  unit_id       uuid not null references unit (id),
  status        text not null default 'pending' check (status in ('pending','signing','signed','cancelled')),
  version       integer not null default 1,
  signed_at     timestamptz,
  score         numeric(4,1) check (score between 0 and 100),
  check ((status = 'signed') = (signed_at is not null))
);
create index inspection_visit_plan on inspection_visit (plan_id, seq);
create index inspection_visit_unit on inspection_visit (unit_id, plan_id);

create table inspection_visit_inspector (
  visit_id  uuid not null references inspection_visit (id),
  person_id uuid not null references person (id),
  seq       integer not null,
  signed_at timestamptz,
  primary key (visit_id, person_id)
);
create index inspection_visit_inspector_person on inspection_visit_inspector (person_id);

create table inspection_answer (
  visit_id    uuid not null references inspection_visit (id),
  no          integer not null,
  result      text not null check (result in ('pass','fail','not_applicable')),
  note        text,
  answered_by uuid not null references person (id),
  answered_at timestamptz not null,
  primary key (visit_id, no)
);

create table inspection_file (
  visit_id uuid not null references inspection_visit (id),
  no       integer not null,
  file_id  uuid not null references file (id),
  added_by uuid not null references person (id),
  added_at timestamptz not null,
  primary key (visit_id, file_id)
);
create index inspection_file_file on inspection_file (file_id);

create table inspection_finding (
  id               uuid primary key default uuidv7(),
  visit_id         uuid not null references inspection_visit (id),
  no               integer not null,
  problem          text not null,
  status           text not null default 'open' check (status in ('open','answered','confirmed','withdrawn')),
  version          integer not null default 1,
  answer_due_at    timestamptz,               -- 暗访自启封起算
  accepted         boolean,
  answer           text,
  answered_by      uuid references person (id),
  answered_at      timestamptz,
  decision         text,
  decided_by       uuid references person (id),
  decided_at       timestamptz,
  rectification_id uuid references rectification (id),
  unique (visit_id, no),
  check (decided_by is null or decided_by is distinct from answered_by),
  check ((status = 'confirmed') = (rectification_id is not null))
);
create index inspection_finding_rectification on inspection_finding (rectification_id) where rectification_id is not null;
