-- One row per table of this data version, by name
select
    parse_filename(extract_file.file_name, true) as table,
    extract_file.num_rows as rows
from extract_file
order by parse_filename(extract_file.file_name, true)
