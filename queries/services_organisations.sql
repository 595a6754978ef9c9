-- One row per day (1 January 2013, then each year's end up to $end) × scope: social organisations on the register in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

given as (
    select unnest(generate_series(2012, year($end::date), 1)) as year
),

day as (
    select
        case
            when given.year = 2012 then date '2013-01-01'
            else least(make_date(given.year, 12, 31), $end::date)
        end as day
    from given
),

organisation as (
    select
        social_organisation.scope,
        social_organisation.founded_on,
        social_organisation.dissolved_on
    from social_organisation
    inner join inside on coalesce(social_organisation.neighbourhood, social_organisation.community) = inside.code
)

select
    day.day,
    organisation.scope,
    count(*) as organisations
from day
inner join organisation on day.day >= organisation.founded_on
where organisation.dissolved_on is null or organisation.dissolved_on > day.day
group by day.day, organisation.scope
order by day.day, organisation.scope
