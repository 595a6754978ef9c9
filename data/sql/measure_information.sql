-- One row per measure of cases and posted staff × neighbourhood × month; a case counts in the month it was received.
with matter as (
    select
        neighbourhood as area, cast(date_trunc('month', received_at) as date) as month, count(*) as cases,
        count(dispatched_at) as dispatched, count(closed_at) as closed, count(repeat_of) as repeats,
        sum(case when dispatched_at is not null then date_diff('minute', received_at, dispatched_at) else 0 end) / 60.0
            as dispatch_hours,
        sum(case when closed_at is not null then date_diff('minute', received_at, closed_at) else 0 end) / 60.0
            as close_hours,
        sum(case when closed_at is not null and settled_within = 'neighbourhood' then 1 else 0 end) as in_neighbourhood,
        sum(case when closed_at is not null and settled_within = 'community' then 1 else 0 end) as in_community,
        sum(case when channel in ('full_time_informant', 'part_time_informant') then 1 else 0 end) as informant,
        sum(case when channel = 'hotline_12345' then 1 else 0 end) as hotline
    from record_case
    group by neighbourhood, cast(date_trunc('month', received_at) as date)
),

posted as (
    select
        posted_staff.neighbourhood as area, year_end.month, sum(posted_staff.staff) as staff,
        sum(case when posted_staff.agency = 'police' then posted_staff.staff else 0 end) as police
    from record_posted_staff as posted_staff
    join year_end on year_end.year = posted_staff.year
    group by posted_staff.neighbourhood, year_end.month
),

officer as (
    select
        worker_posting.neighbourhood as area, year_end.month, worker_posting.officer_share,
        worker_posting.part_time_informants
    from record_worker_posting as worker_posting
    join year_end on year_end.year = worker_posting.year
),

measure_information as (
    select 'cases' as measure, 'flow' as behaviour, area, month, cases as value from matter
    union all
    select 'cases_dispatched', 'flow', area, month, dispatched from matter
    union all
    select 'cases_closed', 'flow', area, month, closed from matter
    union all
    select 'cases_repeat', 'flow', area, month, repeats from matter
    union all
    select 'case_dispatch_hours', 'flow', area, month, dispatch_hours from matter
    union all
    select 'case_close_hours', 'flow', area, month, close_hours from matter
    union all
    select 'cases_settled_neighbourhood', 'flow', area, month, in_neighbourhood from matter
    union all
    select 'cases_settled_community', 'flow', area, month, in_community from matter
    union all
    select 'cases_informant', 'flow', area, month, informant from matter
    union all
    select 'cases_hotline', 'flow', area, month, hotline from matter
    union all
    select 'posted_staff', 'yearly', area, month, staff from posted
    union all
    select 'posted_police', 'yearly', area, month, police from posted
    union all
    select 'officer_share', 'yearly', area, month, officer_share from officer
    union all
    select 'part_time_informants', 'yearly', area, month, part_time_informants from officer
)

select
    measure, behaviour, 'neighbourhood' as grain_level, 'bureau' as reporter, area, month, cast(value as double) as value
from measure_information
