-- One row per area of $level in $area × function × post that answers for it (none where it is not carried out)
with
place as (
    select
        area.code,
        area.name_zh,
        area.name_en
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
)

select
    place.code,
    place.name_zh,
    place.name_en,
    neighbourhood_function.function,
    case when neighbourhood_function.carried_out then neighbourhood_function.carried_by else 'none' end as carried_by,
    count(*) as neighbourhoods
from neighbourhood_function
inner join descendant on neighbourhood_function.neighbourhood = descendant.code
inner join place on descendant.ancestor = place.code
group by all
order by place.code, neighbourhood_function.function, carried_by
