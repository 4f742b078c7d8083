"""Which path and method each operation of the catalog has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PLAIN = {"find": "GET", "create": "POST", "get": "GET", "update": "PATCH", "trash": "DELETE"}
"""The operations whose path has no verb."""

QUESTIONS_WITH_A_BODY = frozenset({"import_preview"})
"""The questions that take more than an address can have."""

REFERENCE = [{"format": "uuid", "type": "string"}, {"$ref": "#/$defs/ExternalKey"}]
"""The schema of what names a record."""


@dataclass(frozen=True)
class Route:
    """The path of an operation."""

    operation: str
    """Its name in the catalog."""
    method: str
    """The method of HTTP."""
    segments: tuple[str, ...]
    """The parts of the path; ``{id}`` stands for any."""
    target: str | None = None
    """The argument that the ``{id}`` of the path is."""
    command: bool = False
    """Whether it changes something."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The arguments that stand behind the question mark, with how each is read; all others are in the body."""
    created: bool = False
    """Whether the answer is a new record."""
    record: bool = False
    """Whether the answer is the record that the path names, with its version."""

    @property
    def path(self) -> str:
        """The path as a document shows it."""
        return "/" + "/".join(self.segments)

    @property
    def body(self) -> bool:
        """Whether it takes a body."""
        return self.method in ("POST", "PATCH")


def routes(catalog: Mapping[str, Any]) -> list[Route]:
    """The routes of all operations, in the order of their names."""
    found = (_route(name, catalog) for name in sorted(catalog["operations"]))
    return [route for route in found if route is not None]


def _route(name: str, catalog: Mapping[str, Any]) -> Route | None:
    group, verb = name.split(".")
    operation = catalog["operations"][name]
    taken = operation["input"].get("properties", {})
    kind = catalog["kinds"].get(group)
    place = group if kind is None else kind["table"]
    target = group if group in operation["input"].get("required", []) else None
    segments = [place] if target is None else [place, "{id}"]
    plain = kind is not None and verb in PLAIN
    if not plain:
        segments.append(verb)
    command = operation["mode"] == "command"
    method = PLAIN[verb] if plain else "POST" if command or verb in QUESTIONS_WITH_A_BODY else "GET"
    names = [] if method in ("POST", "PATCH") else [one for one in sorted(taken) if one != target]
    answer = catalog["operations"].get(f"{group}.get", {}).get("output", {}).get("$ref", "").replace("Found_of_", "")
    output = operation["output"].get("$ref", "").replace("Found_of_", "")
    return Route(
        operation=name,
        method=method,
        segments=tuple(segments),
        target=target,
        command=command,
        query={("cursor" if _is_cursor(one, taken[one]) else one): reading(taken[one]) for one in names},
        created=plain and verb == "create",
        record=output != "" and output == answer and (target is not None or (plain and verb == "create")),
    )


def _is_cursor(name: str, schema: Mapping[str, Any]) -> bool:
    return name == "after" and schema.get("type") == ["string", "null"]


def reading(schema: Mapping[str, Any]) -> str:
    """How an argument behind the question mark is read: as ``text``, ``integer``, ``boolean``, ``list``, ``reference`` or ``json``."""
    said = schema.get("type", [])
    types = {said} if isinstance(said, str) else set(said)
    types.discard("null")
    choices = schema.get("anyOf", [])
    if choices == REFERENCE or {"anyOf": REFERENCE} in choices:
        return "reference"
    if types == {"string"}:
        return "text"
    for plain in ("integer", "boolean"):
        if types == {plain}:
            return plain
    if types == {"array"} and schema.get("items") == {"type": "string"}:
        return "list"
    return "json"


class Router:
    """Finds the route of a request."""

    def __init__(self, all_routes: list[Route]) -> None:
        self.operations = {route.operation: route for route in all_routes}
        self._by_place: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in all_routes:
            self._by_place.setdefault(route.segments, {})[route.method] = route

    def at(self, segments: tuple[str, ...]) -> tuple[dict[str, Route], str | None]:
        """The routes at a path by their methods, and what stands in the place of ``{id}``."""
        found = self._by_place.get(segments)
        if found is not None and "{id}" not in segments:
            return found, None
        if len(segments) in (2, 3) and segments[1]:
            found = self._by_place.get((segments[0], "{id}", *segments[2:]))
            if found is not None:
                return found, segments[1]
        return {}, None
