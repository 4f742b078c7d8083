"""Files: bytes that are sent and read as they come, never a whole file in memory."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .._files import About
from ._problems import Refused
from ._request import reference

if TYPE_CHECKING:
    from .._session import SessionBase
    from ..aio import _Threads
    from ._application import Answer
    from ._request import Receive, Request

RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?\Z", re.ASCII)
LAST = re.compile(r"bytes=-(\d{1,18})\Z", re.ASCII)


class Gone(Exception):
    """Whoever sent a file is gone before its end."""


class Body:
    """The body of a request as a file, which a thread reads while the loop receives it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._held = b""
        self._more = True

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        while not self._held and self._more:
            message = asyncio.run_coroutine_threadsafe(_awaited(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                raise Gone
            self._held = message.get("body", b"")
            self._more = message.get("more_body", False)
        piece, self._held = self._held[:size], self._held[size:]
        return piece


async def _awaited(receive: Receive) -> MutableMapping[str, Any]:
    return await receive()


async def upload(
    session: SessionBase, request: Request, receive: Receive, answer: Answer, threads: _Threads
) -> None:
    """Takes a file: its bytes are the body, its name stands in the address."""
    said = dict(request.query)
    if set(said) - {"name", "sha256"} or "name" not in said:
        message = "The address of an upload has its name, and sha256 where that is known: /uploads?name=offer.pdf."
        raise Refused(422, "http.malformed", message)
    kind = request.headers.get("content-type")
    sent = session._native.upload
    text = await threads.run(sent, Body(receive), said["name"], kind, said.get("sha256"))
    await answer.text(201, text)


async def download(session: SessionBase, one: str, request: Request, answer: Answer, threads: _Threads) -> None:
    """Sends a file, or the bytes of it that are asked for."""
    inline = dict(request.query).get("inline") == "true"
    asked = request.headers.get("range", "") if request.method == "GET" else ""
    attachment = json.dumps(reference(one))
    first = await threads.run(session._native.download, attachment, None if not (part := _range(asked)) else part, inline)
    about = About(first)
    if last := LAST.match(asked):
        # The last bytes, of which one has to know how many there are.
        part = (max(0, about.size - int(last[1])), about.size)
        first = await threads.run(session._native.download, attachment, part, inline)
        about = About(first)
    shown = json.dumps({"name": about.name, "type": about.type, "size": about.size}, separators=(",", ":"))
    status = 206 if about.headers.get("Content-Range") else 200
    await answer.begin(status, {"Cache-Control": "private, no-cache", "Accept-Ranges": "bytes", "Nexa-File": quote(shown, safe=""), **about.headers})
    if request.method == "GET":
        while (piece := await threads.run(first.next)) is not None:
            await answer.piece(piece, more=True)
    await answer.piece(b"", more=False)


def _range(asked: str) -> tuple[int, int] | None:
    """The bytes of a header ``Range``; several ranges, and other units, are answered with the whole file."""
    found = RANGE.match(asked)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2]) + 1 if found[2] else 2**53
    return (start, end) if start < end else None
