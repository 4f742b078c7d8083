"""The application: from a request to an operation of a session, and back."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from .._errors import Error
from .._session import Crm, SessionBase, envelope_text
from ..aio import AsyncCrm, _Threads
from . import _events, _exports, _files
from ._openapi import document
from ._problems import TYPE, Refused, Unauthenticated, problem
from ._request import Disconnected, Receive, Request, arguments, body, envelope, reference
from ._routes import Route, Router, routes

if TYPE_CHECKING:
    from collections.abc import MutableMapping

Send: TypeAlias = Callable[["MutableMapping[str, Any]"], Awaitable[None]]
Whom: TypeAlias = "SessionBase | None"
Authenticate: TypeAlias = "Callable[[Request], Whom | Awaitable[Whom]]"

JSON = "application/json"
LARGEST = 8 * 1024 * 1024
"""How many bytes of JSON a request may bring unless said."""


class Application:
    """An application of ASGI, over the tenants of a Crm."""

    def __init__(
        self,
        crm: Crm | AsyncCrm,
        authenticate: Authenticate,
        *,
        largest_body: int = LARGEST,
        title: str = "Nexa CRM",
        security: Mapping[str, Any] | None = None,
        threads: int = 32,
        feed_seconds: float = 900.0,
    ) -> None:
        self._authenticate = authenticate
        self._largest = largest_body
        self._title = title
        self._security = security
        self._feed_seconds = feed_seconds
        self._threads = crm._threads if isinstance(crm, AsyncCrm) else _Threads(threads)
        # Who sends slowly keeps a thread; those who ask shall not wait for them.
        self._slow = _Threads(threads)
        self._router: Router | None = None
        self._documents: dict[str, bytes] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one request, or the messages of a server that begins and ends."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"this application speaks HTTP, and no {scope['type']}")
        request = Request(scope)
        answer = Answer(send, request)
        try:
            await self._answer(request, receive, answer)
        except Unauthenticated as refused:
            await answer.refuse(refused.refused())
        except (Error, Refused) as refused:
            await answer.refuse(refused)
        except (Disconnected, _exports.Gone, _files.Gone):
            return
        except Exception:
            # The server writes down what happened; whoever asked learns nothing of the inside.
            await answer.refuse(Refused(500, "http.failed", "The server met an error that it did not expect."))
            raise

    async def _answer(self, request: Request, receive: Receive, answer: Answer) -> None:
        if request.segments == ("openapi.json",):
            _allow(request, "GET", "HEAD")
            await answer.send(200, await self._threads.run(self._document, request.root), "application/openapi+json")
            return
        if self._router is None:
            self._router = await self._threads.run(_router)
        session = await self._session(request)
        match request.segments:
            case ("session",):
                _allow(request, "GET", "HEAD")
                await answer.json(200, {"org": session.org, "actor": session.actor})
            case ("feed",):
                _allow(request, "GET", "HEAD")
                await _events.feed(session, request, receive, answer, self._threads, self._feed_seconds)
            case ("uploads",):
                _allow(request, "POST")
                await _files.upload(session, request, receive, answer, self._slow)
            case ("attachments", one, "content"):
                _allow(request, "GET", "HEAD")
                await _files.download(session, one, request, answer, self._threads)
            case ("operations", name):
                _allow(request, "POST")
                said = await body(request, receive, self._largest)
                await self._named(session, name, said, request, answer)
            case segments:
                await self._route(session, segments, request, receive, answer)

    async def _route(
        self, session: SessionBase, segments: tuple[str, ...], request: Request, receive: Receive, answer: Answer
    ) -> None:
        assert self._router is not None
        if len(segments) == 3 and segments[2] == "explain" and (kind := self._kind(segments[0])) is not None:
            _allow(request, "GET", "HEAD")
            record = json.dumps(reference(segments[1]))
            await answer.text(200, await self._threads.run(session._native.explain, kind, record))
            return
        if len(segments) == 2 and segments[1] == "export" and (kind := self._kind(segments[0])) is not None:
            _allow(request, "GET")
            await _exports.export(session, kind, segments[0], request, receive, answer, self._slow)
            return
        found, target = self._router.at(segments)
        if not found:
            message = "There is nothing at this path; /openapi.json has the paths that there are."
            raise Refused(404, "http.not_found", message)
        methods: set[str] = {*found, "HEAD"} if "GET" in found else {*found}
        _allow(request, *sorted(methods))
        route = found["GET" if request.method == "HEAD" else request.method]
        said = arguments(route, request)
        if route.body:
            said |= await body(request, receive, self._largest)
        if route.target is not None and target is not None:
            if said.get(route.target) is not None:
                message = f"The path names the {route.target}; leave it out of the arguments."
                raise Refused(422, "http.malformed", message)
            said[route.target] = reference(target)
        await self._run(session, route.operation, route, said, request, answer)

    async def _run(
        self,
        session: SessionBase,
        name: str,
        route: Route | None,
        said: dict[str, Any],
        request: Request,
        answer: Answer,
    ) -> None:
        if route is None:
            # An operation that there is not is refused in the words of the door.
            await self._threads.run(session._native.execute, name, "{}", None)
            return
        command = route.command
        wrapped = _enveloped(session, request, replays=True) if command else session._envelope
        # What is not text in UTF-8 stays escaped, so that the operation refuses it in its own words.
        text = json.dumps(said)
        got: Any = json.loads(await self._threads.run(session._native.execute, name, text, wrapped))
        headers: dict[str, str] = {}
        if command:
            if got["replayed"]:
                headers["Idempotent-Replayed"] = "true"
            got = got["value"]
        status = 200
        if route.record and isinstance(got, dict):
            headers["ETag"] = f'"{got["version"]}"'
            if route.created:
                status = 201
                headers["Location"] = f"{request.root}/{route.segments[0]}/{got['id']}"
            # What came along may have changed by itself.
            elif route.method == "GET" and not got.get("related") and _is_known(request, headers["ETag"]):
                await answer.send(304, b"", None, headers)
                return
        if got is None:
            await answer.send(204, b"", None, headers)
            return
        await answer.json(status, got, headers)

    async def _named(
        self, session: SessionBase, name: str, said: dict[str, Any], request: Request, answer: Answer
    ) -> None:
        assert self._router is not None
        native = session._native
        match name:
            case "batch":
                wrapped = _enveloped(session, request, replays=True)
                text = json.dumps(said.get("requests"))
                got = json.loads(await self._threads.run(native.batch, text, wrapped))
                await answer.json(200, got["value"], {"Idempotent-Replayed": "true"} if got["replayed"] else {})
            case "explain":
                kind, record = said.get("kind"), json.dumps(said.get("record"))
                await answer.text(200, await self._threads.run(native.explain, str(kind), record))
            case "feed":
                asked = _events.asked(said)
                await answer.text(200, await self._threads.run(native.feed, *asked))
            case _:
                await self._run(session, name, self._router.operations.get(name), said, request, answer)

    async def _session(self, request: Request) -> SessionBase:
        if inspect.iscoroutinefunction(self._authenticate) or inspect.iscoroutinefunction(
            getattr(self._authenticate, "__call__", None)  # noqa: B004
        ):
            found = self._authenticate(request)
        else:
            # It may read a database of the host.
            found = await self._threads.run(self._authenticate, request)
        session: Any = await found if inspect.isawaitable(found) else found
        if session is None:
            raise Unauthenticated
        if session.actor.startswith("system:"):
            raise TypeError("authenticate answered a session of the host itself, for which every access is open; name who calls")
        return session  # type: ignore[no-any-return]

    def _kind(self, place: str) -> str | None:
        assert self._router is not None
        found, _ = self._router.at((place,))
        return found["GET"].operation.partition(".")[0] if "GET" in found else None

    def _document(self, root: str) -> bytes:
        found = self._documents.get(root)
        if found is None:
            from .. import catalog

            whole = document(catalog(), title=self._title, server=root or "/", security=self._security)
            found = self._documents[root] = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        return found


class Answer:
    """The response to one request."""

    def __init__(self, send: Send, request: Request) -> None:
        self._send = send
        self._head = request.method == "HEAD"
        self._precondition = "if-match" in request.headers
        self.begun = False

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Sends the status and the headers."""
        self.begun = True
        wire = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": wire})

    async def piece(self, content: bytes, *, more: bool) -> None:
        """Sends some of the body."""
        await self._send({"type": "http.response.body", "body": b"" if self._head else content, "more_body": more})

    async def send(
        self, status: int, content: bytes, kind: str | None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Sends all of it."""
        # What one caller was shown is not what another is, also where the version is the same.
        whole = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie", **(headers or {})}
        if kind is not None:
            whole |= {"Content-Type": kind, "Content-Length": str(len(content))}
        await self.begin(status, whole)
        await self.piece(content, more=False)

    async def json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        """Sends a value as JSON."""
        await self.text(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")), headers)

    async def text(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Sends JSON that is text already."""
        await self.send(status, text.encode(), JSON, headers)

    async def refuse(self, refused: Error | Refused) -> None:
        """Sends a refusal, unless something else was sent."""
        if self.begun:
            return
        status, content, headers = problem(refused, precondition=self._precondition)
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        await self.send(status, text.encode(), TYPE, {**headers, "Cache-Control": "no-store"})


def _router() -> Router:
    from .. import catalog

    return Router(routes(catalog()))


def _enveloped(session: SessionBase, request: Request, *, replays: bool) -> str | None:
    return envelope_text(session._envelope, {**envelope(request), "mark_replays": replays})


def _allow(request: Request, *methods: str) -> None:
    if request.method not in methods:
        message = f"This path takes {', '.join(methods)}."
        raise Refused(405, "http.method_not_allowed", message, {"Allow": ", ".join(methods)}, method=request.method)


def _is_known(request: Request, tag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in known or known == ["*"]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
