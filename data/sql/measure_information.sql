-- One row per measure of cases and posted staff × neighbourhood × month; a case counts in the month it was received.
with matter as (
    select
        neighbourhood as area,
        cast(date_trunc('month', received_at) as date) as month,
        count(*) as cases,
        count(dispatched_at) as cases_dispatched,
        count(closed_at) as cases_closed,
        count(repeat_of) as cases_repeat,
        sum(case when dispatched_at is not null then date_diff('minute', received_at, dispatched_at) else 0 end) / 60.0
            as case_dispatch_hours,
        sum(case when closed_at is not null then date_diff('minute', received_at, closed_at) else 0 end) / 60.0
            as case_close_hours,
        sum(case when closed_at is not null and settled_within = 'neighbourhood' then 1 else 0 end)
            as cases_settled_neighbourhood,
        sum(case when closed_at is not null and settled_within = 'community' then 1 else 0 end)
            as cases_settled_community,
        sum(case when channel in ('full_time_informant', 'part_time_informant') then 1 else 0 end) as cases_informant,
        sum(case when channel = 'hotline_12345' then 1 else 0 end) as cases_hotline
    from record_case
    group by neighbourhood, cast(date_trunc('month', received_at) as date)
),

posted as (
    select
        posted_staff.neighbourhood as area,
        year_end.month,
        sum(posted_staff.staff) as posted_staff,
        sum(case when posted_staff.agency = 'police' then posted_staff.staff else 0 end) as posted_police
    from record_posted_staff as posted_staff
    inner join year_end on posted_staff.year = year_end.year
    group by posted_staff.neighbourhood, year_end.month
),

officer as (
    select
        worker_posting.neighbourhood as area,
        year_end.month,
        worker_posting.officer_share,
        worker_posting.part_time_informants
    from record_worker_posting as worker_posting
    inner join year_end on worker_posting.year = year_end.year
),

unpivoted as (
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from matter
    unpivot (
        value for measure in (
            cases, cases_dispatched, cases_closed, cases_repeat, case_dispatch_hours, case_close_hours,
            cases_settled_neighbourhood, cases_settled_community, cases_informant, cases_hotline
        )
    )
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from posted
    unpivot (value for measure in (posted_staff, posted_police))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from officer
    unpivot (value for measure in (officer_share, part_time_informants))
),

measure_information as (
    select
        measure,
        behaviour,
        grain_level,
        delivery,
        area,
        month,
        cast(value as double) as value
    from unpivoted
)

select * from measure_information
