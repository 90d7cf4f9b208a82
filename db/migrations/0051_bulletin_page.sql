-- 网页版也存档：措辞由程序按数据写出，程序更新后，已发布的通报不得换一种说法
alter table bulletin_file drop constraint bulletin_file_format_check;
alter table bulletin_file add constraint bulletin_file_format_check check (format in ('docx', 'pdf', 'html'));
