-- One row per neighbourhood with key Party-member households (a count) in $area; by code
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    party_household.neighbourhood,
    party_household.branch_id,
    party_household.households,
    branch.name as branch,
    branch.established_on,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from party_household
left join party_organisation as branch on party_household.branch_id = branch.organisation_id
inner join inside on party_household.neighbourhood = inside.code
left join area on inside.code = area.code
order by party_household.neighbourhood
limit $limit offset $offset
