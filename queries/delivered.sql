-- One row per record table × subdistrict that has any row of it: its first and last date, months with rows, rows
-- (place '' where the table knows no places, the district's code where it knows no smaller one)
with
dated as (
    select
        'population' as table_name,
        measure.code as place,
        measure.month as dated_on
    from measure
    where measure.measure = 'population' and measure.level = 'subdistrict' and measure.value > 0
    union all
    select
        'household' as table_name,
        measure.code as place,
        measure.month as dated_on
    from measure
    where measure.measure = 'households' and measure.level = 'subdistrict' and measure.value > 0
    union all
    select
        'service_office' as table_name,
        service_office.neighbourhood as place,
        service_office.opened_on as dated_on
    from service_office
    union all
    select
        'office_contact' as table_name,
        area.code as place,
        null::date as dated_on
    from area
    where area.unit_zh is not null
    union all
    select
        'party_organisation' as table_name,
        coalesce(party_organisation.neighbourhood, party_organisation.community) as place,
        party_organisation.established_on as dated_on
    from party_organisation
    union all
    select
        'party_household' as table_name,
        party_household.neighbourhood as place,
        null::date as dated_on
    from party_household
    union all
    select
        'volunteering' as table_name,
        volunteering.neighbourhood as place,
        volunteering.month as dated_on
    from volunteering
    union all
    select
        'assist_action' as table_name,
        assist_action.neighbourhood as place,
        make_date(assist_action.year, 1, 1) as dated_on
    from assist_action
    union all
    select
        'harmony_council' as table_name,
        harmony_council.neighbourhood as place,
        harmony_council.established_on as dated_on
    from harmony_council
    union all
    select
        'officer_post' as table_name,
        officer_post.neighbourhood as place,
        null::date as dated_on
    from officer_post
    union all
    select
        'neighbourhood_function' as table_name,
        neighbourhood_function.neighbourhood as place,
        null::date as dated_on
    from neighbourhood_function
    union all
    select
        'three_in_one' as table_name,
        three_in_one.community as place,
        null::date as dated_on
    from three_in_one
    union all
    select
        'social_organisation' as table_name,
        coalesce(social_organisation.neighbourhood, social_organisation.community) as place,
        social_organisation.founded_on as dated_on
    from social_organisation
    union all
    select
        'service_team' as table_name,
        service_team.neighbourhood as place,
        service_team.founded_on as dated_on
    from service_team
    union all
    select
        'team_reach' as table_name,
        team_reach.neighbourhood as place,
        null::date as dated_on
    from team_reach
    union all
    select
        'service_project' as table_name,
        service_project.neighbourhood as place,
        service_project.completed_on as dated_on
    from service_project
    union all
    select
        'micro_project' as table_name,
        micro_project.neighbourhood as place,
        micro_project.started_on as dated_on
    from micro_project
    union all
    select
        'budget' as table_name,
        budget.payer as place,
        make_date(budget.year, 1, 1) as dated_on
    from budget
    union all
    select
        'venture_project' as table_name,
        coalesce(venture_project.neighbourhood, venture_project.community) as place,
        venture_project.started_on as dated_on
    from venture_project
    union all
    select
        'legal_service' as table_name,
        coalesce(legal_service.neighbourhood, legal_service.community) as place,
        legal_service.opened_on as dated_on
    from legal_service
    union all
    select
        'event' as table_name,
        event_total.neighbourhood as place,
        event_total.held_on as dated_on
    from event_total
    union all
    select
        'attendance' as table_name,
        event_total.neighbourhood as place,
        event_total.held_on as dated_on
    from event_total
    where event_total.attendances is not null
    union all
    select
        'garden' as table_name,
        garden.neighbourhood as place,
        garden.finished_on as dated_on
    from garden
    union all
    select
        'interest_group' as table_name,
        interest_group.neighbourhood as place,
        interest_group.founded_on as dated_on
    from interest_group
    union all
    select
        'culture_place' as table_name,
        culture_place.neighbourhood as place,
        culture_place.opened_on as dated_on
    from culture_place
    union all
    select
        'values_count' as table_name,
        values_count.neighbourhood as place,
        make_date(values_count.year, 1, 1) as dated_on
    from values_count
    union all
    select
        'deliberation' as table_name,
        deliberation.neighbourhood as place,
        deliberation.opened_on as dated_on
    from deliberation
    union all
    select
        'community_structure' as table_name,
        community_structure.community as place,
        null::date as dated_on
    from community_structure
    union all
    select
        'case' as table_name,
        matter.neighbourhood as place,
        matter.received_at::date as dated_on
    from "case" as matter
    union all
    select
        'posted_staff' as table_name,
        posted_staff.neighbourhood as place,
        make_date(posted_staff.year, 1, 1) as dated_on
    from posted_staff
    union all
    select
        'staffing' as table_name,
        staffing.community as place,
        make_date(staffing.year, 1, 1) as dated_on
    from staffing
    union all
    select
        'worker_posting' as table_name,
        worker_posting.neighbourhood as place,
        make_date(worker_posting.year, 1, 1) as dated_on
    from worker_posting
    union all
    select
        'survey' as table_name,
        survey.community as place,
        make_date(survey.year, 1, 1) as dated_on
    from survey
    union all
    select
        'assessment' as table_name,
        assessment.community as place,
        make_date(assessment.year, 1, 1) as dated_on
    from assessment
    union all
    select
        'policy_document' as table_name,
        '' as place,
        policy_document.issued_on as dated_on
    from policy_document
)

select
    dated.table_name,
    left(dated.place, 9) as office,
    min(dated.dated_on) as first_date,
    max(dated.dated_on) as last_date,
    count(distinct date_trunc('month', dated.dated_on)) as month_count,
    count(*) as row_count
from dated
group by dated.table_name, left(dated.place, 9)
order by dated.table_name, left(dated.place, 9)
