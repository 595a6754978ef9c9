-- One row per host subdistrict × month, as attendance_cells, with a digest of its rows that no order changes.
with attendance_digests as (
    select
        event.subdistrict,
        event.month,
        count(*) as row_count,
        cast(sum(attendance.attendances) as bigint) as attendances,
        bit_xor(
            hash(
                attendance.event_id, attendance.home_neighbourhood, attendance.age_band, attendance.sex,
                attendance.first_time, attendance.attendances, event.host
            )
        ) as digest
    from record_attendance as attendance
    left join wanted_event as event on attendance.event_id = event.event_id
    group by event.subdistrict, event.month
)

select * from attendance_digests
