-- One row per measure of services × area at its native grain × month.
with team as (
    select service_team.neighbourhood as area, calendar.month, count(*) as teams, sum(service_team.members) as members
    from calendar
    join record_service_team as service_team on service_team.founded_on < calendar.next_month
    group by service_team.neighbourhood, calendar.month
),

reach as (
    select team_reach.neighbourhood as area, calendar.month, count(*) as reaches
    from record_team_reach as team_reach
    join record_service_team as service_team on service_team.team_id = team_reach.team_id
    join calendar on service_team.founded_on < calendar.next_month
    group by team_reach.neighbourhood, calendar.month
),

project as (
    select
        neighbourhood as area, cast(date_trunc('month', completed_on) as date) as month, count(*) as projects,
        sum(case when door_to_door then 1 else 0 end) as door_to_door, coalesce(sum(beneficiaries), 0) as beneficiaries
    from record_service_project
    group by neighbourhood, cast(date_trunc('month', completed_on) as date)
),

micro_month as (
    select
        neighbourhood as area, cast(date_trunc('month', started_on) as date) as month, count(*) as projects,
        -- Spending is held against the plans of those projects only that report it.
        sum(case when spent is not null then planned else 0 end) as planned, coalesce(sum(spent), 0) as spent
    from record_micro_project
    group by neighbourhood, cast(date_trunc('month', started_on) as date)
),

-- Every neighbourhood has a figure for every year delivered: one without a micro-project counts as zero.
micro_year as (
    select
        area.code as area, year_end.month,
        max(case when micro_project.project_id is not null then 1 else 0 end) as has_project
    from area
    cross join year_end
    left join record_micro_project as micro_project
        on micro_project.neighbourhood = area.code and year(micro_project.started_on) = year_end.year
    where area.level = 'neighbourhood' and year_end.year in (select calendar.year from calendar)
    group by area.code, year_end.month
),

fund as (
    select budget.fund, budget.payer as area, year_end.month, count(*) as payers, sum(budget.planned) as planned, sum(budget.spent) as spent
    from record_budget as budget
    join year_end on year_end.year = budget.year
    group by budget.fund, budget.payer, year_end.month
),

organisation as (
    select
        social_organisation.community as area, calendar.month, count(*) as organisations,
        sum(case when social_organisation.scope = 'community' then 1 else 0 end) as community_organisations
    from calendar
    join record_social_organisation as social_organisation on social_organisation.founded_on < calendar.next_month
    where social_organisation.dissolved_on is null or social_organisation.dissolved_on >= calendar.next_month
    group by social_organisation.community, calendar.month
),

venture as (
    select
        neighbourhood as area, cast(date_trunc('month', started_on) as date) as month, count(*) as projects,
        sum(funds) as funds, sum(beneficiaries) as beneficiaries
    from record_venture_project
    group by neighbourhood, cast(date_trunc('month', started_on) as date)
),

measure_services as (
    select 'service_teams' as measure, 'stock' as behaviour, 'neighbourhood' as grain_level, 'bureau' as reporter, area, month, teams as value from team
    union all
    select 'team_members', 'stock', 'neighbourhood', 'bureau', area, month, members from team
    union all
    select 'team_reaches', 'stock', 'neighbourhood', 'bureau', area, month, reaches from reach
    union all
    select 'service_projects', 'flow', 'neighbourhood', 'subdistrict_office', area, month, projects from project
    union all
    select 'service_projects_door', 'flow', 'neighbourhood', 'subdistrict_office', area, month, door_to_door from project
    union all
    select 'project_beneficiaries', 'flow', 'neighbourhood', 'subdistrict_office', area, month, beneficiaries from project
    union all
    select 'micro_projects', 'flow', 'neighbourhood', 'subdistrict_office', area, month, projects from micro_month
    union all
    select 'micro_planned', 'flow', 'neighbourhood', 'subdistrict_office', area, month, planned from micro_month
    union all
    select 'micro_spent', 'flow', 'neighbourhood', 'subdistrict_office', area, month, spent from micro_month
    union all
    select 'neighbourhoods_with_micro_project', 'yearly', 'neighbourhood', 'bureau', area, month, has_project from micro_year
    union all
    select 'district_budget_planned', 'yearly', 'district', 'bureau', area, month, planned from fund where fund = 'district_micro_projects'
    union all
    select 'district_budget_spent', 'yearly', 'district', 'bureau', area, month, spent from fund where fund = 'district_micro_projects'
    union all
    select 'subdistrict_budgets', 'yearly', 'subdistrict', 'bureau', area, month, payers from fund where fund = 'subdistrict_micro_projects'
    union all
    select 'subdistrict_budget_planned', 'yearly', 'subdistrict', 'bureau', area, month, planned from fund where fund = 'subdistrict_micro_projects'
    union all
    select 'subdistrict_budget_spent', 'yearly', 'subdistrict', 'bureau', area, month, spent from fund where fund = 'subdistrict_micro_projects'
    union all
    select 'community_budgets', 'yearly', 'community', 'bureau', area, month, payers from fund where fund = 'community_party_service'
    union all
    select 'community_budget_planned', 'yearly', 'community', 'bureau', area, month, planned from fund where fund = 'community_party_service'
    union all
    select 'community_budget_spent', 'yearly', 'community', 'bureau', area, month, spent from fund where fund = 'community_party_service'
    union all
    select 'social_organisations', 'stock', 'community', 'bureau', area, month, organisations from organisation
    union all
    select 'community_social_organisations', 'stock', 'community', 'bureau', area, month, community_organisations from organisation
    union all
    select 'venture_projects', 'flow', 'neighbourhood', 'bureau', area, month, projects from venture
    union all
    select 'venture_funds', 'flow', 'neighbourhood', 'bureau', area, month, funds from venture
    union all
    select 'venture_beneficiaries', 'flow', 'neighbourhood', 'bureau', area, month, beneficiaries from venture
)

select measure, behaviour, grain_level, reporter, area, month, cast(value as double) as value
from measure_services
