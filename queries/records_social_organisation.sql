-- One row per social organisation in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    social_organisation.organisation_id,
    social_organisation.name,
    social_organisation.scope,
    social_organisation.field,
    social_organisation.community,
    social_organisation.neighbourhood,
    social_organisation.founded_on,
    social_organisation.dissolved_on,
    coalesce(social_organisation.founded_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from social_organisation
inner join inside on coalesce(social_organisation.neighbourhood, social_organisation.community) = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or social_organisation.founded_on <= $end::date)
    and ($end::date is null or social_organisation.dissolved_on is null or social_organisation.dissolved_on > $end::date)
    and ($scope is null or list_contains($scope::varchar[], social_organisation.scope))
    and ($field is null or list_contains($field::varchar[], social_organisation.field))
order by social_organisation.founded_on desc nulls last, social_organisation.organisation_id asc
limit $limit offset $offset
