-- One row per measure of services × area at its native grain × month.
with team as (
    select
        service_team.neighbourhood as area,
        calendar.month,
        count(*) as service_teams,
        sum(service_team.members) as team_members
    from calendar
    inner join record_service_team as service_team on calendar.next_month > service_team.founded_on
    group by service_team.neighbourhood, calendar.month
),

reach as (
    select
        team_reach.neighbourhood as area,
        calendar.month,
        count(*) as team_reaches
    from record_team_reach as team_reach
    inner join record_service_team as service_team on team_reach.team_id = service_team.team_id
    inner join calendar on service_team.founded_on < calendar.next_month
    group by team_reach.neighbourhood, calendar.month
),

project as (
    select
        neighbourhood as area,
        cast(date_trunc('month', completed_on) as date) as month,
        count(*) as service_projects,
        sum(case when door_to_door then 1 else 0 end) as service_projects_door,
        coalesce(sum(beneficiaries), 0) as project_beneficiaries
    from record_service_project
    group by neighbourhood, cast(date_trunc('month', completed_on) as date)
),

micro_month as (
    select
        neighbourhood as area,
        cast(date_trunc('month', started_on) as date) as month,
        count(*) as micro_projects,
        -- Spending is held against the plans of those projects only that report it.
        sum(case when spent is not null then planned else 0 end) as micro_planned,
        coalesce(sum(spent), 0) as micro_spent
    from record_micro_project
    group by neighbourhood, cast(date_trunc('month', started_on) as date)
),

-- Every neighbourhood has a figure for every year delivered: one without a micro-project counts as zero.
micro_year as (
    select
        area.code as area,
        year_end.month,
        max(case when micro_project.project_id is not null then 1 else 0 end) as neighbourhoods_with_micro_project
    from area
    cross join year_end
    left join record_micro_project as micro_project
        on area.code = micro_project.neighbourhood and year(micro_project.started_on) = year_end.year
    where area.level = 'neighbourhood' and year_end.year in (select calendar.year from calendar)
    group by area.code, year_end.month
),

fund as (
    select
        budget.fund,
        budget.payer as area,
        year_end.month,
        count(*) as payers,
        sum(budget.planned) as planned,
        sum(budget.spent) as spent
    from record_budget as budget
    inner join year_end on budget.year = year_end.year
    group by budget.fund, budget.payer, year_end.month
),

organisation as (
    select
        social_organisation.community as area,
        calendar.month,
        count(*) as social_organisations,
        sum(case when social_organisation.scope = 'community' then 1 else 0 end) as community_social_organisations
    from calendar
    inner join record_social_organisation as social_organisation on calendar.next_month > social_organisation.founded_on
    where social_organisation.dissolved_on is null or social_organisation.dissolved_on >= calendar.next_month
    group by social_organisation.community, calendar.month
),

venture as (
    select
        neighbourhood as area,
        cast(date_trunc('month', started_on) as date) as month,
        count(*) as venture_projects,
        sum(funds) as venture_funds,
        sum(beneficiaries) as venture_beneficiaries
    from record_venture_project
    group by neighbourhood, cast(date_trunc('month', started_on) as date)
),

unpivoted as (
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from team
    unpivot (value for measure in (service_teams, team_members))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from reach
    unpivot (value for measure in (team_reaches))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'monthly' as delivery,
        measure,
        area,
        month,
        value
    from project
    unpivot (value for measure in (service_projects, service_projects_door, project_beneficiaries))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from micro_month
    unpivot (value for measure in (micro_projects, micro_planned, micro_spent))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from micro_year
    unpivot (value for measure in (neighbourhoods_with_micro_project))
    union all
    select
        'yearly' as behaviour,
        'district' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from fund
    unpivot (value for measure in (planned as district_budget_planned, spent as district_budget_spent))
    where fund = 'district_micro_projects'
    union all
    select
        'yearly' as behaviour,
        'subdistrict' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from fund
    unpivot (
        value for measure in (
            payers as subdistrict_budgets, planned as subdistrict_budget_planned, spent as subdistrict_budget_spent
        )
    )
    where fund = 'subdistrict_micro_projects'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from fund
    unpivot (
        value for measure in (
            payers as community_budgets, planned as community_budget_planned, spent as community_budget_spent
        )
    )
    where fund = 'community_party_service'
    union all
    select
        'stock' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from organisation
    unpivot (value for measure in (social_organisations, community_social_organisations))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from venture
    unpivot (value for measure in (venture_projects, venture_funds, venture_beneficiaries))
),

measure_services as (
    select
        measure,
        behaviour,
        grain_level,
        delivery,
        area,
        month,
        cast(value as double) as value
    from unpivoted
)

select * from measure_services
