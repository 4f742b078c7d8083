"""The document of OpenAPI 3.1, made of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._routes import Route, routes

PROBLEM = {"description": "The refusal.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
BEARER = {"bearer": {"type": "http", "scheme": "bearer"}}
TEXTS: dict[str, Any] = {"type": "string"}

COMMAND_HEADERS = [
    ("Idempotency-Key", "The same key with the same command answers the first result again, for 24 hours."),
    ("If-Match", "The ETag of the record as the caller has seen it; 412 when it has changed since."),
    ("Nexa-Reason", "Why the command runs, percent-encoded; kept in the ledger."),
    ("Nexa-Dry-Run", "`true` checks and answers, but changes nothing."),
]

EXPORT: dict[str, tuple[str, dict[str, Any]]] = {
    "filter": ("The records to export.", {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Filter"}}}}),
    "sort": ("Their order.", {"schema": {"type": "array", "items": TEXTS}, "style": "form", "explode": False}),
    "limit": ("How many at most.", {"schema": {"type": "integer", "minimum": 1}}),
    "trashed": ("Those in the trash.", {"schema": {"type": "boolean"}}),
    "format": ("How they are written; `csv` unless said.", {"schema": {"enum": ["csv", "spreadsheet", "json_lines"]}}),
    "columns": ("The paths of the columns.", {"schema": {"type": "array", "items": TEXTS}, "style": "form", "explode": False}),
    "delimiter": ("What stands between two cells.", {"schema": {"enum": ["comma", "semicolon", "tab"]}}),
    "labels": ("Whether the header has words instead of paths.", {"schema": {"type": "boolean"}}),
    "local_times": ("Whether moments are in the tenant's time zone.", {"schema": {"type": "boolean"}}),
    "names": ("Whether names stand beside ids.", {"schema": {"type": "boolean"}}),
}
"""What an export is asked with."""


def document(
    catalog: Mapping[str, Any], *, title: str, server: str, security: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The document, with a path for every operation."""
    paths: dict[str, Any] = {}
    for route in routes(catalog):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, catalog)
    schemes = dict(BEARER if security is None else security)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": str(catalog["format"])},
        "servers": [{"url": server}],
        "security": [{name: []} for name in schemes],
        "tags": [{"name": kind, "description": said["doc"]} for kind, said in sorted(catalog["kinds"].items())],
        "paths": dict(sorted({**paths, **_beside(catalog)}.items())),
        "components": {
            "schemas": {"Problem": _problem(), **_referring(dict(sorted(catalog["$defs"].items())))},
            "parameters": _parameters(),
            "securitySchemes": schemes,
        },
    }


def _operation(route: Route, catalog: Mapping[str, Any]) -> dict[str, Any]:
    said = catalog["operations"][route.operation]
    doc: str = said["doc"]
    taken: dict[str, Any] = said["input"].get("properties", {})
    required: list[str] = said["input"].get("required", [])
    parameters: list[dict[str, Any]] = []
    if route.target is not None:
        parameters.append({"$ref": "#/components/parameters/id"})
    for name, how in route.query.items():
        argument = "after" if name == "cursor" else name
        parameters.append(_parameter(name, how, taken[argument], argument in required))
    if route.command:
        headers = [name for name, _ in COMMAND_HEADERS if name != "If-Match" or route.target is not None]
        parameters += [{"$ref": f"#/components/parameters/{name}"} for name in headers]
    if route.record and route.method == "GET":
        parameters.append({"$ref": "#/components/parameters/If-None-Match"})
    found: dict[str, Any] = {
        "operationId": route.operation,
        "tags": [route.operation.partition(".")[0]],
        "summary": doc.split("\n")[0],
        "description": doc,
        "parameters": parameters,
        "responses": _responses(route, said),
    }
    if route.body:
        schema = {**said["input"], "properties": {name: one for name, one in taken.items() if name != route.target}}
        schema.pop("description", None)
        needed = [name for name in required if name != route.target]
        schema.pop("required", None)
        if needed:
            schema["required"] = needed
        content = {"application/json": {"schema": _referring(schema)}}
        found["requestBody"] = {"required": needed != [], "content": content}
    if said["errors"]:
        found["x-codes"] = sorted(said["errors"])
    return found


def _responses(route: Route, said: Mapping[str, Any]) -> dict[str, Any]:
    output = said["output"]
    if output == {"type": "null"}:
        done: dict[str, Any] = {"description": "It is done."}
        return {"204": done, "default": PROBLEM}
    done = {"description": "The answer.", "content": {"application/json": {"schema": _referring(output)}}}
    if route.record:
        done["headers"] = {"ETag": {"description": "The version of the record.", "schema": TEXTS}}
    if route.created:
        done["headers"]["Location"] = {"description": "Where the record is.", "schema": TEXTS}
    found = {"201" if route.created else "200": done, "default": PROBLEM}
    if route.record and route.method == "GET":
        found["304"] = {"description": "The record is as the caller has it."}
    return dict(sorted(found.items()))


def _parameter(name: str, how: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "in": "query", "required": required}
    description = schema.get("description")
    if description is not None:
        said["description"] = description
    plain = {key: one for key, one in schema.items() if key not in ("description", "default")}
    if how == "list":
        return {**said, "schema": plain, "style": "form", "explode": False}
    if how == "reference":
        return {**said, "schema": TEXTS}
    if how == "json":
        return {**said, "content": {"application/json": {"schema": _referring(plain)}}}
    # What is left out is left out of the address; it cannot say null.
    kind = plain.get("type")
    if isinstance(kind, list):
        plain["type"] = next(one for one in kind if one != "null")
    if "enum" in plain:
        plain["enum"] = [one for one in plain["enum"] if one is not None]
    return {**said, "schema": plain}


def _beside(catalog: Mapping[str, Any]) -> dict[str, Any]:
    """What is beside the catalog."""

    def one(name: str, summary: str, schema: Any, **more: Any) -> dict[str, Any]:
        content = {"application/json": {"schema": schema}}
        responses = {"200": {"description": "The answer.", "content": content}, "default": PROBLEM}
        return {"operationId": name, "summary": summary, "parameters": [], "responses": responses, **more}

    def taking(schema: Any) -> dict[str, Any]:
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    listed = {"type": "array"}
    request: dict[str, Any] = {
        "type": "object",
        "properties": {"run": TEXTS, "with": {"type": "object"}},
        "required": ["run"],
        "additionalProperties": False,
    }
    batch = {"type": "object", "properties": {"requests": {"type": "array", "items": request}}, "required": ["requests"]}
    record = {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/ExternalKey"}]}
    explain = {"type": "object", "properties": {"kind": TEXTS, "record": record}, "required": ["kind", "record"]}
    limit = {"type": "integer", "minimum": 1, "maximum": 1000}
    feed = {"type": "object", "properties": {"after": TEXTS, "limit": limit, "only": {"type": "object"}}}
    whoever = {"type": "object", "properties": {"org": TEXTS, "actor": TEXTS}, "required": ["org", "actor"]}
    headers = [{"$ref": f"#/components/parameters/{name}"} for name, _ in COMMAND_HEADERS]
    paths: dict[str, Any] = {
        "/session": {"get": one("session", "Who the caller is.", whoever)},
        "/operations/batch": {
            "post": {
                **one("batch", "Runs several operations, all or none; the answers are in their order.", listed),
                "parameters": [one for one in headers if not one["$ref"].endswith("If-Match")],
                "requestBody": taking(batch),
            }
        },
        "/operations/explain": {
            "post": {
                **one("explain", "What the caller may do with a record now, and if not, why not.", listed),
                "requestBody": taking(explain),
            }
        },
        "/operations/feed": {"post": {**one("events", "A page of the feed.", {"type": "object"}), "requestBody": taking(feed)}},
        "/operations/{operation}": {
            "post": {
                **one("operation", "Runs an operation by its name in the catalog; the body has its arguments.", True),
                "parameters": [{"name": "operation", "in": "path", "required": True, "schema": TEXTS}, *headers],
                "requestBody": {"required": False, "content": {"application/json": {"schema": {"type": "object"}}}},
            }
        },
        "/feed": {"get": {**one("feed", "What happened, as far as the caller may see it.", {"type": "object"})}},
        "/uploads": {"post": _upload()},
        "/attachments/{id}/content": {"get": _content()},
    }
    paths["/operations/{operation}"]["post"]["responses"]["204"] = {"description": "It is done."}
    events = paths["/feed"]["get"]
    events["parameters"] = [
        {"name": "after", "in": "query", "description": "The `next` of the page before.", "schema": TEXTS},
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "kind", "in": "query", "description": "Only the changes of records of this kind.", "schema": TEXTS},
        {
            "name": "filter",
            "in": "query",
            "description": "Only the changes that match; with `kind`.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Filter"}}},
        },
        {"name": "Last-Event-ID", "in": "header", "description": "The id of the last event.", "schema": TEXTS},
    ]
    events["responses"]["200"]["content"]["text/event-stream"] = {"schema": TEXTS}
    lines = {"text/csv": {"schema": TEXTS}, "application/x-ndjson": {"schema": TEXTS}}
    for kind, said in sorted(catalog["kinds"].items()):
        paths[f"/{said['table']}/export"] = {
            "get": {
                **one(f"{kind}.export", "The records of the kind as a file: CSV, CSV for spreadsheets, or lines of JSON.", {}),
                "tags": [kind],
                "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in EXPORT],
                "responses": {"200": {"description": "The file.", "content": lines}, "default": PROBLEM},
            }
        }
        paths[f"/{said['table']}/{{id}}/explain"] = {
            "get": {
                **one(f"{kind}.explain", "What the caller may do with the record now, and if not, why not.", listed),
                "tags": [kind],
                "parameters": [{"$ref": "#/components/parameters/id"}],
            }
        }
    return paths


def _upload() -> dict[str, Any]:
    uploaded = {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "name": TEXTS, "size": {"type": "integer"}, "sha256": TEXTS},
        "required": ["id", "name", "size", "sha256"],
    }
    return {
        "operationId": "upload",
        "summary": "Sends a file, to be attached within a day by whoever sent it.",
        "parameters": [
            {"name": "name", "in": "query", "required": True, "description": "The name of the file.", "schema": TEXTS},
            {"name": "sha256", "in": "query", "description": "The hash of its bytes, in hexadecimal digits.", "schema": TEXTS},
        ],
        "requestBody": {"required": True, "content": {"application/octet-stream": {}}},
        "responses": {
            "201": {"description": "The upload.", "content": {"application/json": {"schema": uploaded}}},
            "default": PROBLEM,
        },
    }


def _content() -> dict[str, Any]:
    return {
        "operationId": "download",
        "summary": "Reads a file, or some bytes of it.",
        "parameters": [
            {"$ref": "#/components/parameters/id"},
            {
                "name": "inline",
                "in": "query",
                "description": "Whether a plain picture is to be shown where it is.",
                "schema": {"type": "boolean"},
            },
            {"name": "Range", "in": "header", "description": "The bytes, such as `bytes=0-99`.", "schema": TEXTS},
        ],
        "responses": {
            "200": {"description": "The bytes.", "content": {"*/*": {}}},
            "206": {"description": "These bytes.", "content": {"*/*": {}}},
            "default": PROBLEM,
        },
    }


def _parameters() -> dict[str, Any]:
    headers = [*COMMAND_HEADERS, ("If-None-Match", "The ETag of the record as the caller has it.")]
    found: dict[str, dict[str, Any]] = {
        name: {"name": name, "in": "header", "description": doc, "schema": TEXTS} for name, doc in headers
    }
    found["Nexa-Dry-Run"]["schema"] = {"type": "string", "enum": ["true", "false"]}
    description = "The id of the record, or `system:key` for the key that another system has for it."
    for name, (doc, schema) in EXPORT.items():
        found[name] = {"name": name, "in": "query", "description": doc, **schema}
    found["id"] = {"name": "id", "in": "path", "required": True, "description": description, "schema": TEXTS}
    return found


def _problem() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "type": TEXTS,
        "title": {"type": "string", "description": "What the status says."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people that says what to do."},
        "kind": {"enum": ["invalid", "not_found", "forbidden", "rule", "conflict", "unavailable"]},
        "code": {"type": "string", "description": "The stable code, such as `lead.bant_incomplete`."},
        "params": {"type": "object", "description": "The parameters of the sentence."},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed later."},
    }
    return {"type": "object", "description": "A refusal.", "properties": properties, "required": list(properties)}


def _referring(schema: Any) -> Any:
    """A schema whose references lead to the components of the document."""
    if isinstance(schema, list):
        return [_referring(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: one.replace("#/$defs/", "#/components/schemas/") if key == "$ref" and isinstance(one, str) else _referring(one)
        for key, one in schema.items()
    }
