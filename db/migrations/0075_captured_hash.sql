-- 照片校验：设备在拍摄（选取）时算出的 SHA-256；收到的内容与之不一致的不保存，故有值即一致
alter table file
  add column captured_sha256 bytea,
  add constraint file_captured_as_kept check (captured_sha256 = sha256);
