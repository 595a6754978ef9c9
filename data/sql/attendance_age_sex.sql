-- One row per home community × year × age band × sex × first time.
with attended as (
    select
        home.parent as community, year(event.held_on) as year, attendance.age_band, attendance.sex,
        attendance.first_time, attendance.attendances
    from record_attendance as attendance
    join record_event as event on event.event_id = attendance.event_id
    join area as home on home.code = attendance.home_neighbourhood
),

attendance_age_sex as (
    select community, year, age_band, sex, first_time, cast(sum(attendances) as bigint) as attendances
    from attended
    group by community, year, age_band, sex, first_time
)

select * from attendance_age_sex order by year, community, age_band, sex, first_time
