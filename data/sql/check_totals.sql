-- One row per total that must come out of the build as it went in: its name, the records' total and the extracts'.
with recorded as (
    select
        (select sum(attendances) from attendance_cells) as attendances,
        (select count(*) from record_event) as events,
        (select count(*) from record_case) as cases,
        (select count(*) from record_service_project) as service_projects,
        (select sum(people) from record_population) as population
),

district as (
    select
        sum(case when measure.measure = 'attendances' then measure.value else 0 end) as attendances,
        sum(case when measure.measure = 'attendances_home' then measure.value else 0 end) as attendances_home,
        sum(case when measure.measure = 'events' then measure.value else 0 end) as events,
        sum(case when measure.measure = 'cases' then measure.value else 0 end) as cases,
        sum(case when measure.measure = 'service_projects' then measure.value else 0 end) as service_projects,
        sum(case when measure.measure = 'population' then measure.value else 0 end) as population
    from measure
    where measure.level = 'district'
),

rolled as (
    select
        (select sum(attendances) from event_total) as by_event,
        (select sum(attendances) from attendance_kind) as by_kind,
        (select sum(attendances) from attendance_age_sex) as by_age_sex,
        (select sum(attendances) from attendance_flow) as by_flow
),

-- Whatever is known of neighbourhoods adds up to the district: nothing is lost or counted twice on the way.
level_sum as (
    select
        measure,
        sum(case when level = 'district' then value else 0 end) as district,
        sum(case when level = 'neighbourhood' then value else 0 end) as neighbourhoods
    from measure
    where
        measure in (
            select native.measure from measure_native as native
            where native.grain_level = 'neighbourhood'
        )
    group by measure
),

check_totals as (
    select
        'attendances by event' as total,
        recorded.attendances as records,
        rolled.by_event as extracts
    from recorded
    cross join rolled
    union all
    select
        'attendances by kind' as total,
        recorded.attendances as records,
        rolled.by_kind as extracts
    from recorded
    cross join rolled
    union all
    select
        'attendances by age and sex' as total,
        recorded.attendances as records,
        rolled.by_age_sex as extracts
    from recorded
    cross join rolled
    union all
    select
        'attendances between communities' as total,
        recorded.attendances as records,
        rolled.by_flow as extracts
    from recorded
    cross join rolled
    union all
    select
        'attendances in the district' as total,
        recorded.attendances as records,
        district.attendances as extracts
    from recorded
    cross join district
    union all
    select
        'attendances of residents' as total,
        recorded.attendances as records,
        district.attendances_home as extracts
    from recorded
    cross join district
    union all
    select
        'events' as total,
        recorded.events as records,
        district.events as extracts
    from recorded
    cross join district
    union all
    select
        'cases' as total,
        recorded.cases as records,
        district.cases as extracts
    from recorded
    cross join district
    union all
    select
        'service projects' as total,
        recorded.service_projects as records,
        district.service_projects as extracts
    from recorded
    cross join district
    union all
    select
        'population' as total,
        recorded.population as records,
        district.population as extracts
    from recorded
    cross join district
    union all
    select
        concat('sum of neighbourhoods of ', measure) as total,
        district as records,
        neighbourhoods as extracts
    from level_sum
),

as_number as (
    select
        total,
        cast(coalesce(records, 0) as double) as records,
        cast(coalesce(extracts, 0) as double) as extracts
    from check_totals
)

select * from as_number
