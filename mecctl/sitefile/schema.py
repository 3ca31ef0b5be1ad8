"""The site file's JSON Schema, for editors: made from the models, less what isn't built yet."""

from __future__ import annotations

import json
import sys
from typing import Any

from mecctl.model import Site
from mecctl.sitefile.unbuilt import UNBUILT, Unbuilt

_Schema = dict[str, Any]


def export() -> str:
    """Return the JSON Schema (draft 2020-12) of site.yaml as text, the same on every run."""
    schema = Site.model_json_schema(by_alias=True)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mecctl site.yaml",
        **{key: value for key, value in schema.items() if key != "title"},
    }
    _allow_nest(schema["$defs"]["Slice"])
    _allow_appd(schema["$defs"]["Workload"])
    _allow_source(schema["$defs"]["ConfigFile"])
    _allow_lab_access(schema["$defs"])
    for row in UNBUILT:
        if row.when is None:
            _leave_out(schema, row)
    _tidy(schema)
    _prune(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _allow_nest(slice_: _Schema) -> None:
    """A slice names a NEST file instead of, or beside, its own values."""
    slice_["properties"]["nest"] = {
        "type": "string",
        "minLength": 1,
        "description": "A GSMA NEST in JSON, relative to the site's folder: gives what isn't written here.",
        "examples": ["slices/embb.json"],
    }
    slice_["required"] = ["name"]
    slice_["anyOf"] = [{"required": ["snssai"]}, {"required": ["nest"]}]


def _allow_appd(workload: _Schema) -> None:
    """A workload names an AppD instead of, or beside, its own values."""
    workload["properties"]["appd"] = {
        "type": "string",
        "minLength": 1,
        "description": "An ETSI AppD or CAMARA manifest, relative to the site's folder: gives what isn't written here.",
        "examples": ["apps/video.json"],
    }
    needed = [name for name in workload["required"] if name not in {"name", "slice"}]
    workload["required"] = ["slice"]
    workload["anyOf"] = [{"required": ["name", *needed]}, {"required": ["appd"]}]


def _allow_source(file: _Schema) -> None:
    """A workload's file may be one beside the site file."""
    file["properties"]["source"] = {
        "type": "string",
        "minLength": 1,
        "description": "A text file relative to the site's folder, with what is in it.",
        "examples": ["files/app.conf"],
    }


def _allow_lab_access(definitions: _Schema) -> None:
    """A lab has a key of its own, so that it may leave `access` and the key out."""
    spec = definitions["SiteSpec"]
    spec["required"] = [name for name in spec["required"] if name != "access"]
    spec["anyOf"] = [
        {"required": ["access"], "properties": {"access": {"required": ["privateKey"]}}},
        {"required": ["lab"], "properties": {"lab": {"type": "object"}}},
    ]
    del definitions["Access"]["required"]


def _leave_out(schema: _Schema, row: Unbuilt) -> None:
    """Take a refused field, or its refused values, out of the schema."""
    *parents, last = row.path.split(".")
    parent = _find(schema, parents)
    found = parent["properties"].get(last)
    if found is None:
        return
    if row.values is None and found.get("type") != "null":
        del parent["properties"][last]
    elif row.values and "enum" in (choice := found.get("items", found)):
        choice["enum"] = [value for value in choice["enum"] if value not in row.values]


def _tidy(schema: object) -> None:
    """Drop the titles pydantic makes up from field names, and hold keys to their pattern, all the way down."""
    if isinstance(schema, list):
        for item in schema:
            _tidy(item)
    if not isinstance(schema, dict):
        return
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
        schema.pop("propertyNames", None)
    for key, value in schema.items():
        _tidy(value)
        if key in {"properties", "$defs"}:
            for field in value.values():
                field.pop("title", None)


def _prune(schema: _Schema) -> None:
    """Drop the definitions that nothing refers to any more."""
    used = json.dumps(schema)
    unused = [name for name in schema["$defs"] if f'"#/$defs/{name}"' not in used]
    for name in unused:
        del schema["$defs"][name]
    if unused:
        _prune(schema)


def _find(schema: _Schema, parts: list[str]) -> _Schema:
    """Return the object schema that the mapping at `parts` follows."""
    found = schema
    for part in parts:
        found = _resolve(schema, found["properties"][part.removesuffix("[]")])
        if part.endswith("[]"):
            found = _resolve(schema, found["items"])
    return found


def _resolve(schema: _Schema, found: _Schema) -> _Schema:
    """Follow a reference, also inside `X | null`."""
    options = [option for option in found.get("anyOf", []) if option.get("type") != "null"]
    reference = (options[0] if options else found).get("$ref")
    return schema["$defs"][reference.rsplit("/", 1)[1]] if reference else found


if __name__ == "__main__":
    sys.stdout.write(export())
