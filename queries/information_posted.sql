-- One row per year until $end × force working in the neighbourhoods of $area, with the neighbourhoods it reaches
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

force as (
    select
        posted_staff.year,
        posted_staff.agency as force,
        posted_staff.neighbourhood,
        posted_staff.staff
    from posted_staff
    union all
    select
        worker_posting.year,
        'officer' as force,
        worker_posting.neighbourhood,
        worker_posting.officer_share as staff
    from worker_posting
    union all
    select
        worker_posting.year,
        'part_time_informant' as force,
        worker_posting.neighbourhood,
        worker_posting.part_time_informants as staff
    from worker_posting
)

select
    force.year,
    force.force,
    sum(force.staff)::double as staff,
    count(*) filter (where force.staff > 0) as reached,
    count(*) as neighbourhoods
from force
inner join inside on force.neighbourhood = inside.code
where force.year <= year($end::date)
group by force.year, force.force
order by force.year, force.force
