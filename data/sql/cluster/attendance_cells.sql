-- One row per host subdistrict × month: rows of attendance and their sum; no subdistrict where the event is unknown.
with attendance_cells as (
    select
        event.subdistrict,
        event.month,
        count(*) as row_count,
        cast(sum(attendance.attendances) as bigint) as attendances
    from record_attendance as attendance
    left join wanted_event as event on attendance.event_id = event.event_id
    group by event.subdistrict, event.month
)

select * from attendance_cells
