-- One row per measure of the workforce × community × year's end.
with staff as (
    select
        staffing.community as area,
        year_end.month,
        staffing.dimension,
        staffing.category,
        staffing.workers
    from record_staffing as staffing
    inner join year_end on staffing.year = year_end.year
),

named as (
    select
        area,
        month,
        workers,
        case
            when dimension = 'total' then 'workers'
            when dimension = 'age_sum' then 'worker_age_sum'
            when dimension = 'age_band' and category in ('<=30', '31-45') then 'workers_45'
            when dimension = 'party' and category = 'yes' then 'workers_party'
            when dimension = 'certificate' and category = 'yes' then 'workers_certified'
            when dimension = 'examination' and category = 'yes' then 'workers_exam'
            when dimension = 'posting' and category = 'neighbourhood' then 'workers_posted'
            when dimension = 'veteran' and category = 'yes' then 'workers_veteran'
            when dimension = 'promoted' and category = 'yes' then 'workers_promoted'
            when dimension = 'tenure' and category = '10+' then 'workers_tenure_10'
        end as measure
    from staff
),

-- A bachelor's degree counts both for itself and as college education or above.
educated as (
    select
        area,
        month,
        case when category in ('college', 'bachelor', 'master') then workers else 0 end as college,
        case when category = 'bachelor' then workers else 0 end as bachelor
    from staff
    where dimension = 'education'
),

together as (
    select
        measure,
        area,
        month,
        workers as value
    from named
    where measure is not null
    union all
    select
        'workers_college' as measure,
        area,
        month,
        college as value
    from educated
    union all
    select
        'workers_bachelor' as measure,
        area,
        month,
        bachelor as value
    from educated
),

measure_workforce as (
    select
        measure,
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        area,
        month,
        cast(sum(value) as double) as value
    from together
    group by measure, area, month
)

select * from measure_workforce
