-- 全文检索：每件诉件一行，标题、地址、内容、答复中相邻两字各算一个键（在程序里计算），见 docs/adr/0012-search.md。
-- 与诉件分表：流转不必改写它。没有外键：外键检查会锁住诉件，妨碍正在办理的人；诉件从不删除。
create table complaint_search (
  complaint_id  uuid primary key,
  received_at   timestamptz not null,
  keys          integer[] not null
);
-- 键是散列，压缩不了。
alter table complaint_search alter column keys set storage external;
create index complaint_search_keys on complaint_search using gin (keys) with (gin_pending_list_limit = 65536);

-- 文字有了变动、尚未编入的诉件；同一件可有多行，编入哪一行就删哪一行，编入时新来的变动不会丢。
create table search_pending (
  complaint_id  uuid not null,
  id            bigint generated always as identity,
  primary key (complaint_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create function search_orders_added() returns trigger language plpgsql as $$
begin
  insert into search_pending (complaint_id) select id from added;
  return null;
end $$;
create trigger complaint_search_added after insert on complaint
  referencing new table as added for each statement execute function search_orders_added();

create function search_order_changed() returns trigger language plpgsql as $$
begin
  insert into search_pending (complaint_id) values (new.id);
  return null;
end $$;
-- 只在文字列被写入且确有不同时触发：受理、派单、签收等流转不付代价。
create trigger complaint_search_changed after update of number, external_no, title, content, address, received_at on complaint
  for each row when ((old.number, old.external_no, old.title, old.content, old.address, old.received_at)
    is distinct from (new.number, new.external_no, new.title, new.content, new.address, new.received_at))
  execute function search_order_changed();

create function search_reply_changed() returns trigger language plpgsql as $$
begin
  insert into search_pending (complaint_id) values (new.complaint_id);
  return null;
end $$;
create trigger handling_round_search_added after insert on handling_round
  for each row when (new.result is not null or new.follow_up_note is not null) execute function search_reply_changed();
create trigger handling_round_search_changed after update of result, follow_up_note on handling_round
  for each row when (old.result is distinct from new.result or old.follow_up_note is distinct from new.follow_up_note)
  execute function search_reply_changed();

-- 成批写入的键先放在索引的待并列表里，一批并一次；并入须是表的所有者，程序以普通身份运行，故由此函数代行。
create function merge_search_keys() returns void language sql security definer set search_path from current as $$
  select gin_clean_pending_list('complaint_search_keys'::regclass)
$$;

insert into search_pending (complaint_id) select id from complaint;
