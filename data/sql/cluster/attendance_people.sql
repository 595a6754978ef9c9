-- One row per host subdistrict × year × home community × age band × sex × first time, of all events of wanted years.
with attendance_people as (
    select
        event.subdistrict,
        event.year,
        substr(attendance.home_neighbourhood, 1, 12) as community,
        attendance.age_band,
        attendance.sex,
        attendance.first_time,
        cast(sum(attendance.attendances) as bigint) as attendances
    from record_attendance as attendance
    inner join wanted_year_event as event on attendance.event_id = event.event_id
    group by
        event.subdistrict, event.year, substr(attendance.home_neighbourhood, 1, 12), attendance.age_band,
        attendance.sex, attendance.first_time
)

select * from attendance_people
