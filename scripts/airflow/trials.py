"""DAGs of one task each that meet what goes wrong, with short waits: what `check.py` runs beside the examples."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import DAG
from tidemark_operator import TidemarkOperator


def trial(name: str, **options: Any) -> None:
    with DAG(dag_id=name, schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)):
        TidemarkOperator(task_id="run", **{"arguments": ["run", "--wait", "0s"], "retries": 0, **options})


trial("busy", deferrals=1, retry_after=timedelta(seconds=1))
trial("busy_for_a_while", deferrals=20, retry_after=timedelta(seconds=2))
# Retries, so that it would show if a task for a person were tried again.
trial("refused", retries=3, retry_delay=timedelta(0))
trial("wrong", arguments=["run", "--every"], retries=3, retry_delay=timedelta(0))
trial("well_again")
trial("gone", project=os.environ["NOWHERE"], deferrals=1, retry_after=timedelta(seconds=1))
