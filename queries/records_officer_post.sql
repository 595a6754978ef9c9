-- One row per neighbourhood × officer role or force in $area; by code
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    officer_post.neighbourhood,
    officer_post.post,
    officer_post.filled,
    officer_post.members,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from officer_post
inner join inside on officer_post.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($post is null or list_contains($post::varchar[], officer_post.post))
    and ($filled is null or list_contains($filled::varchar[], officer_post.filled::varchar))
order by officer_post.neighbourhood, officer_post.post
limit $limit offset $offset
