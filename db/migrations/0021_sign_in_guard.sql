-- 登录失败：按来源地址限速；不存在的用户名与存在的一样锁定，使人无从分辨
create table sign_in_failure (
  key           text primary key,          -- ip:地址，或 name:用户名的摘要
  failures      integer not null,
  since         timestamptz not null,
  locked_until  timestamptz
);
create index sign_in_failure_since on sign_in_failure (since);

-- 口令由系统管理员申请、安全管理员发放：任何一人都不能单独得到他人的口令
alter table account add column password_wanted_by uuid references person (id);
alter table account add column password_wanted_at timestamptz;
alter table account add column password_wanted_reason text;
alter table account add check ((password_wanted_by is null) = (password_wanted_at is null));
create index account_password_wanted on account (password_wanted_at) where password_wanted_at is not null;
