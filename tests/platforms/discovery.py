"""Checks requests against Google's own description of its API, which comes with its client."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

_FOLDER = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"


@cache
def document(name: str) -> Any:
    """The description, such as ``youtube.v3``."""
    return json.loads((_FOLDER / f"{name}.json").read_bytes())


def method(name: str, path: str) -> Any:
    """The description of a method, such as ``videos.insert``."""
    resource, verb = path.split(".")
    return document(name)["resources"][resource]["methods"][verb]


def query_problem(name: str, path: str, query: Mapping[str, str]) -> str | None:
    """What is wrong with the parameters of a call, None if nothing is."""
    described = method(name, path)
    known = {**document(name)["parameters"], **described["parameters"]}
    for given in query:
        if given not in known and given not in {"uploadType", "upload_id"}:
            return f"unknown parameter {given}"
    for parameter, about in described["parameters"].items():
        if about.get("required") and parameter not in query:
            return f"parameter {parameter} is missing"
        if parameter in query and "enum" in about and query[parameter] not in about["enum"]:
            return f"parameter {parameter} is none of {about['enum']}"
    return None


def body_problem(name: str, schema: str, body: object) -> str | None:
    """What is wrong with a body, None if it is a ``schema`` of the description."""
    for error in _validator(name, schema).iter_errors(body):
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    return None


@cache
def _validator(name: str, schema: str) -> Any:
    definitions = {key: _as_schema(value) for key, value in document(name)["schemas"].items()}
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/definitions/{schema}", "definitions": definitions}
    )


def _as_schema(described: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in described:
        return {"$ref": f"#/definitions/{described['$ref']}"}
    made: dict[str, Any] = {}
    if described.get("type") not in {None, "any"}:
        made["type"] = described["type"]
    if "enum" in described:
        made["enum"] = described["enum"]
    if "items" in described:
        made["items"] = _as_schema(described["items"])
    if "properties" in described:
        made["properties"] = {k: _as_schema(v) for k, v in described["properties"].items()}
        made["additionalProperties"] = False
    elif "additionalProperties" in described:
        made["additionalProperties"] = _as_schema(described["additionalProperties"])
    return made
