-- One row per matter deliberated in $area, opened (or settled, if dated so) from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

dated as (
    select
        deliberation.*,
        case
            when list_contains($dated_by::varchar[], 'settled_on') then deliberation.settled_on
            else deliberation.opened_on
        end as dated_on
    from deliberation
)

select
    deliberation.matter_id,
    deliberation.form,
    deliberation.topic,
    deliberation.title,
    deliberation.neighbourhood,
    deliberation.opened_on,
    deliberation.settled_on,
    deliberation.parties,
    deliberation.outcome,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from dated as deliberation
inner join inside on deliberation.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or deliberation.dated_on >= $start::date)
    and ($end::date is null or deliberation.dated_on <= $end::date)
    and ($form is null or list_contains($form::varchar[], deliberation.form))
    and ($topic is null or list_contains($topic::varchar[], deliberation.topic))
    and ($outcome is null or list_contains($outcome::varchar[], deliberation.outcome))
order by deliberation.dated_on desc nulls last, deliberation.matter_id asc
limit $limit offset $offset
