-- One row per year × host × home community: attendances, before small counts are withheld
select
    attendance_flow.year,
    attendance_flow.host,
    attendance_flow.home,
    sum(attendance_flow.attendances)::bigint as counted
from attendance_flow
group by attendance_flow.year, attendance_flow.host, attendance_flow.home
order by attendance_flow.year, attendance_flow.host, attendance_flow.home
