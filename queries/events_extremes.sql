-- One row per event among the $limit best and the $limit least attended hosted in $area from $start to $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

ranked as (
    select
        event_total.event_id,
        event_total.name,
        event_total.kind,
        event_total.brand,
        event_total.neighbourhood,
        event_total.held_on,
        event_total.attendances,
        row_number() over (order by event_total.attendances desc, event_total.event_id asc) as from_top,
        row_number() over (order by event_total.attendances asc, event_total.event_id asc) as from_bottom
    from event_total
    inner join inside on event_total.neighbourhood = inside.code
    where event_total.held_on between $start::date and $end::date and event_total.attendances is not null
)

select
    case when ranked.from_top <= ranked.from_bottom then 'most' else 'least' end as side,
    least(ranked.from_top, ranked.from_bottom) as place,
    ranked.event_id,
    ranked.name,
    ranked.kind,
    ranked.brand,
    ranked.neighbourhood,
    area.name_zh as area_zh,
    area.name_en as area_en,
    ranked.held_on,
    ranked.attendances
from ranked
left join area on ranked.neighbourhood = area.code
where ranked.from_top <= $limit or ranked.from_bottom <= $limit
order by side desc, place asc
