-- One row per area × area inside it from community up, the area itself included, with the parent of the inner one
select
    descendant.ancestor,
    above.level as ancestor_level,
    descendant.code,
    descendant.level,
    area.parent
from descendant
inner join area as above on descendant.ancestor = above.code
inner join area on descendant.code = area.code
order by descendant.ancestor, descendant.code
