-- 通报：谁写过文字、发文单位信息随通报冻结；数据自提交审核起不得改动；发布后整份通报不得改动，存档文件只增不改。
alter table bulletin add column editor_ids uuid[] not null default '{}';
-- 发文机关、代字、抄送等：起草时取定，以后机构改名不影响已成文的通报
alter table bulletin add column letterhead jsonb not null default '{}';
create index bulletin_recent on bulletin (period_start desc, kind, revision desc);
-- 同一时段只能有一份在办的通报
create unique index bulletin_in_hand on bulletin (kind, period_start) where status <> 'published';

-- 存档的成文：首次生成后即以此为准
create table bulletin_file (
  bulletin_id   uuid not null references bulletin (id),
  format        text not null check (format in ('docx', 'pdf')),
  file_id       uuid not null references file (id),
  primary key (bulletin_id, format)
);

create or replace function forbid_published_figure_change() returns trigger language plpgsql as $$
declare
  target uuid := case tg_op when 'DELETE' then old.bulletin_id else new.bulletin_id end;
begin
  if exists (select 1 from bulletin b where b.id = target and b.status <> 'draft')
     or (tg_op = 'UPDATE' and old.bulletin_id <> new.bulletin_id) then
    raise exception '通报已提交审核，数据不得改动' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
drop trigger bulletin_figure_frozen on bulletin_figure;
create trigger bulletin_figure_frozen before insert or update or delete on bulletin_figure
  for each row execute function forbid_published_figure_change();

create function forbid_published_bulletin_change() returns trigger language plpgsql as $$
begin
  if old.status = 'published' then
    raise exception '通报已发布，不得改动；如有错误，请发更正' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger bulletin_frozen before update or delete on bulletin
  for each row execute function forbid_published_bulletin_change();

create function forbid_bulletin_file_change() returns trigger language plpgsql as $$
begin
  raise exception '存档文件不得改动' using errcode = 'insufficient_privilege';
end $$;
create trigger bulletin_file_frozen before update or delete on bulletin_file
  for each row execute function forbid_bulletin_file_change();
