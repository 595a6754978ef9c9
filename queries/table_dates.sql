-- One row per dated table of this data version: its first and its last date
select
    'assessment' as table_name,
    make_date(min(assessment.year), 1, 1) as first_date,
    make_date(max(assessment.year), 12, 31) as last_date
from assessment
union all
select
    'assist_action' as table_name,
    make_date(min(assist_action.year), 1, 1) as first_date,
    make_date(max(assist_action.year), 12, 31) as last_date
from assist_action
union all
select
    'attendance_age_sex' as table_name,
    make_date(min(attendance_age_sex.year), 1, 1) as first_date,
    make_date(max(attendance_age_sex.year), 12, 31) as last_date
from attendance_age_sex
union all
select
    'attendance_flow' as table_name,
    make_date(min(attendance_flow.year), 1, 1) as first_date,
    make_date(max(attendance_flow.year), 12, 31) as last_date
from attendance_flow
union all
select
    'attendance_kind' as table_name,
    min(attendance_kind.month)::date as first_date,
    last_day(max(attendance_kind.month)) as last_date
from attendance_kind
union all
select
    'budget' as table_name,
    make_date(min(budget.year), 1, 1) as first_date,
    make_date(max(budget.year), 12, 31) as last_date
from budget
union all
select
    'case' as table_name,
    min(matter.received_at)::date as first_date,
    max(matter.received_at)::date as last_date
from "case" as matter
union all
select
    'culture_place' as table_name,
    min(culture_place.opened_on)::date as first_date,
    max(culture_place.opened_on)::date as last_date
from culture_place
union all
select
    'deliberation' as table_name,
    min(deliberation.opened_on)::date as first_date,
    max(deliberation.opened_on)::date as last_date
from deliberation
union all
select
    'event_total' as table_name,
    min(event_total.held_on)::date as first_date,
    max(event_total.held_on)::date as last_date
from event_total
union all
select
    'garden' as table_name,
    min(garden.finished_on)::date as first_date,
    max(garden.finished_on)::date as last_date
from garden
union all
select
    'harmony_council' as table_name,
    min(harmony_council.elected_on)::date as first_date,
    max(harmony_council.elected_on)::date as last_date
from harmony_council
union all
select
    'interest_group' as table_name,
    min(interest_group.founded_on)::date as first_date,
    max(interest_group.founded_on)::date as last_date
from interest_group
union all
select
    'legal_service' as table_name,
    min(legal_service.opened_on)::date as first_date,
    max(legal_service.opened_on)::date as last_date
from legal_service
union all
select
    'measure' as table_name,
    min(measure.month)::date as first_date,
    last_day(max(measure.month)) as last_date
from measure
union all
select
    'micro_project' as table_name,
    min(micro_project.started_on)::date as first_date,
    max(micro_project.started_on)::date as last_date
from micro_project
union all
select
    'party_organisation' as table_name,
    min(party_organisation.established_on)::date as first_date,
    max(party_organisation.established_on)::date as last_date
from party_organisation
union all
select
    'policy_document' as table_name,
    min(policy_document.issued_on)::date as first_date,
    max(policy_document.issued_on)::date as last_date
from policy_document
union all
select
    'posted_staff' as table_name,
    make_date(min(posted_staff.year), 1, 1) as first_date,
    make_date(max(posted_staff.year), 12, 31) as last_date
from posted_staff
union all
select
    'service_office' as table_name,
    min(service_office.opened_on)::date as first_date,
    max(service_office.opened_on)::date as last_date
from service_office
union all
select
    'service_project' as table_name,
    min(service_project.completed_on)::date as first_date,
    max(service_project.completed_on)::date as last_date
from service_project
union all
select
    'service_team' as table_name,
    min(service_team.founded_on)::date as first_date,
    max(service_team.founded_on)::date as last_date
from service_team
union all
select
    'social_organisation' as table_name,
    min(social_organisation.founded_on)::date as first_date,
    max(social_organisation.founded_on)::date as last_date
from social_organisation
union all
select
    'staffing' as table_name,
    make_date(min(staffing.year), 1, 1) as first_date,
    make_date(max(staffing.year), 12, 31) as last_date
from staffing
union all
select
    'survey' as table_name,
    make_date(min(survey.year), 1, 1) as first_date,
    make_date(max(survey.year), 12, 31) as last_date
from survey
union all
select
    'values_count' as table_name,
    make_date(min(values_count.year), 1, 1) as first_date,
    make_date(max(values_count.year), 12, 31) as last_date
from values_count
union all
select
    'venture_project' as table_name,
    min(venture_project.started_on)::date as first_date,
    max(venture_project.started_on)::date as last_date
from venture_project
union all
select
    'volunteering' as table_name,
    min(volunteering.month)::date as first_date,
    last_day(max(volunteering.month)) as last_date
from volunteering
union all
select
    'worker_posting' as table_name,
    make_date(min(worker_posting.year), 1, 1) as first_date,
    make_date(max(worker_posting.year), 12, 31) as last_date
from worker_posting
order by table_name
