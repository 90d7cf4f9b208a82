-- 类别判定模型：由人确认过类别的诉件学得，定期重学；只有启用中的一版留权重
create table category_model (
  id          integer generated always as identity primary key,
  trained_at  timestamptz not null,
  orders      integer not null,             -- 学自多少件
  threshold   real,                         -- 达到此可信度才自动填写；空即从不
  score       jsonb not null,               -- 留出件上的成绩
  state       text not null check (state in ('active','retired','rejected')),
  note        text,                         -- 为什么没有启用
  trained_by  uuid references person (id),  -- 空即定期
  weights     bytea
);
create unique index category_model_active on category_model ((true)) where state = 'active';

-- 机器填写、还没有人确认的类别；有人确认或改动即删去
create table category_guess (
  complaint_id  uuid primary key,
  code          text not null,
  confidence    real not null,
  by_words      boolean not null            -- 还没有模型时，按类别的关键词
);

create function drop_category_guess() returns trigger language plpgsql as $$
begin
  delete from category_guess where complaint_id = new.id;
  return null;
end $$;
create trigger complaint_category_decided after update of category_code on complaint
  for each row when (old.category_code is distinct from new.category_code) execute function drop_category_guess();
