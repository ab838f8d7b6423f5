"""Builds events of OpenLineage with the classes that OpenLineage generates from its own schemas."""

from __future__ import annotations

import types
import typing
from typing import Any

import attr
from openlineage.client import event_v2
from openlineage.client.generated import (
    column_lineage_dataset,
    datasource_dataset,
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    output_statistics_output_dataset,
    parent_run,
    processing_engine_run,
    schema_dataset,
)

FACETS = {
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "dataSource": datasource_dataset.DatasourceDatasetFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "inputStatistics": input_statistics_input_dataset.InputStatisticsInputDatasetFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    "parent": parent_run.ParentRunFacet,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
}


def fits(value: Any, wanted: Any, place: str) -> Any:
    """The value as the annotation wants it; an AssertionError where it is something else."""
    origin, parameters = typing.get_origin(wanted), typing.get_args(wanted)
    if wanted is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in parameters:
            return None
        (inner,) = [each for each in parameters if each is not type(None)]
        return fits(value, inner, place)
    if origin is list:
        assert isinstance(value, list), f"{place} is no list"
        return [fits(each, parameters[0], f"{place}[{at}]") for at, each in enumerate(value)]
    if origin is dict:
        assert isinstance(value, dict), f"{place} is no object"
        return {key: fits(each, parameters[1], f"{place}.{key}") for key, each in value.items()}
    if attr.has(wanted):
        return build(wanted, value, place)
    if wanted in (str, int, bool):
        assert type(value) is wanted, f"{place} is {value!r}, not {wanted.__name__}"
    return value


def build(kind: type, value: dict[str, Any], place: str) -> Any:
    """One object: every key is known to the schema, every required one is there, each of its type."""
    hints = typing.get_type_hints(kind)
    fields = {each.name: each for each in attr.fields(kind)}
    unknown = set(value) - set(fields) - {"_producer", "_schemaURL"}
    assert not unknown, f"{place}: {kind.__name__} knows no {sorted(unknown)}"
    given = {
        key: fits(each, hints[key], f"{place}.{key}") for key, each in value.items() if key in fields and fields[key].init
    }
    try:
        return kind(**{key.lstrip("_"): each for key, each in given.items() if key not in ("_producer", "_schemaURL")})
    except TypeError as error:
        raise AssertionError(f"{place}: {error}") from error


def facets(value: dict[str, Any], place: str) -> dict[str, Any]:
    built = {}
    for name, facet in value.items():
        assert facet.get("_producer") and facet.get("_schemaURL"), f"{place}.{name} names no producer or schema"
        if name.startswith("tidemark_"):
            continue  # a custom facet, as the specification allows them by prefix
        kind = FACETS[name]
        assert facet["_schemaURL"] == kind._get_schema(), f"{place}.{name}: {facet['_schemaURL']} is not {kind._get_schema()}"
        built[name] = build(kind, facet, f"{place}.{name}")
    return built


def dataset(kind: type, value: dict[str, Any], own: str, place: str) -> Any:
    assert set(value) <= {"namespace", "name", "facets", own}, f"{place}: {sorted(value)}"
    return kind(
        namespace=value["namespace"],
        name=value["name"],
        facets=facets(value["facets"], place),
        **{own: facets(value.get(own, {}), place)},
    )


def check_event(event: dict[str, Any]) -> event_v2.RunEvent:
    """The event as an object of the official client; an AssertionError says what is wrong with it."""
    run, job = event["run"], event["job"]
    built = event_v2.RunEvent(
        eventType=event_v2.RunState(event["eventType"]),
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=event_v2.Run(runId=run["runId"], facets=facets(run["facets"], "run")),
        job=event_v2.Job(namespace=job["namespace"], name=job["name"], facets=facets(job["facets"], "job")),
        inputs=[dataset(event_v2.InputDataset, each, "inputFacets", "input") for each in event["inputs"]],
        outputs=[dataset(event_v2.OutputDataset, each, "outputFacets", "output") for each in event["outputs"]],
    )
    assert set(event) == {"eventType", "eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs"}
    assert event["schemaURL"] == built.schemaURL, f"{event['schemaURL']} is not {built.schemaURL}"
    return built
