-- One row per measure of attendances × area × month: attendances, before small counts are withheld
select
    measure.measure,
    measure.level,
    measure.code as area,
    measure.month,
    measure.value::bigint as counted
from measure
where
    measure.measure in (
        'attendances', 'attendances_home', 'attendances_first_time', 'attendances_60_plus', 'attendances_visiting'
    )
order by measure.measure, measure.level, measure.code, measure.month
