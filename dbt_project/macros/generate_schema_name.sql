{# A custom schema is used as it stands: models of `marts` are built in `marts`, on every engine. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
