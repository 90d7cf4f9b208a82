-- 封链的位置细到事务内的某一条：一个事务写下很多条时分批封存
alter table audit_seal add column id uuid not null default '00000000-0000-0000-0000-000000000000';
