-- One row per band of distance to the nearest service office: households of $area on foot and in a straight line
with
inside as (
    select
        reach.households,
        reach.walk_m,
        reach.straight_m
    from reach
    inner join descendant on reach.neighbourhood = descendant.code
    where descendant.ancestor = $area
),

band as (
    select
        unnest([0, 250, 500, 750, 1000]) as from_m,
        unnest([250, 500, 750, 1000, null]) as to_m
),

counted as (
    select
        band.from_m,
        band.to_m,
        coalesce(sum(inside.households) filter (
            where inside.walk_m >= band.from_m and (band.to_m is null or inside.walk_m < band.to_m)
        ), 0) as walk,
        coalesce(sum(inside.households) filter (
            where inside.straight_m >= band.from_m and (band.to_m is null or inside.straight_m < band.to_m)
        ), 0) as straight
    from band
    cross join inside
    group by band.from_m, band.to_m
),

nowhere as (
    select
        null as from_m,
        null as to_m,
        coalesce(sum(inside.households) filter (where inside.walk_m is null), 0) as walk,
        coalesce(sum(inside.households) filter (where inside.straight_m is null), 0) as straight
    from inside
),

reach_bands as (
    select * from counted
    union all
    select * from nowhere
)

select
    from_m::integer as from_m,
    to_m::integer as to_m,
    walk::bigint as walk,
    straight::bigint as straight
from reach_bands
order by from_m asc nulls last
