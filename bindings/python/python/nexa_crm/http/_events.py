"""The feed: a page of it as JSON, or as events that the server sends while it grows."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from .. import _native
from .._errors import Error
from .._feed import LIMIT, LONGEST, SHORTEST
from ._problems import Refused, problem
from ._request import argument

if TYPE_CHECKING:
    from .._session import SessionBase
    from ..aio import _Threads
    from ._application import Answer
    from ._request import Receive, Request

EVENTS = "text/event-stream"
HEARTBEAT = 15.0
"""After so many seconds without an event a comment is sent, so that nobody on the way takes the line for dead."""


async def feed(
    session: SessionBase, request: Request, receive: Receive, answer: Answer, threads: _Threads, seconds: float
) -> None:
    """Answers what happened after a position, as far as the caller may see it."""
    said = dict(request.query)
    if unknown := set(said) - {"after", "limit", "kind", "filter"}:
        message = f"A feed takes no {sorted(unknown)[0]}; give after, limit, kind and filter."
        raise Refused(422, "http.malformed", message)
    only = {name: argument("json" if name == "filter" else "text", said[name]) for name in ("kind", "filter") if name in said}
    after = request.headers.get("last-event-id") or said.get("after") or "0"
    position, limit, wanted = asked({"after": after, "limit": argument("integer", said.get("limit", str(LIMIT))), "only": only})
    text = await threads.run(session._native.feed, position, limit, wanted)
    if EVENTS not in request.headers.get("accept", "") or request.method == "HEAD":
        await answer.text(200, text)
        return
    await answer.begin(200, {"Content-Type": EVENTS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    await answer.piece(b"retry: 1000\n\n", more=True)
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await _follow(session, answer, threads, text, wanted, gone, time.monotonic() + seconds)
    finally:
        gone.cancel()


def asked(said: dict[str, Any]) -> tuple[str, int, str | None]:
    """What is asked of a feed: after which position, how many events, and which of them alone."""
    limit, only = said.get("limit", LIMIT), said.get("only")
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise Refused(422, "http.malformed", f"The limit of a feed is 1 to {LIMIT}.")
    return _native.position(str(said.get("after", "0"))), limit, json.dumps(only) if only else None


async def _follow(
    session: SessionBase,
    answer: Answer,
    threads: _Threads,
    text: str,
    wanted: str | None,
    gone: asyncio.Future[None],
    until: float,
) -> None:
    wait, said = SHORTEST, time.monotonic()
    while not gone.done():
        page: dict[str, Any] = json.loads(text)
        sent = "".join(_event(item, page["next"]) for item in page["items"])
        if sent or time.monotonic() - said > HEARTBEAT:
            await answer.piece((sent or ": here\n\n").encode(), more=True)
            said = time.monotonic()
        if time.monotonic() > until:
            # Whoever listens comes again with where it was, and says anew who it is.
            break
        if page["complete"]:
            wait = SHORTEST if sent else min(wait * 2, LONGEST)
            await asyncio.wait([gone], timeout=wait)
        try:
            text = await threads.run(session._native.feed, page["next"], LIMIT, wanted)
        except Error as refused:
            data = json.dumps(problem(refused)[1], ensure_ascii=False)
            await answer.piece(f"event: refused\ndata: {data}\n\n".encode(), more=True)
            break
    if not gone.done():
        await answer.piece(b"", more=False)


def _event(item: dict[str, Any], following: str) -> str:
    """An event: its name says what it is, and its id is where to go on after it."""
    ((what, data),) = item.items()
    shown = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {data.get('position') or following}\nevent: {what}\ndata: {shown}\n\n"


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
