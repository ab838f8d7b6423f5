{{ config(enabled=(project_name == "tidemark")) }}
-- One row per member of a team; members of teams or users that do not exist are left out.
select
    cast(team_members.team_id as bigint) as team_id,
    cast(team_members.user_id as bigint) as user_id,
    cast(teams.name as varchar(120)) as team_name,
    cast(users.name as varchar(120)) as member_name,
    cast(companies.name as varchar(120)) as company_name,
    cast(coalesce(team_members.role, 'member') as varchar(20)) as role,
    cast(team_members.user_id = teams.lead_user_id as boolean) as is_lead,
    cast(team_members.allocation * 100 as numeric(4, 1)) as allocation_percent,
    cast(team_members.joined_on as date) as joined_on,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'team_members') }} as team_members
inner join {{ source('staging', 'teams') }} as teams
    on team_members.team_id = teams.id
inner join {{ source('staging', 'users') }} as users
    on team_members.user_id = users.id
left join {{ source('staging', 'companies') }} as companies
    on teams.company_id = companies.id
