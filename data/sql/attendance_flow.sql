-- One row per year × host community × home community.
with attended as (
    select
        year(attended.month) as year,
        host.parent as host,
        home.parent as home,
        attended.attendances
    from attendance_home as attended
    inner join area as host on attended.host = host.code
    inner join area as home on attended.home = home.code
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
