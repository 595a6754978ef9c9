-- One row per size of the events hosted in $area from $start to $end, named by its lowest attendance; null: not recorded
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

held as (
    select
        case
            when event_total.attendances is null then null
            when event_total.attendances >= 1000 then 1000
            when event_total.attendances >= 500 then 500
            when event_total.attendances >= 200 then 200
            when event_total.attendances >= 100 then 100
            when event_total.attendances >= 50 then 50
            when event_total.attendances >= 20 then 20
            else 0
        end as attendances_from,
        event_total.attendances
    from event_total
    inner join inside on event_total.neighbourhood = inside.code
    where event_total.held_on between $start::date and $end::date
),

whole as (
    select median(held.attendances) as median
    from held
)

select
    held.attendances_from,
    count(*) as events,
    sum(held.attendances)::bigint as attendances,
    any_value(whole.median) as median
from held
cross join whole
group by held.attendances_from
order by held.attendances_from nulls last
