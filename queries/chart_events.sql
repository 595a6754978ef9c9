-- One row per month from $start to $end that the data cover × kind of event hosted in $area in that time
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

held as (
    select
        attendance_kind.month,
        attendance_kind.kind,
        sum(attendance_kind.events) as events,
        sum(attendance_kind.attendances) as attendances
    from attendance_kind
    inner join inside on attendance_kind.neighbourhood = inside.code
    where attendance_kind.month between date_trunc('month', $start::date) and $end::date
    group by attendance_kind.month, attendance_kind.kind
),

covered as (
    select
        greatest(date_trunc('month', $start::date), min(attendance_kind.month)) as first_month,
        least(date_trunc('month', $end::date), max(attendance_kind.month)) as last_month
    from attendance_kind
),

months as (
    select unnest(generate_series(covered.first_month, covered.last_month, interval 1 month))::date as month
    from covered
),

kinds as (
    select distinct held.kind
    from held
)

select
    months.month,
    kinds.kind,
    coalesce(held.events, 0)::bigint as events,
    coalesce(held.attendances, 0)::bigint as attendances
from months
cross join kinds
left join held on months.month = held.month and kinds.kind = held.kind
order by months.month, kinds.kind
