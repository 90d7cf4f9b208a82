-- 地图：坐标一律为 WGS-84（与国家测绘成果 CGCS2000 在地图上没有差别）；街镇边界；底图设置。

-- 此前地点词典的坐标为 GCJ-02（高德、腾讯），在此一次转为 WGS-84。一步反算，误差不到 2 米。
create function gcj_to_wgs(lng double precision, lat double precision) returns double precision[] language plpgsql immutable as $$
declare
  a constant double precision := 6378245.0;
  ee constant double precision := 0.00669342162296594323;
  x double precision := lng - 105.0;
  y double precision := lat - 35.0;
  dx double precision;
  dy double precision;
  r double precision;
  m double precision;
begin
  if lng is null or lat is null then return null; end if;
  if lng not between 72.004 and 137.8347 or lat not between 0.8293 and 55.8271 then return array[lng, lat]; end if;
  dy := -100.0 + 2.0*x + 3.0*y + 0.2*y*y + 0.1*x*y + 0.2*sqrt(abs(x))
      + (20.0*sin(6.0*x*pi()) + 20.0*sin(2.0*x*pi())) * 2.0/3.0
      + (20.0*sin(y*pi()) + 40.0*sin(y/3.0*pi())) * 2.0/3.0
      + (160.0*sin(y/12.0*pi()) + 320.0*sin(y*pi()/30.0)) * 2.0/3.0;
  dx := 300.0 + x + 2.0*y + 0.1*x*x + 0.1*x*y + 0.1*sqrt(abs(x))
      + (20.0*sin(6.0*x*pi()) + 20.0*sin(2.0*x*pi())) * 2.0/3.0
      + (20.0*sin(x*pi()) + 40.0*sin(x/3.0*pi())) * 2.0/3.0
      + (150.0*sin(x/12.0*pi()) + 300.0*sin(x/30.0*pi())) * 2.0/3.0;
  r := radians(lat);
  m := 1 - ee*sin(r)*sin(r);
  dy := dy*180.0 / ((a*(1-ee)) / (m*sqrt(m)) * pi());
  dx := dx*180.0 / (a/sqrt(m)*cos(r)*pi());
  return array[round((lng-dx)::numeric, 6)::double precision, round((lat-dy)::numeric, 6)::double precision];
end $$;
-- 改列类型即重写全表一次，索引随之重建：一百万件时远快于逐行更新
alter table place
  alter column lng type double precision using (gcj_to_wgs(lng, lat))[1],
  alter column lat type double precision using (gcj_to_wgs(lng, lat))[2];
alter table complaint
  alter column lng type double precision using (gcj_to_wgs(lng, lat))[1],
  alter column lat type double precision using (gcj_to_wgs(lng, lat))[2],
  -- 坐标从何而来：pin 人在地图上指定；captured 现场拍摄时记下；place 取自地点词典
  add column point_by text not null default 'place' check (point_by in ('pin','captured','place'));
drop function gcj_to_wgs(double precision, double precision);
update complaint c set lng = p.lng, lat = p.lat from place p where p.id = c.place_id and c.lng is null and p.lng is not null;
alter table complaint add check ((lng is null) = (lat is null));

-- 地图的聚合、按街镇、按周计数只读这一个索引，不读诉件本身
create index complaint_map on complaint (received_at, lng, lat) include (town_id, unit_id, category_code, status);

-- 街镇边界：由本局导入；没有即不画
create table map_boundary (
  unit_id    uuid primary key references unit (id),
  geometry   jsonb not null,                    -- GeoJSON MultiPolygon，WGS-84
  lng        double precision not null,         -- 内部一点：写名称、示概略位置
  lat        double precision not null
);
-- 只有一行：边界的来历、底图
create table map_setting (
  only_row     boolean primary key default true check (only_row),
  boundary_source text,                         -- 边界的出处
  schematic    boolean not null default false,  -- 示意边界
  boundary_by  uuid references person (id),
  boundary_at  timestamptz,
  base         text not null default 'none' check (base in ('none','tiles','file')),
  tile_url     text,                            -- 含 {z} {x} {y}
  tile_system  text not null default 'wgs84' check (tile_system in ('wgs84','gcj02')),
  tile_file    text,                            -- 数据文件夹 map 目录下的 PMTiles 文件名
  attribution  text,
  max_zoom     smallint not null default 18 check (max_zoom between 1 and 22),
  version      integer not null default 1,
  check (base <> 'tiles' or tile_url is not null),
  check (base <> 'file' or tile_file is not null)
);
insert into map_setting default values;
-- 人工定位只是少数：校准词典时从这里找
create index complaint_pinned on complaint (place_id) where point_by = 'pin';
