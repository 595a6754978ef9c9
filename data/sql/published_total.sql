-- One row per published total: its id and what the records come to over its own period.
with district as (
    select * from area where level = 'district'
),

now as (
    select measure.measure, measure.value
    from measure
    join last_month on last_month.month = measure.month
    where measure.level = 'district'
),

-- The report's "a year" and 2019 are the last full year before it that the epidemic did not touch.
year_2019 as (
    select measure, sum(value) as value
    from measure
    where level = 'district' and year(month) = 2019
    group by measure
),

-- Neighbourhood self-management is taken to have begun with 2013.
at_start as (
    select count(*) as organisations, sum(case when scope = 'community' then 1 else 0 end) as community_organisations
    from record_social_organisation
    where founded_on < date '2013-01-01' and (dissolved_on is null or dissolved_on >= date '2013-01-01')
),

registered as (
    select count(*) as organisations, sum(case when scope = 'community' then 1 else 0 end) as community_organisations
    from record_social_organisation
    where dissolved_on is null
),

venture as (
    select sum(funds) as funds, count(*) as projects, sum(beneficiaries) as beneficiaries from record_venture_project
),

sky_garden as (
    select count(*) as gardens, sum(garden.green_area) as green_area
    from record_garden as garden
    join area on area.code = garden.neighbourhood
    join area as community on community.code = area.parent
    where garden.kind = 'sky_garden' and community.name_zh = '跃龙社区'
),

tianqin as (
    select count(*) as matters
    from record_deliberation as deliberation
    join area on area.code = deliberation.neighbourhood
    where deliberation.form = 'deliberation' and area.name_zh = '天勤'
),

reviews as (
    select count(*) as resolved from record_deliberation where form = 'residents_review' and outcome = 'solved'
),

documents as (
    select count(*) as documents from record_policy_document
),

level_count as (
    select level, count(*) as areas from area group by level
),

share as (
    select top.measure as numerator, base.measure as denominator, top.value / nullif(base.value, 0) as value
    from now as top
    cross join now as base
),

published_total as (
    select 'area' as id, area_km2 as ours from district
    union all
    select 'population', value from now where measure = 'population'
    union all
    select 'subdistricts', areas from level_count where level = 'subdistrict'
    union all
    select 'development_zones', areas from level_count where level = 'zone'
    union all
    select 'communities', areas from level_count where level = 'community'
    union all
    select 'neighbourhoods', areas from level_count where level = 'neighbourhood'
    union all
    select 'service_offices', value from now where measure = 'service_offices'
    union all
    select 'social_orgs', organisations from registered
    union all
    select 'community_social_orgs', community_organisations from registered
    union all
    select 'social_orgs_growth', registered.organisations / nullif(cast(at_start.organisations as double), 0) - 1
    from registered
    cross join at_start
    union all
    select
        'community_social_orgs_growth',
        registered.community_organisations / nullif(cast(at_start.community_organisations as double), 0) - 1
    from registered
    cross join at_start
    union all
    select 'venture_funds', funds from venture
    union all
    select 'venture_projects', projects from venture
    union all
    select 'venture_beneficiaries', beneficiaries from venture
    union all
    select 'workers_in_neighbourhoods', value from share where numerator = 'workers_posted' and denominator = 'workers'
    union all
    select 'legal_stations', value from now where measure = 'legal_stations'
    union all
    select 'lawyer_points', value from share where numerator = 'neighbourhoods_with_lawyer' and denominator = 'neighbourhoods'
    union all
    select 'community_party_committees', value from now where measure = 'party_committees'
    union all
    select 'neighbourhood_party_branches', value from now where measure = 'party_branches'
    union all
    select 'corridor_party_groups', value from now where measure = 'stairwell_groups'
    union all
    select 'party_member_households', value from now where measure = 'key_households'
    union all
    select 'service_teams', value from now where measure = 'service_teams'
    union all
    select 'service_projects', value from year_2019 where measure = 'service_projects'
    union all
    select 'deliberations_tianqin', matters from tianqin
    union all
    select 'sky_gardens', gardens from sky_garden
    union all
    select 'sky_garden_area', green_area from sky_garden
    union all
    select 'reviews_resolved', resolved from reviews
    union all
    select 'events', value from year_2019 where measure = 'events'
    union all
    select 'participations', value from year_2019 where measure = 'attendances'
    union all
    select 'gardens', value from now where measure = 'gardens'
    union all
    select 'interest_groups', value from now where measure = 'interest_groups'
    union all
    select 'certified_share', value from share where numerator = 'workers_certified' and denominator = 'workers'
    union all
    select 'cadre_volunteers', value from year_2019 where measure = 'cadre_volunteers'
    union all
    select 'promoted_workers', value from now where measure = 'workers_promoted'
    union all
    select 'approval', value from share where numerator = 'approval_yes' and denominator = 'approval_responses'
    union all
    select 'policy_documents', documents from documents
    union all
    select 'standardisation_approval', value
    from share
    where numerator = 'standardisation_yes' and denominator = 'standardisation_responses'
    union all
    select 'satisfaction', value from share where numerator = 'satisfaction_yes' and denominator = 'satisfaction_responses'
    union all
    select 'workers', value from now where measure = 'workers'
    union all
    select 'worker_mean_age', value from share where numerator = 'worker_age_sum' and denominator = 'workers'
    union all
    select 'worker_under_45', value from share where numerator = 'workers_45' and denominator = 'workers'
    union all
    select 'worker_college', value from share where numerator = 'workers_college' and denominator = 'workers'
    union all
    select 'worker_bachelor', value from share where numerator = 'workers_bachelor' and denominator = 'workers'
    union all
    select 'worker_party', value from share where numerator = 'workers_party' and denominator = 'workers'
    union all
    select 'worker_exam', value from now where measure = 'workers_exam'
)

select id, cast(ours as double) as ours from published_total
