"""Print the page about the API: what a person must know of it, and every operation, from its own document."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.markdown import table

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "docs" / "notes" / "api.md"
PREFIX = "/api/v1/"
HEAD = (
    "# API\n\nThis page is generated from the API's own OpenAPI document by `python -m tools.reference`; "
    "do not edit it by hand. Every server shows the document at `/api/v1/openapi.json`.\n"
)
Document = Mapping[str, Any]


def api_page() -> str:
    """Return the page about the API; the same bytes for the same code, whatever this process's settings are."""
    document: Document = importlib.import_module("assay.entry.api.api").api.get_openapi_schema(
        path_prefix=PREFIX
    )
    described = importlib.import_module("assay.entry.api.openapi_document").description(
        _requests_per_minute()
    )
    parts = [
        HEAD,
        described,
        NOTES.read_text(encoding="utf-8"),
        "## Operations\n\n" + _overview(document),
    ]
    for tag in document["tags"]:
        parts.append(f"## {tag['name'].capitalize()}\n\n{tag['description']}\n")
        parts += [
            _operation(document, *one) for one in _operations(document) if tag["name"] in one[2]["tags"]
        ]
    return "\n".join(parts)


def _requests_per_minute() -> int:
    table_ = importlib.import_module("assay.conf.settings_table").SETTINGS
    return int(next(one.default for one in table_ if one.name == "ASSAY_REQUESTS_PER_MINUTE"))


def _operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _overview(document: Document) -> str:
    everybody = importlib.import_module("assay.entry.api.operation_verbs").roles_of("get_me")
    rows = [
        (
            f"`{method} {path}`",
            one["summary"],
            one["x-verb"],
            "everybody" if one["x-roles"] == everybody else ", ".join(one["x-roles"]),
        )
        for method, path, one in _operations(document)
    ]
    return table(("operation", "what it does", "verb", "roles"), rows)


def _operation(document: Document, method: str, path: str, one: dict[str, Any]) -> str:
    parts = [
        f"### {one['summary']}\n",
        f"`{method} {path}` (`{one['operationId']}`)\n",
        one["description"] + "\n",
    ]
    taken = [
        (f"`{found['name']}`", found["in"], _kind(found["schema"]), _meaning(found, found["schema"]))
        for found in one["parameters"]
    ]
    if taken:
        parts.append(table(("parameter", "where", "type", "meaning"), taken))
    for content, body in one.get("requestBody", {}).get("content", {}).items():
        fields = _fields(document, body["schema"])
        said = "Body" if content == "application/json" else f"Body (`{content}`)"
        parts.append(
            f"{said}:\n\n{table(('field', 'type', 'meaning'), fields)}" if fields else f"{said}: `{{}}`\n"
        )
    replies = [
        f"{status} {_reply(document, reply)}" for status, reply in one["responses"].items() if status < "400"
    ]
    refusals = [status for status in one["responses"] if status >= "400"]
    parts.append(f"Replies: {'; '.join(replies)}. Refusals: {', '.join(refusals)}.\n")
    return "\n".join(parts)


def _fields(document: Document, schema: Document) -> list[tuple[str, str, str]]:
    shape = _shape(document, schema)
    needed = shape.get("required", ())
    return [
        (
            f"`{name}`{'' if name in needed else ' (optional)'}",
            _kind(field),
            "; ".join(filter(None, [_meaning(field, field), _inner(document, field)])),
        )
        for name, field in shape.get("properties", {}).items()
    ]


def _reply(document: Document, reply: Document) -> str:
    """Return what a reply holds: a shape with its fields, a file, or nothing."""
    content = reply.get("content", {})
    if not content:
        return "without a body"
    kind, held = next(iter(content.items()))
    if kind != "application/json":
        return f"`{kind}`"
    fields = ", ".join(f"`{name}`" for name in _shape(document, held["schema"]).get("properties", {}))
    return f"{_kind(held['schema'])}{f' with {fields}' if fields else ''}"


def _shape(document: Document, schema: Document) -> Document:
    """Return the object that a schema means, also where it is a list's, or may be missing."""
    if "$ref" in schema:
        found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    for part in ([schema["items"]] if "items" in schema else []) + list(schema.get("anyOf", ())):
        if shape := _shape(document, part):
            return shape
    return schema if "properties" in schema else {}


def _inner(document: Document, field: Document) -> str:
    found = ", ".join(f"`{name}`" for name in _shape(document, field).get("properties", {}))
    return f"each with {found}" if found and "items" in field else found


def _kind(schema: Document) -> str:
    """Return a schema's type in words."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    words = {"string": "text", "integer": "whole number", "null": "null", "object": "object"}
    return schema.get("format") or words.get(schema.get("type", ""), schema.get("type") or "any JSON value")


def _meaning(found: Document, schema: Document) -> str:
    """Return a description, bounds and default."""
    said = [found.get("description", "")]
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        said.append(f"from {low} to {high}")
    if "maxLength" in schema:
        least = schema.get("minLength", 0)
        some = f"{least:,} to" if least > 1 else "at most"
        said.append(f"{some} {schema['maxLength']:,} characters")
    if "maxItems" in schema:
        said.append(f"at most {schema['maxItems']:,}")
    if schema.get("default") not in (None, "", []):
        said.append(
            f"default `{str(schema['default']).lower() if schema['default'] in (True, False) else schema['default']}`"
        )
    return "; ".join(one for one in said if one)
