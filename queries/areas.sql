-- One row per area of any level, coarse to fine, then by code
select area.*
from area
order by
    list_position(
        ['district', 'former_district', 'zone', 'subdistrict', 'community', 'neighbourhood'], area.level
    ),
    area.code
