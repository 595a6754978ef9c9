-- One row per event in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    event_total.event_id,
    event_total.name,
    event_total.kind,
    event_total.brand,
    event_total.neighbourhood,
    event_total.held_on,
    event_total.recorded_on,
    event_total.place,
    event_total.attendances,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from event_total
inner join inside on event_total.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or event_total.held_on >= $start::date)
    and ($end::date is null or event_total.held_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], event_total.kind))
    and ($brand is null or list_contains($brand::varchar[], event_total.brand))
    and ($place is null or list_contains($place::varchar[], event_total.place))
order by event_total.held_on desc nulls last, event_total.event_id asc
limit $limit offset $offset
