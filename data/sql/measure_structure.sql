-- One row per measure of structure × area at its native grain × month.
with resident as (
    select
        population.neighbourhood as area,
        year_end.month,
        sum(population.people) as population,
        sum(case when population.age_band = '0-14' then population.people else 0 end) as population_0_14,
        sum(case when population.age_band in ('60-74', '75+') then population.people else 0 end) as population_60_plus
    from record_population as population
    inner join year_end on population.year = year_end.year
    group by population.neighbourhood, year_end.month
),

home as (
    select
        household.neighbourhood as area,
        year_end.month,
        household.households,
        household.household_population,
        household.collective_population
    from record_household as household
    inner join year_end on household.year = year_end.year
),

hood as (
    select
        area.code as area,
        year_end.month,
        area.area_km2,
        1 as neighbourhoods
    from area
    cross join year_end
    where area.level = 'neighbourhood'
),

community as (
    select
        area.code as area,
        year_end.month,
        1 as communities
    from area
    cross join year_end
    where area.level = 'community'
),

office as (
    select
        service_office.neighbourhood as area,
        calendar.month,
        count(*) as service_offices,
        sum(service_office.open_days_per_week) as office_open_days,
        1 as neighbourhoods_with_office
    from calendar
    inner join record_service_office as service_office on calendar.next_month > service_office.opened_on
    group by service_office.neighbourhood, calendar.month
),

-- Units whose polygon was delivered; the others are known, but not where they lie.
unit as (
    select
        three_in_one.community as area,
        last_month.month,
        count(*) as units,
        sum(case when three_in_one.coincides then 1 else 0 end) as units_coinciding
    from three_in_one
    cross join last_month
    where three_in_one.overlap is not null
    group by three_in_one.community, last_month.month
),

compared as (
    select community
    from three_in_one
    where overlap is not null
    group by community
    having count(distinct kind) = 2
),

shared as (
    select
        neighbourhood as area,
        max(case when kind = 'grid' then 1 else 0 end) as grid,
        max(case when kind = 'residents_group' then 1 else 0 end) as residents_group
    from three_in_one
    where coincides
    group by neighbourhood
),

one as (
    select
        area.code as area,
        last_month.month,
        1 as neighbourhoods_compared,
        coalesce(shared.grid, 0) as neighbourhoods_with_grid,
        coalesce(shared.residents_group, 0) as neighbourhoods_with_group,
        coalesce(shared.grid * shared.residents_group, 0) as neighbourhoods_three_in_one
    from area
    inner join compared on area.parent = compared.community
    cross join last_month
    left join shared on area.code = shared.area
    where area.level = 'neighbourhood'
),

body as (
    select
        structure.community as area,
        last_month.month,
        case
            when
                structure.party_committee and structure.residents_committee and structure.service_station
                and structure.management_office then 1
            else 0
        end as communities_complete,
        case when structure.service_window then 1 else 0 end as communities_with_window
    from record_community_structure as structure
    cross join last_month
),

unpivoted as (
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from resident
    unpivot (value for measure in (population, population_0_14, population_60_plus))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from home
    unpivot (value for measure in (households, household_population, collective_population))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from hood
    unpivot (value for measure in (area_km2, neighbourhoods))
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from community
    unpivot (value for measure in (communities))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from office
    unpivot (value for measure in (service_offices, office_open_days, neighbourhoods_with_office))
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from unit
    unpivot (value for measure in (units, units_coinciding))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from one
    unpivot (
        value for measure in (
            neighbourhoods_compared, neighbourhoods_with_grid, neighbourhoods_with_group, neighbourhoods_three_in_one
        )
    )
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from body
    unpivot (value for measure in (communities_complete, communities_with_window))
),

measure_structure as (
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

select * from measure_structure
