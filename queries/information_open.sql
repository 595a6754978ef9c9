-- One row per category of matters in $area received until $end and open at the end of $as_of; most overdue first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

-- Overdue is what waits longer than nine in ten of its category ever took, anywhere in the district.
usual as (
    select
        matter.category,
        quantile_cont(epoch(matter.closed_at - matter.received_at) / 3600, 0.9) as usual_hours
    from "case" as matter
    where matter.received_at < $end::date + interval 1 day
    group by matter.category
),

waiting as (
    select
        matter.category,
        epoch($as_of::date + interval 1 day - matter.received_at) / 3600 as hours
    from "case" as matter
    inner join inside on matter.neighbourhood = inside.code
    where matter.received_at < $end::date + interval 1 day and matter.closed_at is null
)

select
    waiting.category,
    usual.usual_hours,
    count(*) as open,
    count(*) filter (where waiting.hours > usual.usual_hours) as overdue,
    max(waiting.hours) as longest_hours
from waiting
inner join usual on waiting.category = usual.category
group by waiting.category, usual.usual_hours
order by overdue desc, open desc, waiting.category asc
