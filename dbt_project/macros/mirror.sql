{#
  A mirror as a dbt model: made once, from its SQL, and never built again, not even by --full-refresh. From then on
  tidemark keeps it. `select * from {{ ref('stg_orders') }}` with `{{ config(materialized='tidemark_mirror') }}`.
#}
{% materialization tidemark_mirror, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is none %}
    {% call statement('main') -%}
      {{ get_create_table_as_sql(False, target_relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
  {% else %}
    {# Nothing was begun, so there is nothing to commit. #}
    {% call noop_statement('main', 'SKIP: the mirror is there, and tidemark keeps it') %}{% endcall %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# A model holds the rows of its mirror, no more and no fewer: `data_tests: [{tidemark.equals_mirror: {mirror: …}}]`. #}
{% test equals_mirror(model, mirror) %}
{%- set columns = [] -%}
{%- for column in adapter.get_columns_in_relation(model) -%}
  {%- do columns.append(adapter.quote(column.name)) -%}
{%- endfor -%}
{%- set names = columns | join(', ') if columns | length > 0 else '*' -%}
select 'not in the mirror' as found, d.* from (
  select {{ names }} from {{ model }} except select {{ names }} from {{ mirror }}
) as d
union all
select 'only in the mirror' as found, d.* from (
  select {{ names }} from {{ mirror }} except select {{ names }} from {{ model }}
) as d
{% endtest %}
