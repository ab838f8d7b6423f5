"""A thin operator around the `tidemark` program: its exit status decides what Airflow does next, its JSON goes to XCom."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

FAILED, BUSY, BEHIND = 1, 4, 6

# 2: wrong project file or mapping. 3: differences. 5: refused by a guard. Trying again changes none of them.
FOR_A_PERSON = {2, 3, 5}


def lineage_parent(context: Any) -> str | None:
    """The run that ours belongs to, as Airflow's provider for OpenLineage names it; none where it is not installed."""
    try:
        from airflow.providers.openlineage.plugins.macros import lineage_parent_id
    except ImportError:
        return None
    return lineage_parent_id(context["ti"])


class TidemarkOperator(BaseOperator):
    """
    Runs one command of Tidemark.

    :param arguments: the command and its flags, such as ``["run"]`` or ``["verify", "--budget", "10m"]``
    :param project: folder of the project; without it the variable TIDEMARK_PROJECT decides
    :param program: how Tidemark is called on this worker
    :param retry_after: how long to wait, without a worker's slot, before a failure that may pass is tried again
    :param deferrals: how often; then the task is skipped if somebody else was at work, and fails otherwise
    """

    template_fields: Sequence[str] = ("arguments", "project")

    def __init__(
        self,
        *,
        arguments: Sequence[str] = ("run",),
        project: str | None = None,
        program: str = os.environ.get("TIDEMARK_PROGRAM", "tidemark"),
        retry_after: timedelta = timedelta(minutes=1),
        deferrals: int = 3,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = list(arguments)
        self.project = project
        self.program = program
        self.retry_after = retry_after
        self.deferrals = deferrals
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Any) -> dict[str, Any]:
        return self._attempt(context, deferred=0)

    def try_again(self, context: Any, event: Any = None) -> dict[str, Any]:
        """Where the task goes on after it was deferred; how often it was, XCom knows."""
        deferred = context["ti"].xcom_pull(task_ids=self.task_id, key="deferrals", default=self.deferrals)
        return self._attempt(context, deferred)

    def on_kill(self) -> None:
        # SIGTERM ends the transaction at work, or takes it back.
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _attempt(self, context: Any, deferred: int) -> dict[str, Any]:
        status, report = self._call(context)
        context["ti"].xcom_push(key="exit_status", value=status)
        context["ti"].xcom_push(key="report", value=report)
        if status == 0:
            return report
        reason = self._reason(status, report)
        # An error says itself whether a retry helps; a report does not speak of that.
        if status in FOR_A_PERSON or report.get("retryable") is False:
            raise AirflowFailException(reason)
        if status in (FAILED, BUSY, BEHIND) and deferred < self.deferrals:
            self.log.info("%s; trying again in %s", reason, self.retry_after)
            context["ti"].xcom_push(key="deferrals", value=deferred + 1)
            self.defer(trigger=TimeDeltaTrigger(self.retry_after), method_name="try_again")
        if status == BUSY:
            raise AirflowSkipException(reason)
        raise AirflowException(reason)

    def _call(self, context: Any) -> tuple[int, dict[str, Any]]:
        command = [*shlex.split(self.program), *self.arguments, "--json", "--log-format", "json"]
        if self.project is not None:
            command += ["--project", self.project]
        environment = dict(os.environ)
        parent = lineage_parent(context)
        if parent is not None:
            environment["OPENLINEAGE_PARENT_ID"] = parent
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        out, err = self._process.communicate()
        for line in err.splitlines():
            self.log.info(line)
        lines = out.strip().splitlines()
        return self._process.returncode, json.loads(lines[-1]) if lines else {}

    @staticmethod
    def _reason(status: int, report: dict[str, Any]) -> str:
        told = report.get("message") or "; ".join(
            f"{each['name']}: {each['reason']}" for each in report.get("behind", [])
        )
        hint = report.get("hint")
        return f"tidemark ended with {status}: {told or 'see its log'}{f' ({hint})' if hint else ''}"
