-- 某地点有多少诉件；停用、删除前要查
create index complaint_place on complaint (place_id) where place_id is not null;
