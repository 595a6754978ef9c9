-- One row per neighbourhood with its harmony council in $area, as it stands at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    harmony_council.neighbourhood,
    harmony_council.established_on,
    harmony_council.elected_on,
    harmony_council.term_ends_on,
    harmony_council.charter,
    harmony_council.chair_seats,
    harmony_council.chair_filled,
    harmony_council.council_seats,
    harmony_council.council_filled,
    harmony_council.stairwell_seats,
    harmony_council.stairwell_filled,
    harmony_council.officer_in_post,
    coalesce(harmony_council.established_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from harmony_council
inner join inside on harmony_council.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or harmony_council.established_on is null or harmony_council.established_on <= $end::date)
    and ($charter is null or list_contains($charter::varchar[], harmony_council.charter::varchar))
    and ($officer_in_post is null or list_contains($officer_in_post::varchar[], harmony_council.officer_in_post::varchar))
order by harmony_council.established_on desc nulls last, harmony_council.neighbourhood asc
limit $limit offset $offset
