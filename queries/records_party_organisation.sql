-- One row per Party organisation in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    party_organisation.organisation_id,
    party_organisation.name,
    party_organisation.kind,
    party_organisation.parent_id,
    party_organisation.community,
    party_organisation.neighbourhood,
    party_organisation.established_on,
    party_organisation.members,
    coalesce(party_organisation.established_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from party_organisation
inner join inside on coalesce(party_organisation.neighbourhood, party_organisation.community) = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or party_organisation.established_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], party_organisation.kind))
order by party_organisation.established_on desc nulls last, party_organisation.organisation_id asc
limit $limit offset $offset
