-- One row per year × host community × home community.
with attended as (
    select
        year(event.held_on) as year,
        host.parent as host,
        home.parent as home,
        attendance.attendances
    from record_attendance as attendance
    inner join record_event as event on attendance.event_id = event.event_id
    inner join area as host on event.neighbourhood = host.code
    inner join area as home on attendance.home_neighbourhood = home.code
),

attendance_flow as (
    select
        year,
        host,
        home,
        cast(sum(attendances) as bigint) as attendances
    from attended
    group by year, host, home
)

select * from attendance_flow
order by year, host, home
