-- One row per host neighbourhood × home neighbourhood × month of the wanted events: their attendances, those of people
-- who came for the first time, and those of people of 60 and more.
with attendance_home as (
    select
        event.subdistrict,
        event.host,
        attendance.home_neighbourhood as home,
        event.month,
        cast(sum(attendance.attendances) as bigint) as attendances,
        cast(sum(case when attendance.first_time then attendance.attendances else 0 end) as bigint) as first_time,
        cast(
            sum(case when attendance.age_band in ('60-74', '75+') then attendance.attendances else 0 end) as bigint
        ) as elderly
    from record_attendance as attendance
    inner join wanted_event as event on attendance.event_id = event.event_id
    group by event.subdistrict, event.host, attendance.home_neighbourhood, event.month
)

select * from attendance_home
