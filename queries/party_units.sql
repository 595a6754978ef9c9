-- One row per area of $level in $area × kind of unit: how many of its units coincide with one neighbourhood
with
place as (
    select
        area.code,
        area.parent,
        area.name_zh,
        area.name_en,
        area.communities,
        area.neighbourhoods
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
)

select
    place.code,
    place.name_zh,
    place.name_en,
    three_in_one.kind,
    count(*) as units,
    count(*) filter (where three_in_one.coincides) as coinciding
from three_in_one
inner join descendant on three_in_one.community = descendant.code
inner join place on descendant.ancestor = place.code
where three_in_one.overlap is not null
group by all
order by place.code, three_in_one.kind
