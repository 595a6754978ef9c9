-- One row per form × topic × outcome: the matters opened in $area from $start to $end
select
    deliberation.form,
    deliberation.topic,
    deliberation.outcome,
    count(*) as matters,
    sum(deliberation.parties)::bigint as parties
from deliberation
inner join descendant on deliberation.neighbourhood = descendant.code
where
    descendant.ancestor = $area
    and deliberation.opened_on between $start::date and $end::date
group by all
order by deliberation.form, deliberation.topic, deliberation.outcome
