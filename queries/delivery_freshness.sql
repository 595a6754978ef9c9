-- One row per table that offices deliver month by month × subdistrict: its first and last date, months with rows, rows
with
place as (
    select
        descendant.code,
        left(descendant.code, 9) as subdistrict
    from descendant
    where descendant.ancestor = $area and descendant.level = 'neighbourhood'
),

dated as (
    select
        'event_total' as table_name,
        event_total.neighbourhood,
        event_total.held_on as dated_on
    from event_total
    union all
    select
        'service_project' as table_name,
        service_project.neighbourhood,
        service_project.completed_on as dated_on
    from service_project
    union all
    select
        'case' as table_name,
        matter.neighbourhood,
        matter.received_at::date as dated_on
    from "case" as matter
    union all
    select
        'deliberation' as table_name,
        deliberation.neighbourhood,
        deliberation.opened_on as dated_on
    from deliberation
    union all
    select
        'volunteering' as table_name,
        volunteering.neighbourhood,
        volunteering.month as dated_on
    from volunteering
)

select
    dated.table_name,
    place.subdistrict,
    min(dated.dated_on) as first_date,
    max(dated.dated_on) as last_date,
    count(distinct date_trunc('month', dated.dated_on)) as month_count,
    count(*) as row_count
from dated
inner join place on dated.neighbourhood = place.code
group by dated.table_name, place.subdistrict
order by dated.table_name, place.subdistrict
