{#
  Hooks that keep a dbt run and a tidemark run out of each other's way. In your dbt_project.yml:

    on-run-start: "{{ tidemark.take_lease() }}"
    on-run-end: "{{ tidemark.give_back_lease() }}"

  dbt's lease is shared: several dbt runs go on side by side, and tidemark waits for all of them. It is taken only by
  run, build, seed and snapshot, and only when they select a table that tidemark reads or writes. A run that was
  killed gives nothing back: its lease expires after four hours, or `tidemark unlock --force` takes it away.
  On DuckDB the file itself lets one process in at a time: there is nothing to do.

  vars: tidemark_schema (default `tidemark`), tidemark_wait (seconds to wait for a tidemark run, default 60).
#}

{% macro state_table(name) -%}
  {{ adapter.quote(var('tidemark_schema', 'tidemark')) }}.{{ adapter.quote(name) }}
{%- endmacro %}

{# Tidemark has tables here, of a version that knows shared leases. #}
{% macro is_here() %}
  {% do return(adapter.get_relation(database=target.database, schema=var('tidemark_schema', 'tidemark'), identifier='shared_lease') is not none) %}
{% endmacro %}

{# The selected nodes whose tables tidemark reads or writes, as `schema.table`. #}
{% macro touched_tables() %}
  {% set known = [] %}
  {% for row in run_query('select table_name from ' ~ tidemark.state_table('relations')) %}
    {% do known.append(row[0]) %}
  {% endfor %}
  {% set touched = [] %}
  {% for id in selected_resources %}
    {% set node = graph.nodes.get(id) %}
    {% if node is not none and node.resource_type in ('model', 'seed', 'snapshot') %}
      {% set name = node.schema ~ '.' ~ (node.alias or node.name) %}
      {% if name in known or (node.database ~ '.' ~ name) in known %}
        {% do touched.append(name) %}
      {% endif %}
    {% endif %}
  {% endfor %}
  {% do return(touched) %}
{% endmacro %}

{% macro fenced_here() %}
  {% do return(execute and adapter.type() != 'duckdb' and flags.WHICH in ('run', 'build', 'seed', 'snapshot') and tidemark.is_here()) %}
{% endmacro %}

{# Who holds the exclusive lease, in words; none where nobody does. #}
{% macro exclusive_holder() %}
  {% set rows = run_query("select command, owner, pid, host from " ~ tidemark.state_table('heartbeat') ~ " where expires_at > clock_timestamp()") %}
  {% for row in rows %}
    {% do return('`tidemark ' ~ row[0] ~ '` of ' ~ row[1] ~ ' (process ' ~ row[2] ~ ' on ' ~ row[3] ~ ')') %}
  {% endfor %}
  {% do return(none) %}
{% endmacro %}

{% macro refuse_for(holder) %}
  {% do exceptions.raise_compiler_error(holder ~ ' is writing the tables that this dbt run builds; nothing was built. Run again when it is done (usually within seconds), or let it be waited for longer: --vars "{tidemark_wait: 300}"') %}
{% endmacro %}

{% macro take_lease() %}
  {% if tidemark.fenced_here() and tidemark.touched_tables() | length > 0 %}
    {% set seen = namespace(holder=tidemark.exclusive_holder()) %}
    {% if seen.holder is not none %}
      {% do log('waiting for ' ~ seen.holder, info=true) %}
    {% endif %}
    {% for second in range(var('tidemark_wait', 60) | int) %}
      {% if seen.holder is not none %}
        {% do run_query('select pg_sleep(1)') %}
        {% set seen.holder = tidemark.exclusive_holder() %}
      {% endif %}
    {% endfor %}
    {% if seen.holder is not none %}
      {% do tidemark.refuse_for(seen.holder) %}
    {% endif %}
    {# Whoever takes the other lease locks this row first: of two that come at once, the second sees the first. #}
    {% do run_query('select token from ' ~ tidemark.state_table('lease') ~ ' where id = 1 for update') %}
    {% set holder = tidemark.exclusive_holder() %}
    {% if holder is not none %}
      {% do tidemark.refuse_for(holder) %}
    {% endif %}
    {% do run_query("insert into " ~ tidemark.state_table('shared_lease') ~ " (id, command, taken_at, expires_at) values ('" ~ invocation_id ~ "', 'dbt " ~ flags.WHICH ~ "', clock_timestamp(), clock_timestamp() + interval '4 hours') on conflict (id) do nothing") %}
  {% endif %}
  {% do return('') %}
{% endmacro %}

{# Tables that were built count as written by somebody else: the next tidemark run looks at them in full. #}
{% macro give_back_lease() %}
  {% if tidemark.fenced_here() %}
    {% set built = [] %}
    {% for result in results or [] %}
      {% if result.node is defined and result.node.resource_type in ('model', 'seed', 'snapshot') and result.status != 'skipped' %}
        {% do built.append("'" ~ result.node.schema ~ "." ~ (result.node.alias or result.node.name) ~ "'") %}
      {% endif %}
    {% endfor %}
    {% if built | length > 0 %}
      {% do run_query('update ' ~ tidemark.state_table('relations') ~ " set fingerprint = null where kind = 'target' and table_name in (" ~ built | join(', ') ~ ')') %}
    {% endif %}
    {% do run_query('delete from ' ~ tidemark.state_table('shared_lease') ~ " where id = '" ~ invocation_id ~ "'") %}
  {% endif %}
  {% do return('') %}
{% endmacro %}
