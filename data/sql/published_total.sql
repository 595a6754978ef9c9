-- One row per published total: its id and what the records come to over its own period (null where they hold nothing).
with report_month as (
    -- The report was written at the end of 2020: later months change nothing about it. What is not known for then
    -- (younger records, figures of the present only) is held against it as of the last month.
    select coalesce(max(case when month <= date '2020-12-01' then month end), max(month)) as month
    from calendar
),

now as (
    select
        measure.measure,
        arg_min(measure.value, measure.month) as value
    from measure
    cross join report_month
    cross join last_month
    where measure.level = 'district' and measure.month in (report_month.month, last_month.month)
    group by measure.measure
),

-- The report's "a year" and "2019" are the last full year before it that the epidemic did not touch.
year_2019 as (
    select
        measure,
        sum(value) as value
    from measure
    where level = 'district' and year(month) = 2019
    group by measure
),

level_count as (
    select
        sum(case when level = 'district' then area_km2 else 0 end) as area,
        sum(case when level = 'subdistrict' then 1 else 0 end) as subdistricts,
        sum(case when level = 'zone' then 1 else 0 end) as development_zones,
        sum(case when level = 'community' then 1 else 0 end) as communities,
        sum(case when level = 'neighbourhood' then 1 else 0 end) as neighbourhoods
    from area
),

-- Neighbourhood self-management is taken to have begun with 2013.
organisation as (
    select
        sum(case when dissolved_on is null then 1 else 0 end) as social_orgs,
        sum(case when dissolved_on is null and scope = 'community' then 1 else 0 end) as community_social_orgs,
        sum(
            case
                when founded_on >= date '2013-01-01' then 0
                when dissolved_on < date '2013-01-01' then 0
                else 1
            end
        ) as all_at_start,
        sum(
            case
                when founded_on >= date '2013-01-01' or scope <> 'community' then 0
                when dissolved_on < date '2013-01-01' then 0
                else 1
            end
        ) as community_at_start
    from record_social_organisation
),

growth as (
    select
        cast(social_orgs as double) / nullif(all_at_start, 0) - 1 as social_orgs_growth,
        cast(community_social_orgs as double) / nullif(community_at_start, 0) - 1 as community_social_orgs_growth
    from organisation
),

venture as (
    select
        sum(funds) as venture_funds,
        count(*) as venture_projects,
        sum(beneficiaries) as venture_beneficiaries
    from record_venture_project
),

sky_garden as (
    select
        count(*) as sky_gardens,
        sum(garden.green_area) as sky_garden_area
    from record_garden as garden
    inner join area on garden.neighbourhood = area.code
    inner join area as community on area.parent = community.code
    where garden.kind = 'sky_garden' and community.name_zh = '跃龙社区'
),

deliberated as (
    select
        sum(case when deliberation.form = 'deliberation' and area.name_zh = '天勤' then 1 else 0 end)
            as deliberations_tianqin,
        sum(case when deliberation.form = 'residents_review' and deliberation.outcome = 'solved' then 1 else 0 end)
            as reviews_resolved
    from record_deliberation as deliberation
    inner join area on deliberation.neighbourhood = area.code
),

document as (
    select count(*) as policy_documents from record_policy_document
),

counted as (
    select
        cast(level_count.area as double) as area,
        cast(level_count.subdistricts as double) as subdistricts,
        cast(level_count.development_zones as double) as development_zones,
        cast(level_count.communities as double) as communities,
        cast(level_count.neighbourhoods as double) as neighbourhoods,
        cast(organisation.social_orgs as double) as social_orgs,
        cast(organisation.community_social_orgs as double) as community_social_orgs,
        growth.social_orgs_growth,
        growth.community_social_orgs_growth,
        cast(venture.venture_funds as double) as venture_funds,
        cast(venture.venture_projects as double) as venture_projects,
        cast(venture.venture_beneficiaries as double) as venture_beneficiaries,
        cast(sky_garden.sky_gardens as double) as sky_gardens,
        cast(sky_garden.sky_garden_area as double) as sky_garden_area,
        cast(deliberated.deliberations_tianqin as double) as deliberations_tianqin,
        cast(deliberated.reviews_resolved as double) as reviews_resolved,
        cast(document.policy_documents as double) as policy_documents
    from level_count
    cross join organisation
    cross join growth
    cross join venture
    cross join sky_garden
    cross join deliberated
    cross join document
),

standing as (
    select
        value,
        case measure
            when 'population' then 'population'
            when 'service_offices' then 'service_offices'
            when 'legal_stations' then 'legal_stations'
            when 'party_committees' then 'community_party_committees'
            when 'party_branches' then 'neighbourhood_party_branches'
            when 'stairwell_groups' then 'corridor_party_groups'
            when 'key_households' then 'party_member_households'
            when 'service_teams' then 'service_teams'
            when 'gardens' then 'gardens'
            when 'interest_groups' then 'interest_groups'
            when 'workers' then 'workers'
            when 'workers_exam' then 'worker_exam'
            when 'workers_promoted' then 'promoted_workers'
        end as id
    from now
),

yearly as (
    select
        value,
        case measure
            when 'service_projects' then 'service_projects'
            when 'events' then 'events'
            when 'attendances' then 'participations'
            when 'cadre_volunteers' then 'cadre_volunteers'
        end as id
    from year_2019
),

share as (
    select
        top.value / nullif(base.value, 0) as value,
        case concat(top.measure, ' / ', base.measure)
            when 'workers_posted / workers' then 'workers_in_neighbourhoods'
            when 'neighbourhoods_with_lawyer / neighbourhoods' then 'lawyer_points'
            when 'workers_certified / workers' then 'certified_share'
            when 'approval_yes / approval_responses' then 'approval'
            when 'standardisation_yes / standardisation_responses' then 'standardisation_approval'
            when 'satisfaction_yes / satisfaction_responses' then 'satisfaction'
            when 'worker_age_sum / workers' then 'worker_mean_age'
            when 'workers_45 / workers' then 'worker_under_45'
            when 'workers_college / workers' then 'worker_college'
            when 'workers_bachelor / workers' then 'worker_bachelor'
            when 'workers_party / workers' then 'worker_party'
        end as id
    from now as top
    cross join now as base
),

published_total as (
    select
        id,
        ours
    from counted
    unpivot include nulls (
        ours for id in (
            area, subdistricts, development_zones, communities, neighbourhoods, social_orgs, community_social_orgs,
            social_orgs_growth, community_social_orgs_growth, venture_funds, venture_projects, venture_beneficiaries,
            sky_gardens, sky_garden_area, deliberations_tianqin, reviews_resolved, policy_documents
        )
    )
    union all
    select
        id,
        value as ours
    from standing
    where id is not null
    union all
    select
        id,
        value as ours
    from yearly
    where id is not null
    union all
    select
        id,
        value as ours
    from share
    where id is not null
)

select * from published_total
