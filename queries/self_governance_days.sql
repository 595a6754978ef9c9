-- One row per form × span of days: the matters settled in $area from $start to $end, and the form's median and p90
with
settled as (
    select
        deliberation.form,
        deliberation.settled_on - deliberation.opened_on as days
    from deliberation
    inner join descendant on deliberation.neighbourhood = descendant.code
    where
        descendant.ancestor = $area
        and deliberation.settled_on between $start::date and $end::date
),

spanned as (
    select
        settled.form,
        case
            when settled.days <= 7 then 0
            when settled.days <= 14 then 8
            when settled.days <= 30 then 15
            when settled.days <= 60 then 31
            when settled.days <= 90 then 61
            else 91
        end as days_from,
        count(*) as matters
    from settled
    group by all
),

usual as (
    select
        settled.form,
        quantile_cont(settled.days, 0.5) as median_days,
        quantile_cont(settled.days, 0.9) as p90_days
    from settled
    group by settled.form
)

select
    spanned.form,
    spanned.days_from,
    spanned.matters,
    usual.median_days,
    usual.p90_days
from spanned
inner join usual on spanned.form = usual.form
order by spanned.form, spanned.days_from
