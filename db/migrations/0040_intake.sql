-- 受理入口：导入的断点与心跳；来源的签名算法；回传的状态；首次导入时的原值。

-- 暂存改用会话内的临时表：不写日志，不留残行
drop table import_stage;

alter table import_job
  drop constraint import_job_status_check,
  -- draft：文件已上传，列对应尚未确认
  add constraint import_job_status_check check (status in ('draft','queued','running','cancelled','done','failed')),
  -- 已处理到表格的第几行；与这些行的结果同一事务写入，因此中断后从这里接着做
  add column cursor_row   integer not null default 0,
  -- 文件读过的比例，0 至 1
  add column progress     real not null default 0,
  add column heartbeat_at timestamptz,
  add column cancel_requested_at timestamptz,
  add column cancelled_by uuid;
create index import_job_created on import_job (created_at desc, id desc);
create index import_job_unfinished on import_job (heartbeat_at) where status in ('queued','running');

-- 来源最近一次给出的各项内容的摘要：再次导入时分辨“来源改了”还是“人改了”
create table intake_record (
  complaint_id  uuid primary key references complaint (id),
  -- 以竖线分隔，次序见 modules/intake/digest.ts
  digests       text not null,
  -- 标题与附加信息中被掩码的原文（加密的 JSON）；没有掩码则为空
  originals_enc bytea
);

alter table intake_source
  add column signature_algorithm text not null default 'sha256' check (signature_algorithm in ('sha256','sm3')),
  add column secret_made_at timestamptz;

alter table webhook_delivery
  add column last_status  integer,
  -- 不再自动重试的时间；人工重试后清空
  add column given_up_at  timestamptz;
create index webhook_recent on webhook_delivery (source_id, created_at desc);
