"""What a request says."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from ._problems import Refused
from ._routes import Route

INTEGER = re.compile(r"-?\d{1,15}\Z", re.ASCII)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Request:
    """A request, as far as it says who sends it: what `authenticate` is given."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.scope = scope
        """The scope of ASGI, in which middleware of the host may have left something."""
        self.method: str = scope["method"].upper()
        """The method, such as ``GET``."""
        self.headers: Mapping[str, str] = _headers(scope)
        """The headers by their names in lower case; what is sent more than once is joined by commas."""
        self.root: str = scope.get("root_path", "")
        """Where the application is mounted."""
        raw = scope.get("raw_path")
        path = raw.decode("latin-1") if raw else scope["path"]
        path = path.partition("?")[0].removeprefix(self.root)
        self.path: str = path
        """The path from there, as it was sent."""
        self.segments = tuple(unquote(part) for part in path.strip("/").split("/"))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by their names."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value.strip('"') for name, _, value in pairs if name}

    @property
    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        return parse_qsl(self.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)

    @property
    def bearer(self) -> str | None:
        """The token of ``Authorization: Bearer …``."""
        sort, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if sort.lower() == "bearer" else None


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joint = "; " if key == "cookie" else ", "
        found[key] = f"{found[key]}{joint}{text}" if key in found else text
    return found


def arguments(route: Route, request: Request) -> dict[str, Any]:
    """The arguments that stand in the address."""
    said: dict[str, list[str]] = {}
    for name, text in request.query:
        said.setdefault(name, []).append(text)
    read: dict[str, Any] = {}
    for name, texts in said.items():
        how = route.query.get(name, "text")
        if how == "list":
            read[name] = [one for text in texts for one in text.split(",") if one]
        else:
            read[name] = argument(how, texts[0]) if len(texts) == 1 else texts
    if "cursor" in route.query and "cursor" in read:
        read["after"] = read.pop("cursor")
    return read


def argument(how: str, text: str) -> Any:
    """One argument. What cannot be read so stays text, which the operation refuses in its own words."""
    if how == "text":
        return text
    if how == "reference":
        return reference(text)
    if how == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    if how == "integer":
        return int(text) if INTEGER.match(text) else text
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


def reference(text: str) -> Any:
    """What names a record: an id, or ``system:key`` for the key that another system has for it."""
    system, colon, key = text.partition(":")
    return {"system": system, "key": key} if colon else text


def _no_number(name: str) -> Any:
    raise ValueError(name)


async def body(request: Request, receive: Receive, largest: int) -> dict[str, Any]:
    """The object of JSON that a request brings; an empty one without a body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest:
        raise too_large(largest)
    pieces, size, more = [], 0, True
    while more:
        came = await receive()
        if came["type"] == "http.disconnect":
            raise Disconnected
        piece = came.get("body", b"")
        size += len(piece)
        if size > largest:
            raise too_large(largest)
        pieces.append(piece)
        more = came.get("more_body", False)
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if not is_json and (size or kind):
        message = "The body is not JSON; send it as application/json."
        raise Refused(415, "http.media_type", message, {"Accept": "application/json"})
    if size == 0:
        return {}
    try:
        found = json.loads(b"".join(pieces), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, "http.malformed", "The body cannot be read as JSON; send one object in UTF-8.") from None
    if not isinstance(found, dict):
        raise Refused(422, "http.malformed", "The body is JSON, but no object; send one object.")
    return found


def too_large(largest: int) -> Refused:
    """A body that is too long."""
    message = f"The body is longer than {largest} bytes; send less at once, and files to /uploads."
    return Refused(413, "http.body_too_large", message, largest=largest)


class Disconnected(Exception):
    """Whoever asked is gone."""


def envelope(request: Request) -> dict[str, Any]:
    """What the headers say that is common to all commands."""
    headers = request.headers
    said: dict[str, Any] = {}
    if key := headers.get("idempotency-key", "").strip():
        # The draft of the header has it in quotes; few send them.
        said["idempotency_key"] = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if match := headers.get("if-match", "").strip():
        version = seen(match)
        if version is not None:
            said["expected_version"] = version
    for header, name in (("nexa-reason", "reason"), ("nexa-cause", "cause")):
        if headers.get(header):
            said[name] = unquote(headers[header])
    if "nexa-dry-run" in headers:
        dry = headers["nexa-dry-run"].strip().lower()
        if dry not in ("true", "false"):
            raise Refused(400, "http.header", "Nexa-Dry-Run is true or false.", header="Nexa-Dry-Run")
        said["dry_run"] = dry == "true"
    for header, name in (("nexa-unit", "unit"), ("x-request-id", "request_id")):
        if headers.get(header):
            said[name] = headers[header]
    return said


def seen(match: str) -> int | None:
    """The version of ``If-Match``; none for any. Another tag than those that are given out fits no record."""
    if match == "*":
        return None
    text = match[1:-1] if len(match) > 2 and match[0] == match[-1] == '"' else ""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        message = 'If-Match names no version that was given out; send the ETag of the record, such as "3".'
        raise Refused(412, "http.precondition", message, header="If-Match")
    return int(text)
