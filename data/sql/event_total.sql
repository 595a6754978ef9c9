-- One row per event, with the sum of its attendances (null where none was recorded).
with event_total as (
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
    left join attendance_event as attended on event.event_id = attended.event_id
)

select * from event_total
order by neighbourhood, held_on, event_id
