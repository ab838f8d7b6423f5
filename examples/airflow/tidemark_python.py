"""Facts in step with staging every half hour, by the operator beside this file; its report is there for later tasks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import DAG, task
from tidemark_operator import TidemarkOperator


@task
def summary(report: dict[str, Any]) -> str:
    """What a later task makes of the report: here one line; it might as well choose models of dbt to build."""
    rows = sum(each["inserted"] + each["updated"] + each["deleted"] for each in report["targets"])
    return f"{report['status']}: batch {report['batch']}, {rows} rows in {len(report['targets'])} targets"


with DAG(
    dag_id="tidemark_python",
    schedule="*/30 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["tidemark"],
):
    run = TidemarkOperator(
        task_id="run",
        # A retry under the same owner takes over what a killed worker held.
        arguments=["run", "--wait", "0s", "--owner", "{{ dag.dag_id }}", "--meta", "dag_run={{ run_id }}"],
    )
    summary(run.output)
