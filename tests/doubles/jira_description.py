"""Atlassian's published description of Jira Cloud, asked whether an exchange is as it says."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema

from counterseal.jira_double.seen import Seen

DESCRIPTION = Path("jira/cloud-v3-subset.openapi.json")

# Where the description's own examples break it (../shared/data/README.md): relaxed here, each by its name.
NULLABLE = {("ChangeDetails", it) for it in ("from", "fromString", "to", "toString")}
UNNAMED = {("ServerInformation", "defaultLocale"): "object", ("FieldDetails", "untranslatedName"): "string"}


class Description:
    """The published paths and shapes, relaxed by name."""

    def __init__(self, shared_data: Path) -> None:
        """Read it from the folder of shared data."""
        whole = json.loads((shared_data / DESCRIPTION).read_text(encoding="utf-8"))
        schemas = whole["components"]["schemas"]
        for name, member in NULLABLE:
            schemas[name]["properties"][member]["nullable"] = True
        for (name, member), kind in UNNAMED.items():
            schemas[name]["properties"][member] = {"type": kind}
        self._components = {"schemas": _as_json_schema(schemas)}
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), methods) for path, methods in whole["paths"].items()
        ]

    def covers(self, seen: Seen) -> bool:
        """Say whether the subset has the path at all."""
        return any(path.fullmatch(seen.path) for path, _ in self._paths)

    def problems(self, seen: Seen) -> list[str]:
        """Return what is not as published in a request, and in its answer."""
        found = (it for path, it in self._paths if path.fullmatch(seen.path))
        methods: Mapping[str, Any] = next(found, {})
        operation = methods.get(seen.method.lower())
        if operation is None:
            return [f"{seen.method} {seen.path}: there is no such call"]
        said = [*self._of_query(operation, seen), *self._of_body(operation, seen), *self._of_answer(operation, seen)]
        return [f"{seen.method} {seen.path}: {it}" for it in said]

    def _of_query(self, operation: Mapping[str, Any], seen: Seen) -> list[str]:
        described = {it["name"]: it for it in operation.get("parameters", []) if it["in"] == "query"}
        asked = parse_qs(seen.query, keep_blank_values=True)
        missing = {name for name, it in described.items() if it.get("required")} - set(asked)
        strange = [f"{it!r} is no parameter" for it in asked if it not in described]
        return strange + [f"{it!r} must be given" for it in sorted(missing)]

    def _of_body(self, operation: Mapping[str, Any], seen: Seen) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return ["it takes no body"] if seen.body else []
        return self._unlike(json.loads(seen.body), described["content"]["application/json"]["schema"])

    def _of_answer(self, operation: Mapping[str, Any], seen: Seen) -> list[str]:
        response = operation["responses"].get(str(seen.status))
        if response is None:
            return [f"{seen.status} is no status of it"]
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        body = seen.answer.body if seen.answer else b""
        if not schema:
            return []
        return [f"the answer: {it}" for it in self._unlike(json.loads(body), schema)]

    def _unlike(self, value: object, schema: Mapping[str, Any]) -> list[str]:
        whole = {**_as_json_schema(schema), "components": self._components}
        validator = jsonschema.Draft202012Validator(whole)
        return [f"{it.json_path}: {it.message}" for it in validator.iter_errors(value)]


def _as_json_schema(value: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: what may be null says so in its own way."""
    if isinstance(value, list):
        return [_as_json_schema(it) for it in value]
    if not isinstance(value, Mapping):
        return value
    schema = {name: _as_json_schema(it) for name, it in value.items() if name not in {"nullable", "example"}}
    return {"anyOf": [schema, {"type": "null"}]} if value.get("nullable") is True else schema
