-- One row per area of $level in $area × post: in how many of its neighbourhoods the role or force is filled
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
    officer_post.post,
    count(*) as posts,
    count(*) filter (where officer_post.filled) as filled,
    sum(officer_post.members)::bigint as members
from officer_post
inner join descendant on officer_post.neighbourhood = descendant.code
inner join place on descendant.ancestor = place.code
group by all
order by place.code, officer_post.post
