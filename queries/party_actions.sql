-- One row per year × action: the assist actions and cadres in $area in the years from $start to $end
select
    assist_action.year,
    assist_action.action,
    sum(assist_action.times)::bigint as times,
    sum(assist_action.cadres)::bigint as cadres
from assist_action
inner join descendant on assist_action.neighbourhood = descendant.code
where
    descendant.ancestor = $area
    and assist_action.year between year($start::date) and year($end::date)
group by all
order by assist_action.year, assist_action.action
