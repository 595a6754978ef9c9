-- One row per area of $level in $area: its harmony councils, their terms and posts at $end
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
)

select
    place.code,
    place.name_zh,
    place.name_en,
    count(*) as neighbourhoods,
    count(*) filter (where council.stands) as councils,
    count(*) filter (where council.stands and council.elected_on <= $end::date) as elected,
    count(*) filter (where council.stands and council.charter) as charters,
    count(*) filter (where council.stands and council.term_ends_on > $end::date) as in_term,
    count(*) filter (where council.stands and council.officer_in_post) as officers,
    coalesce(sum(council.chair_seats) filter (where council.stands), 0)::bigint as chair_seats,
    coalesce(sum(council.chair_filled) filter (where council.stands), 0)::bigint as chair_filled,
    coalesce(sum(council.council_seats) filter (where council.stands), 0)::bigint as council_seats,
    coalesce(sum(council.council_filled) filter (where council.stands), 0)::bigint as council_filled,
    coalesce(sum(council.stairwell_seats) filter (where council.stands), 0)::bigint as stairwell_seats,
    coalesce(sum(council.stairwell_filled) filter (where council.stands), 0)::bigint as stairwell_filled
from (
    select
        harmony_council.*,
        coalesce(harmony_council.established_on <= $end::date, false) as stands
    from harmony_council
) as council
inner join descendant on council.neighbourhood = descendant.code
inner join place on descendant.ancestor = place.code
group by all
order by place.code
