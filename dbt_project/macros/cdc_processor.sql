{#
  dbt run-operation detect_changes --args '{table: companies}'

  prints how a staging table differs from its mirror: rows inserted, updated and deleted, and how many cells changed in
  which column; the figures that `tidemark plan` shows for this source. Key and columns are those that tidemark last
  worked with. `where` narrows staging as the source's own `where:` does.
#}
{% macro detect_changes(table, where='true') %}
  {% if not execute %}
    {% do return('') %}
  {% endif %}
  {% if not tidemark.is_here() %}
    {% do exceptions.raise_compiler_error('tidemark has no tables in schema `' ~ var('tidemark_schema', 'tidemark') ~ '`: run `tidemark run` first') %}
  {% endif %}
  {% set known = run_query("select table_name, mirror_name, mapping from " ~ tidemark.state_table('relations') ~ " where kind = 'source' and name = '" ~ (table | replace("'", "''")) ~ "'") %}
  {% if known | length == 0 %}
    {% set names = [] %}
    {% for row in run_query("select name from " ~ tidemark.state_table('relations') ~ " where kind = 'source' order by name") %}
      {% do names.append(row[0]) %}
    {% endfor %}
    {% do exceptions.raise_compiler_error('tidemark knows no source `' ~ table ~ '`; sources: ' ~ names | join(', ')) %}
  {% endif %}
  {% set memory = fromjson(known[0][2]) %}
  {% set staging = tidemark.quoted_table(known[0][0]) %}
  {% set mirror = tidemark.quoted_table(known[0][1]) %}
  {% set row = run_query(tidemark.compare_with_mirror(staging, mirror, memory, where))[0] %}
  {% do log(table ~ ': ' ~ row[0] ~ ' inserted, ' ~ row[1] ~ ' updated, ' ~ row[2] ~ ' deleted', info=true) %}
  {% for column in memory['columns'] %}
    {% if row[loop.index + 2] | int > 0 %}
      {% do log('  ' ~ column[0] ~ ': ' ~ row[loop.index + 2] ~ ' cells', info=true) %}
    {% endif %}
  {% endfor %}
  {% do return('') %}
{% endmacro %}

{% macro quoted_table(shown) %}
  {% set parts = [] %}
  {% for part in shown.split('.') %}
    {% do parts.append(adapter.quote(part)) %}
  {% endfor %}
  {% do return(parts | join('.')) %}
{% endmacro %}

{# Types without equality are compared by their text. #}
{% macro cell(alias, column) %}
  {% set value = alias ~ '.' ~ adapter.quote(column[0]) %}
  {% do return('cast(' ~ value ~ ' as text)' if column[1] in ('json', 'xml', 'point', 'line', 'box', 'path', 'polygon', 'circle') else value) %}
{% endmacro %}

{% macro compare_with_mirror(staging, mirror, memory, where) %}
  {% set same = [] %}
  {% for name in memory['key'] %}
    {% do same.append('s.' ~ adapter.quote(name) ~ ' = m.' ~ adapter.quote(name)) %}
  {% endfor %}
  {% set differs = [] %}
  {% set cells = [] %}
  {% for column in memory['columns'] %}
    {% set unlike = tidemark.cell('s', column) ~ ' is distinct from ' ~ tidemark.cell('m', column) %}
    {% do differs.append(unlike) %}
    {% do cells.append('count(*) filter (where s.tidemark_here and m.tidemark_here and ' ~ unlike ~ ')') %}
  {% endfor %}
  {% set sql %}
select count(*) filter (where m.tidemark_here is null),
  count(*) filter (where s.tidemark_here and m.tidemark_here and ({{ differs | join(' or ') }})),
  count(*) filter (where s.tidemark_here is null),
  {{ cells | join(',\n  ') }}
from (select true as tidemark_here, t.* from {{ staging }} as t where {{ where }}) as s
full join (select true as tidemark_here, t.* from {{ mirror }} as t) as m on {{ same | join(' and ') }}
  {% endset %}
  {% do return(sql) %}
{% endmacro %}
