-- One row per build: the last month delivered, in which figures known for the present only stand.
with last_month as (
    select max(month) as month from calendar
)

select * from last_month
