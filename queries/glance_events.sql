-- One row per kind of event hosted in $area from $start to $end, most attended first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    attendance_kind.kind,
    sum(attendance_kind.events)::bigint as events,
    sum(attendance_kind.attendances)::bigint as attendances,
    coalesce(
        sum(attendance_kind.events) filter (where attendance_kind.brand = 'neighbourhood_visiting'), 0
    )::bigint as neighbourhood_visiting,
    coalesce(sum(attendance_kind.events) filter (where attendance_kind.brand = 'four_seasons'), 0)::bigint as four_seasons,
    coalesce(sum(attendance_kind.events) filter (where attendance_kind.brand = 'integrity'), 0)::bigint as integrity
from attendance_kind
inner join inside on attendance_kind.neighbourhood = inside.code
where attendance_kind.month between date_trunc('month', $start::date) and $end::date
group by attendance_kind.kind
order by attendances desc, attendance_kind.kind asc
