-- One row per area of $level in $area: its households, and those with an office open at $end within 500 m
with
place as (
    select
        area.code,
        area.name_zh,
        area.name_en,
        area.area_km2,
        area.people
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
),

block as (
    select
        descendant.ancestor as code,
        reach.households,
        coalesce(reach.walk_since <= $end::date, false) as walked,
        coalesce(reach.straight_since <= $end::date, false) as flown
    from reach
    inner join descendant on reach.neighbourhood = descendant.code
    inner join place on descendant.ancestor = place.code
)

select
    place.code,
    place.name_zh,
    place.name_en,
    place.people / nullif(place.area_km2, 0) as density,
    coalesce(sum(block.households), 0)::bigint as households,
    coalesce(sum(block.households) filter (where block.walked), 0)::bigint as walk,
    coalesce(sum(block.households) filter (where block.flown), 0)::bigint as straight,
    coalesce(sum(block.households) filter (where not block.walked), 0)::bigint as beyond,
    coalesce(sum(block.households) filter (where block.flown and not block.walked), 0)::bigint as deceptive
from place
left join block on place.code = block.code
group by place.code, place.name_zh, place.name_en, place.people, place.area_km2
order by place.code
