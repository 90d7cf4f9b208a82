-- 审计链核验：在后台进行，可取消，结果留存。同时至多一次。
create table audit_verification (
  id            uuid primary key,          -- 由客户端给出，重复提交不重复核验
  status        text not null default 'queued' check (status in ('queued','running','done','cancelled','failed')),
  -- 事先留存在系统之外的链尾
  anchor_seq    bigint,
  anchor_hash   text,
  requested_by  uuid not null references person (id),
  requested_at  timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  cancelled_by  uuid references person (id),
  cancel_requested_at timestamptz,
  -- 正在核验的那一次运行；换了进程即换号，旧的不能再写
  run           uuid,
  heartbeat_at  timestamptz,
  checked       bigint not null default 0,
  total         bigint not null default 0,
  unsealed      bigint,
  head_seq      bigint,
  head_hash     text,
  problems      jsonb not null default '[]',
  error         text,
  check ((anchor_seq is null) = (anchor_hash is null)),
  check ((status in ('done','cancelled','failed')) = (finished_at is not null))
);
create unique index audit_verification_active on audit_verification ((true)) where status in ('queued','running');
create index audit_verification_recent on audit_verification (requested_at desc, id desc);
