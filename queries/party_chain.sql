-- One row per area of $level in $area: the Party chain standing in it at $end
with
place as (
    select
        area.code,
        area.parent,
        area.name_zh,
        area.name_en,
        area.communities,
        area.neighbourhoods
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
),

organisation as (
    select
        place.code,
        count(*) filter (where party_organisation.kind = 'community_committee') as committees,
        count(distinct party_organisation.community)
            filter (where party_organisation.kind = 'community_committee') as with_committee,
        count(*) filter (where party_organisation.kind = 'neighbourhood_branch') as branches,
        count(distinct party_organisation.neighbourhood)
            filter (where party_organisation.kind = 'neighbourhood_branch') as with_branch,
        count(*) filter (where party_organisation.kind = 'stairwell_group') as groups,
        count(distinct party_organisation.neighbourhood)
            filter (where party_organisation.kind = 'stairwell_group') as with_group,
        sum(party_organisation.members) filter (where party_organisation.kind = 'neighbourhood_branch') as members
    from party_organisation
    inner join descendant
        on coalesce(party_organisation.neighbourhood, party_organisation.community) = descendant.code
    inner join place on descendant.ancestor = place.code
    where party_organisation.established_on <= $end::date
    group by place.code
),

key_household as (
    select
        place.code,
        sum(party_household.households) as households,
        count(*) filter (where party_household.households > 0) as with_households
    from party_household
    inner join descendant on party_household.neighbourhood = descendant.code
    inner join place on descendant.ancestor = place.code
    group by place.code
)

select
    place.code,
    place.parent,
    place.name_zh,
    place.name_en,
    place.communities,
    place.neighbourhoods,
    coalesce(organisation.committees, 0) as committees,
    coalesce(organisation.with_committee, 0) as with_committee,
    coalesce(organisation.branches, 0) as branches,
    coalesce(organisation.with_branch, 0) as with_branch,
    coalesce(organisation.groups, 0) as groups,
    coalesce(organisation.with_group, 0) as with_group,
    coalesce(key_household.households, 0)::bigint as households,
    coalesce(key_household.with_households, 0) as with_households,
    coalesce(organisation.members, 0)::bigint as members
from place
left join organisation on place.code = organisation.code
left join key_household on place.code = key_household.code
order by place.code
