"""Reads the example DAGs as a real Airflow does, runs them on the sample shop, and looks at what came of each task."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from lineage import check_event

PROJECT = Path(os.environ["TIDEMARK_PROJECT"])
NODE, DATABASE = os.environ["NODE"], str(Path(__file__).with_name("database.mjs"))
FILE = str(PROJECT / "shop.duckdb")
problems: list[str] = []


def expect(what: str, found: Any, wanted: Any) -> None:
    print(f"{'ok' if found == wanted else 'NOT OK'}: {what}", flush=True)
    if found != wanted:
        problems.append(f"{what}: found {found!r}, expected {wanted!r}")


def sql(statement: str) -> None:
    subprocess.run([NODE, DATABASE, FILE, statement], check=True)


def hold(seconds: int) -> subprocess.Popen[str]:
    holder = subprocess.Popen([NODE, DATABASE, FILE, "--hold", str(seconds)], stdout=subprocess.PIPE, text=True)
    # It has our streams: whoever waits for those would wait for it.
    atexit.register(holder.kill)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


moments = iter(range(1, 1000))


def run(name: str) -> tuple[dict[str, str], Any]:
    """One run of a DAG; the states of its tasks, and how to read what they left in XCom."""
    moment = datetime(2026, 2, 1, tzinfo=timezone.utc) + timedelta(hours=next(moments))
    dag_run = dags[name].test(logical_date=moment)
    tasks = {each.task_id: each for each in dag_run.get_task_instances()}

    def left(task: str, key: str = "return_value") -> Any:
        return tasks[task].xcom_pull(task_ids=task, key=key)

    return {name: str(each.state) for name, each in sorted(tasks.items())}, left


examples = DagBag(os.environ["EXAMPLES"])
expect("the DAGs are read without an error", examples.import_errors, {})
expect("there are two", sorted(examples.dags), ["tidemark_bash", "tidemark_python"])

dags = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags
# A task that fails is looked at, not waited for.
for each in [*dags["tidemark_python"].tasks, *dags["tidemark_bash"].tasks]:
    each.retry_delay = timedelta(0)

states, left = run("tidemark_python")
expect("the Python DAG succeeds", states, {"run": "success", "summary": "success"})
expect("its first report is that of a bootstrap", (left("run") or {}).get("kind"), "bootstrap")
expect("a later task reads it", str(left("summary")).split(":")[0], (left("run") or {}).get("status"))

sql("update staging.companies set name = 'Renamed Ltd', updated_at = timestamp '2030-01-01' where id = 1")
states, left = run("tidemark_bash")
expect("the Bash DAG succeeds", states, {"fresh": "success", "run": "success"})
expect("its report is in XCom as a value", (left("run") or {}).get("status"), "applied")

holder = hold(120)
states, left = run("tidemark_bash")
expect("somebody else at work: the Bash DAG skips", states, {"fresh": "skipped", "run": "skipped"})
states, left = run("busy")
expect("somebody else at work for long: skipped after its deferrals", states, {"run": "skipped"})
expect("of which it had one", left("run", "deferrals"), 1)
expect("with exit status 4", left("run", "exit_status"), 4)
holder.kill()

holder = hold(8)
states, left = run("busy_for_a_while")
holder.wait()
expect("somebody else at work for a while: deferred, then done", states, {"run": "success"})

sql("create table main.kept as select * from staging.companies; delete from staging.companies")
states, left = run("refused")
expect("refused by a guard: failed without a retry", states, {"run": "failed"})
expect("with exit status 5", left("run", "exit_status"), 5)
behind = [each["name"] for each in (left("run", "report") or {}).get("behind", [])]
expect("the report of a refusal is there too", "companies" in behind, True)
sql("insert into staging.companies select * from main.kept; drop table main.kept")
expect("and all is well again", run("well_again")[0], {"run": "success"})

states, left = run("wrong")
expect("wrong usage: failed without a retry", states, {"run": "failed"})

states, left = run("gone")
expect("no server: failed after its deferrals", states, {"run": "failed"})
expect("with exit status 1", left("run", "exit_status"), 1)

subprocess.run([*os.environ["TIDEMARK_PROGRAM"].split(" "), "rollback", "last", "--quiet"], check=True)
events = [json.loads(line) for line in (PROJECT / "lineage.ndjson").read_text().splitlines()]
for event in events:
    check_event(event)
expect("events are OpenLineage's own", len(events) >= 10, True)
kinds = {(event["job"]["name"].rsplit(".")[-1], event["eventType"]) for event in events}
expect("START and COMPLETE of runs and of a rollback", {(job, kind) for job in ("run", "rollback") for kind in ("START", "COMPLETE")} - kinds, set())
parents = {event["run"]["facets"]["parent"]["job"]["name"] for event in events if "parent" in event["run"]["facets"]}
expect("they name the tasks as their parents", {"tidemark_bash.run", "tidemark_python.run"} - parents, set())
broken = json.loads(json.dumps(events[-1]))
broken["run"]["facets"]["processing_engine"]["versoin"] = "1"
try:
    check_event(broken)
    expect("a key that the schema does not know is found", False, True)
except AssertionError:
    expect("a key that the schema does not know is found", True, True)

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
