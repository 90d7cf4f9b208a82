-- 封链按（事务，编号）取尚未封存的审计记录
create index audit_event_tx on audit_event (tx, id);
