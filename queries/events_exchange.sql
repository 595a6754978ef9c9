-- One row per host × home area of $level, either of them in $area (null: elsewhere), in the years from $start to $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

shown as (
    select
        area.code,
        descendant.code as community
    from area
    inner join inside on area.code = inside.code
    inner join descendant on area.code = descendant.ancestor
    where area.level = $level and descendant.level = 'community'
)

select
    host.code as host,
    home.code as home,
    sum(attendance_flow.attendances)::bigint as attendances
from attendance_flow
left join shown as host on attendance_flow.host = host.community
left join shown as home on attendance_flow.home = home.community
where
    attendance_flow.year between year($start::date) and year($end::date)
    and (host.code is not null or home.code is not null)
group by host.code, home.code
order by host.code nulls last, home.code nulls last
