-- One row per year until $end × dimension × category of the staffing counts of $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    staffing.year,
    staffing.dimension,
    staffing.category,
    sum(staffing.workers)::bigint as workers
from staffing
inner join inside on staffing.community = inside.code
where staffing.year <= year($end::date)
group by staffing.year, staffing.dimension, staffing.category
order by staffing.year, staffing.dimension, staffing.category
