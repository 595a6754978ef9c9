-- One row per home community × year × age band × sex × first time.
with attended as (
    select
        home.parent as community,
        year(event.held_on) as year,
        attendance.age_band,
        attendance.sex,
        attendance.first_time,
        attendance.attendances
    from record_attendance as attendance
    inner join record_event as event on attendance.event_id = event.event_id
    inner join area as home on attendance.home_neighbourhood = home.code
),

attendance_age_sex as (
    select
        community,
        year,
        age_band,
        sex,
        first_time,
        cast(sum(attendances) as bigint) as attendances
    from attended
    group by community, year, age_band, sex, first_time
)

select * from attendance_age_sex
order by year, community, age_band, sex, first_time
