-- One row per measure of structure × area at its native grain × month.
with resident as (
    select
        population.neighbourhood as area, year_end.month, sum(population.people) as people,
        sum(case when population.age_band = '0-14' then population.people else 0 end) as children,
        sum(case when population.age_band in ('60-74', '75+') then population.people else 0 end) as elderly
    from record_population as population
    join year_end on year_end.year = population.year
    group by population.neighbourhood, year_end.month
),

home as (
    select
        household.neighbourhood as area, year_end.month, household.households, household.household_population,
        household.collective_population
    from record_household as household
    join year_end on year_end.year = household.year
),

place as (
    select
        area.code as area, area.level, year_end.month, area.area_km2
    from area
    cross join year_end
    where area.level in ('neighbourhood', 'community')
),

office as (
    select
        service_office.neighbourhood as area, calendar.month, count(*) as offices,
        sum(service_office.open_days_per_week) as open_days
    from calendar
    join record_service_office as service_office on service_office.opened_on < calendar.next_month
    group by service_office.neighbourhood, calendar.month
),

unit as (
    select
        three_in_one.community as area, last_month.month, count(*) as units, count(three_in_one.coincides_with) as coinciding
    from record_three_in_one as three_in_one
    cross join last_month
    group by three_in_one.community, last_month.month
),

body as (
    select
        structure.community as area, last_month.month,
        case
            when structure.party_committee and structure.residents_committee and structure.service_station
                and structure.management_office then 1
            else 0
        end as complete,
        case when structure.service_window then 1 else 0 end as service_window
    from record_community_structure as structure
    cross join last_month
),

measure_structure as (
    select 'population' as measure, 'yearly' as behaviour, 'neighbourhood' as grain_level, area, month, people as value from resident
    union all
    select 'population_0_14', 'yearly', 'neighbourhood', area, month, children from resident
    union all
    select 'population_60_plus', 'yearly', 'neighbourhood', area, month, elderly from resident
    union all
    select 'households', 'yearly', 'neighbourhood', area, month, households from home
    union all
    select 'household_population', 'yearly', 'neighbourhood', area, month, household_population from home
    union all
    select 'collective_population', 'yearly', 'neighbourhood', area, month, collective_population from home
    union all
    select 'area_km2', 'yearly', 'neighbourhood', area, month, area_km2 from place where level = 'neighbourhood'
    union all
    select 'neighbourhoods', 'yearly', 'neighbourhood', area, month, 1 from place where level = 'neighbourhood'
    union all
    select 'communities', 'yearly', 'community', area, month, 1 from place where level = 'community'
    union all
    select 'service_offices', 'stock', 'neighbourhood', area, month, offices from office
    union all
    select 'office_open_days', 'stock', 'neighbourhood', area, month, open_days from office
    union all
    select 'neighbourhoods_with_office', 'stock', 'neighbourhood', area, month, 1 from office
    union all
    select 'units', 'yearly', 'community', area, month, units from unit
    union all
    select 'units_coinciding', 'yearly', 'community', area, month, coinciding from unit
    union all
    select 'communities_complete', 'yearly', 'community', area, month, complete from body
    union all
    select 'communities_with_window', 'yearly', 'community', area, month, service_window from body
)

select measure, behaviour, grain_level, 'bureau' as reporter, area, month, cast(value as double) as value
from measure_structure
