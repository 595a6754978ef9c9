-- One row per full-time equivalent of posted workers a neighbourhood of $area has, in the last year not after $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

last_year as (
    select max(worker_posting.year) as year
    from worker_posting
    where worker_posting.year <= year($end::date)
)

select
    worker_posting.officer_share as workers,
    any_value(worker_posting.year) as year,
    count(*) as neighbourhoods
from worker_posting
inner join last_year on worker_posting.year = last_year.year
inner join inside on worker_posting.neighbourhood = inside.code
group by worker_posting.officer_share
order by worker_posting.officer_share
