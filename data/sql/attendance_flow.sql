-- One row per year × host community × home community.
with attended as (
    select
        year(event.held_on) as year, host.parent as host, home.parent as home, attendance.attendances
    from record_attendance as attendance
    join record_event as event on event.event_id = attendance.event_id
    join area as host on host.code = event.neighbourhood
    join area as home on home.code = attendance.home_neighbourhood
),

attendance_flow as (
    select year, host, home, cast(sum(attendances) as bigint) as attendances
    from attended
    group by year, host, home
)

select * from attendance_flow order by year, host, home
