-- One row per fund paid from inside $area in the years from $start to $end: what was set aside and what was spent
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

fund as (
    select
        fund.fund,
        fund.place
    from (
        values ('district_micro_projects', 1), ('subdistrict_micro_projects', 2), ('community_party_service', 3)
    ) as fund (fund, place)
)

select
    fund.fund,
    count(distinct budget.payer) as payers,
    count(distinct budget.year) as years,
    sum(budget.planned)::bigint as planned,
    sum(budget.spent)::bigint as spent
from fund
inner join budget on fund.fund = budget.fund
inner join inside on budget.payer = inside.code
where budget.year between year($start::date) and year($end::date)
group by fund.fund, fund.place
order by fund.place
