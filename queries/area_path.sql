-- One row per step from the district down to the area $code, itself included
with recursive
upwards as (
    select
        area.code,
        area.parent,
        area.level,
        area.name_zh,
        area.name_en,
        0 as above
    from area
    where area.code = $code

    union all

    select
        area.code,
        area.parent,
        area.level,
        area.name_zh,
        area.name_en,
        upwards.above + 1 as above
    from upwards
    inner join area on upwards.parent = area.code
    where upwards.above < 9  -- a circle of parents in broken data must not run for ever
)

select
    upwards.code,
    upwards.level,
    upwards.name_zh,
    upwards.name_en,
    max(upwards.above) over () - upwards.above as step
from upwards
order by step
