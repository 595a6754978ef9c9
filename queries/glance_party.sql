-- One row per question: the Party chain standing in $area at $end
with
inside as (
    select
        descendant.code,
        descendant.level
    from descendant
    where descendant.ancestor = $area
),

standing as (
    select party_organisation.*
    from party_organisation
    inner join inside on coalesce(party_organisation.neighbourhood, party_organisation.community) = inside.code
    where party_organisation.established_on <= $end::date
),

organisations as (
    select
        count(*) filter (where standing.kind = 'community_committee') as committees,
        count(*) filter (where standing.kind = 'neighbourhood_branch') as branches,
        count(*) filter (where standing.kind = 'stairwell_group') as groups,
        count(distinct standing.neighbourhood) filter (where standing.kind = 'neighbourhood_branch') as covered,
        coalesce(sum(standing.members) filter (where standing.kind = 'neighbourhood_branch'), 0) as members,
        count(*) filter (
            where standing.kind = 'neighbourhood_branch' and standing.established_on >= $start::date
        ) as established
    from standing
),

key_households as (
    select coalesce(sum(party_household.households), 0) as households
    from party_household
    inner join inside on party_household.neighbourhood = inside.code
),

fellows as (
    select
        count(*) filter (where inside.level = 'neighbourhood') as neighbourhoods,
        count(*) filter (where inside.level <> 'neighbourhood') > 0 as above_neighbourhood
    from inside
)

select
    case when fellows.above_neighbourhood then organisations.committees end as committees,
    organisations.branches,
    organisations.groups,
    key_households.households::bigint as households,
    fellows.neighbourhoods,
    organisations.covered,
    organisations.covered / nullif(fellows.neighbourhoods, 0) as coverage,
    organisations.members::bigint as members,
    organisations.established
from organisations
cross join key_households
cross join fellows
