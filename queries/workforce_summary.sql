-- One row per dimension × category of the staffing counts of $area in the last counted year not after $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

last_year as (
    select max(staffing.year) as year
    from staffing
    where staffing.year <= year($end::date)
),

counted as (
    select
        staffing.year,
        staffing.dimension,
        staffing.category,
        sum(staffing.workers)::bigint as workers
    from staffing
    inner join last_year on staffing.year = last_year.year
    inner join inside on staffing.community = inside.code
    group by staffing.year, staffing.dimension, staffing.category
)

select
    counted.year,
    counted.dimension,
    counted.category,
    counted.workers,
    (max(counted.workers) filter (where counted.dimension = 'total') over ())::bigint as total
from counted
order by counted.dimension, counted.category
