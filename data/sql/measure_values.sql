-- One row per measure of places, groups and values × neighbourhood × month.
with garden as (
    select
        finished.neighbourhood as area,
        calendar.month,
        count(*) as gardens,
        sum(finished.green_area) as garden_area
    from calendar
    inner join record_garden as finished on calendar.next_month > finished.finished_on
    group by finished.neighbourhood, calendar.month
),

interest_group as (
    select
        founded.neighbourhood as area,
        calendar.month,
        count(*) as interest_groups,
        sum(founded.members) as interest_group_members
    from calendar
    inner join record_interest_group as founded on calendar.next_month > founded.founded_on
    group by founded.neighbourhood, calendar.month
),

culture_place as (
    select
        opened.neighbourhood as area,
        calendar.month,
        count(*) as culture_places,
        1 as neighbourhoods_with_culture_place
    from calendar
    inner join record_culture_place as opened on calendar.next_month > opened.opened_on
    group by opened.neighbourhood, calendar.month
),

value_count as (
    select
        values_count.neighbourhood as area,
        year_end.month,
        case when values_count.covenant then 1 else 0 end as covenants,
        case when values_count.integrity_neighbourhood then 1 else 0 end as integrity_neighbourhoods,
        values_count.model_neighbours,
        values_count.stories
    from record_values_count as values_count
    inner join year_end on values_count.year = year_end.year
),

unpivoted as (
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from garden
    unpivot (value for measure in (gardens, garden_area))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from interest_group
    unpivot (value for measure in (interest_groups, interest_group_members))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from culture_place
    unpivot (value for measure in (culture_places, neighbourhoods_with_culture_place))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from value_count
    unpivot (value for measure in (covenants, integrity_neighbourhoods, model_neighbours, stories))
),

measure_values as (
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

select * from measure_values
