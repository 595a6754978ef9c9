-- One row per measure of places, groups and values × neighbourhood × month.
with garden as (
    select finished.neighbourhood as area, calendar.month, count(*) as gardens, sum(finished.green_area) as green_area
    from calendar
    join record_garden as finished on finished.finished_on < calendar.next_month
    group by finished.neighbourhood, calendar.month
),

interest_group as (
    select founded.neighbourhood as area, calendar.month, count(*) as groups, sum(founded.members) as members
    from calendar
    join record_interest_group as founded on founded.founded_on < calendar.next_month
    group by founded.neighbourhood, calendar.month
),

culture_place as (
    select opened.neighbourhood as area, calendar.month, count(*) as places
    from calendar
    join record_culture_place as opened on opened.opened_on < calendar.next_month
    group by opened.neighbourhood, calendar.month
),

value_count as (
    select
        values_count.neighbourhood as area, year_end.month,
        case when values_count.covenant then 1 else 0 end as covenant,
        case when values_count.integrity_neighbourhood then 1 else 0 end as integrity, values_count.model_neighbours,
        values_count.stories
    from record_values_count as values_count
    join year_end on year_end.year = values_count.year
),

measure_values as (
    select 'gardens' as measure, 'stock' as behaviour, area, month, gardens as value from garden
    union all
    select 'garden_area', 'stock', area, month, green_area from garden
    union all
    select 'interest_groups', 'stock', area, month, groups from interest_group
    union all
    select 'interest_group_members', 'stock', area, month, members from interest_group
    union all
    select 'culture_places', 'stock', area, month, places from culture_place
    union all
    select 'neighbourhoods_with_culture_place', 'stock', area, month, 1 from culture_place
    union all
    select 'covenants', 'yearly', area, month, covenant from value_count
    union all
    select 'integrity_neighbourhoods', 'yearly', area, month, integrity from value_count
    union all
    select 'model_neighbours', 'yearly', area, month, model_neighbours from value_count
    union all
    select 'stories', 'yearly', area, month, stories from value_count
)

select
    measure, behaviour, 'neighbourhood' as grain_level, 'bureau' as reporter, area, month, cast(value as double) as value
from measure_values
