-- 指标：各口径只扫时段内的行，且只读索引。剔除、不予受理的行不进索引，另设一个小索引单独计数。
-- 分组用的列、判断用的列都在索引里；complaint_id 供判断暂停。
drop index round_started;
drop index round_contact_due;
drop index round_due;
drop index round_followed_up;
-- 重办率改按回访日期归期（理由见 docs/indicators.md），办结日期不再需要索引
drop index round_concluded;

create index round_started on handling_round (started_at)
  include (unit_id, town_id, category_code, officer_id)
  where round = 1 and excluded_at is null and declined_at is null;
create index round_contact_due on handling_round (first_contact_due_at)
  include (complaint_id, round, unit_id, town_id, category_code, officer_id, first_contact_at, concluded_at)
  where excluded_at is null and declined_at is null;
create index round_due on handling_round (due_at)
  include (complaint_id, round, unit_id, town_id, category_code, officer_id, concluded_at)
  where excluded_at is null and declined_at is null;
create index round_followed_up on handling_round (followed_up_at)
  include (unit_id, town_id, category_code, officer_id, solved, satisfaction, reopened)
  where reached and excluded_at is null;
create index round_left_out on handling_round (started_at)
  include (unit_id, town_id, category_code, officer_id, excluded_at)
  where round = 1 and (excluded_at is not null or declined_at is not null);

-- 暂停中的诉件：到期判断时逐件查
create index complaint_paused on complaint (id) include (round, paused_at) where paused_at is not null;
-- 驾驶舱：未结的重办件
create index complaint_reopened_open on complaint (reopen_count desc, due_at, id)
  where reopen_count > 0 and status not in ('closed', 'declined');
