"""Facts in step with staging every half hour, with nothing but Airflow's Bash operator."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="tidemark_bash",
    schedule="*/30 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5), "append_env": True},
    tags=["tidemark"],
):
    run = BashOperator(
        task_id="run",
        bash_command=(
            "${TIDEMARK_PROGRAM:-tidemark} run --json --wait 0s "
            "--owner '{{ dag.dag_id }}' --meta 'dag_run={{ run_id }}'"
        ),
        # The run that ours belongs to; empty where the provider for OpenLineage is not installed.
        env={
            "OPENLINEAGE_PARENT_ID": (
                "{% if macros.OpenLineageProviderPlugin is defined %}"
                "{{ macros.OpenLineageProviderPlugin.lineage_parent_id(task_instance) }}"
                "{% endif %}"
            )
        },
        # Somebody else is at work, so that there is nothing to do. After 5 (refused by a guard) a retry does no
        # harm and ends the same; `tidemark_python` knows better.
        skip_on_exit_code=4,
        # The last line is the report: what XCom keeps is a value, not a text.
        output_processor=json.loads,
    )
    fresh = BashOperator(
        task_id="fresh",
        bash_command="${TIDEMARK_PROGRAM:-tidemark} status --fail-if-lag 2h --quiet",
    )
    run >> fresh
