-- One row per kind of place for culture, interest group and garden standing in $area at $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

thing as (
    select
        'culture_place' as family,
        culture_place.kind,
        culture_place.neighbourhood,
        culture_place.floor_area as size
    from culture_place
    where culture_place.opened_on <= $end::date
    union all
    select
        'interest_group' as family,
        interest_group.kind,
        interest_group.neighbourhood,
        interest_group.members as size
    from interest_group
    where interest_group.founded_on <= $end::date
    union all
    select
        'garden' as family,
        garden.kind,
        garden.neighbourhood,
        garden.green_area as size
    from garden
    where garden.finished_on <= $end::date
),

own as (
    select
        thing.family,
        thing.kind,
        thing.neighbourhood,
        thing.size
    from thing
    inner join inside on thing.neighbourhood = inside.code
),

family as (
    select
        own.family,
        count(distinct own.neighbourhood) as holding
    from own
    group by own.family
)

select
    own.family,
    own.kind,
    count(*) as places,
    count(distinct own.neighbourhood) as neighbourhoods,
    sum(own.size)::bigint as size,
    any_value(family.holding) as neighbourhoods_of_family
from own
inner join family on own.family = family.family
group by own.family, own.kind
order by own.family asc, places desc, own.kind asc
