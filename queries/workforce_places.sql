-- One row per area of $level in $area: its workers and what they answer for, in the last counted year not after $end
with
place as (
    select
        area.code,
        area.name_zh,
        area.name_en,
        area.neighbourhoods,
        area.households,
        area.people
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
),

last_year as (
    select max(staffing.year) as year
    from staffing
    where staffing.year <= year($end::date)
),

counted as (
    select
        descendant.ancestor as code,
        staffing.year,
        sum(staffing.workers) filter (where staffing.dimension = 'total') as workers,
        sum(staffing.workers)
            filter (where staffing.dimension = 'posting' and staffing.category = 'neighbourhood') as posted,
        sum(staffing.workers)
            filter (where staffing.dimension = 'certificate' and staffing.category = 'yes') as certified,
        sum(staffing.workers)
            filter (where staffing.dimension = 'examination' and staffing.category = 'yes') as examined,
        sum(staffing.workers)
            filter (where staffing.dimension = 'promoted' and staffing.category = 'yes') as promoted
    from staffing
    inner join last_year on staffing.year = last_year.year
    inner join descendant on staffing.community = descendant.code
    inner join place on descendant.ancestor = place.code
    group by descendant.ancestor, staffing.year
),

matter as (
    select
        descendant.ancestor as code,
        count(*) as cases
    from "case" as received
    inner join last_year on year(received.received_at) = last_year.year
    inner join descendant on received.neighbourhood = descendant.code
    inner join place on descendant.ancestor = place.code
    group by descendant.ancestor
)

select
    place.code,
    place.name_zh,
    place.name_en,
    counted.year,
    place.neighbourhoods,
    place.households,
    place.people,
    counted.workers::bigint as workers,
    counted.posted::bigint as posted,
    counted.certified::bigint as certified,
    counted.examined::bigint as examined,
    counted.promoted::bigint as promoted,
    coalesce(matter.cases, 0) as cases
from place
left join counted on place.code = counted.code
left join matter on place.code = matter.code
order by place.code
