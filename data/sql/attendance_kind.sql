-- One row per host neighbourhood × month × event kind × brand, with its events and their attendances.
with attendance_kind as (
    select
        neighbourhood,
        cast(date_trunc('month', held_on) as date) as month,
        kind,
        brand,
        count(*) as events,
        cast(coalesce(sum(attendances), 0) as bigint) as attendances
    from event_total
    group by neighbourhood, cast(date_trunc('month', held_on) as date), kind, brand
)

select * from attendance_kind
order by neighbourhood, month, kind, brand
