-- One row per event, with the sum of its attendances (null where none was recorded).
with attended as (
    select
        event_id,
        cast(sum(attendances) as bigint) as attendances
    from record_attendance
    group by event_id
),

event_total as (
    select
        event.event_id,
        event.name,
        event.kind,
        event.brand,
        event.neighbourhood,
        event.held_on,
        event.recorded_on,
        event.place,
        attended.attendances
    from record_event as event
    left join attended on event.event_id = attended.event_id
)

select * from event_total
order by neighbourhood, held_on, event_id
