-- One row per area of $level inside the area $code, by code
select area.*
from descendant
inner join area on descendant.code = area.code
where
    descendant.ancestor = $code
    and descendant.level = $level
    and descendant.code <> $code
order by area.code
