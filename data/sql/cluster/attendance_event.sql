-- One row per wanted event with attendance: the sum of its attendances.
with attendance_event as (
    select
        attendance.event_id,
        event.subdistrict,
        event.month,
        cast(sum(attendance.attendances) as bigint) as attendances
    from record_attendance as attendance
    inner join wanted_event as event on attendance.event_id = event.event_id
    group by attendance.event_id, event.subdistrict, event.month
)

select * from attendance_event
