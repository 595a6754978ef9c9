-- One row per total that must come out of the build as it went in: its name, the records' total and the extracts'.
with district as (
    select code from area where level = 'district'
),

base as (
    select measure, sum(value) as value
    from measure
    where code in (select district.code from district)
    group by measure
),

neighbourhood as (
    select measure, sum(value) as value
    from measure
    where level = 'neighbourhood'
    group by measure
),

check_totals as (
    select
        'attendances of events' as total, (select sum(attendances) from record_attendance) as records,
        (select sum(attendances) from event_total) as extracts
    union all
    select
        'attendances by kind', (select sum(attendances) from record_attendance),
        (select sum(attendances) from attendance_kind)
    union all
    select
        'attendances by age and sex', (select sum(attendances) from record_attendance),
        (select sum(attendances) from attendance_age_sex)
    union all
    select
        'attendances between communities', (select sum(attendances) from record_attendance),
        (select sum(attendances) from attendance_flow)
    union all
    select
        'attendances of the district', (select sum(attendances) from record_attendance),
        (select value from base where measure = 'attendances')
    union all
    select
        'attendances of residents', (select sum(attendances) from record_attendance),
        (select value from base where measure = 'attendances_home')
    union all
    select 'events', (select count(*) from record_event), (select value from base where measure = 'events')
    union all
    select 'cases', (select count(*) from record_case), (select value from base where measure = 'cases')
    union all
    select
        'service projects', (select count(*) from record_service_project),
        (select value from base where measure = 'service_projects')
    union all
    select 'population', (select sum(people) from record_population), (select value from base where measure = 'population')
    union all
    select 'measure ' || base.measure || ' over all neighbourhoods', base.value, neighbourhood.value
    from base
    join neighbourhood on neighbourhood.measure = base.measure
)

select total, cast(coalesce(records, 0) as double) as records, cast(coalesce(extracts, 0) as double) as extracts
from check_totals
