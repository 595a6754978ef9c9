-- One row per neighbourhood with key Party-member households (a count) in $area, standing at $end; newest first
with
inside as (
    select descendant.code from descendant where descendant.ancestor = $area
)

select
    party_household.neighbourhood,
    party_household.branch_id,
    party_household.households,
    branch.name as branch,
    branch.established_on,
    coalesce(branch.established_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from party_household
join party_organisation as branch on branch.organisation_id = party_household.branch_id
join inside on inside.code = party_household.neighbourhood
left join area on area.code = inside.code
where
    ($end::date is null or branch.established_on <= $end::date)
order by branch.established_on desc nulls last, party_household.neighbourhood
limit $limit offset $offset
