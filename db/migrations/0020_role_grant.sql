-- 岗位授权：系统管理员提出，安全管理员确认；确认之前不产生任职，也就没有任何权限
create table role_grant (
  id            uuid primary key,          -- 由客户端给出，重复提交不重复建立
  person_id     uuid not null references person (id),
  unit_id       uuid not null references unit (id),
  role          text not null,
  title         text,
  starts_on     date not null,
  -- 调动：确认时结束的原任职
  replaces_posting_id uuid references posting (id),
  reason        text not null,
  proposed_by   uuid not null references person (id),
  proposed_at   timestamptz not null,
  status        text not null default 'pending' check (status in ('pending','granted','refused','withdrawn')),
  decided_by    uuid references person (id),
  decided_at    timestamptz,
  decision_note text,
  posting_id    uuid references posting (id),
  check ((status = 'pending') = (decided_at is null)),
  check ((status = 'granted') = (posting_id is not null))
);
create unique index role_grant_pending on role_grant (person_id, unit_id, role) where status = 'pending';
create index role_grant_person on role_grant (person_id);
create index role_grant_queue on role_grant (proposed_at) where status = 'pending';
