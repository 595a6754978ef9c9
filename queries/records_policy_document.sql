-- One row per guiding document of the district issued until $end; areas below the district have none; newest first
with
inside as (
    select area.code
    from area
    where area.code = $area and area.level = 'district'
)

select
    policy_document.document_id,
    policy_document.title,
    policy_document.theme,
    policy_document.issued_on,
    policy_document.issuer,
    coalesce(policy_document.issued_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from policy_document
cross join inside
left join area on inside.code = area.code
where
    ($end::date is null or policy_document.issued_on <= $end::date)
    and ($theme is null or list_contains($theme::varchar[], policy_document.theme))
    and ($issuer is null or list_contains($issuer::varchar[], policy_document.issuer))
order by policy_document.issued_on desc nulls last, policy_document.document_id asc
limit $limit offset $offset
