"""Exports: the records of a kind as a file of any length, which is sent while it is written."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from ._problems import Refused
from ._request import argument

if TYPE_CHECKING:
    from .._session import SessionBase
    from ..aio import _Threads
    from ._application import Answer
    from ._request import Receive, Request

FIND = {"filter": "json", "sort": "list", "limit": "integer", "trashed": "boolean"}
"""Which records are exported, and how each argument is read."""

OPTIONS = {
    "format": "text", "columns": "list", "delimiter": "text", "labels": "boolean", "local_times": "boolean", "names": "boolean",
}  # fmt: skip
"""How they are written."""


class Gone(Exception):
    """Whoever asked for an export is gone before its end."""


class Target:
    """A file that a thread writes, and the loop sends."""

    def __init__(self, answer: Answer, headers: dict[str, str], gone: asyncio.Future[None]) -> None:
        self._answer = answer
        self._headers = headers
        self._gone = gone
        self._loop = asyncio.get_running_loop()

    def write(self, content: bytes) -> None:
        """Sends the next bytes; waits until they are taken."""
        asyncio.run_coroutine_threadsafe(self._sent(content), self._loop).result()

    async def _sent(self, content: bytes) -> None:
        if self._gone.done():
            raise Gone
        if not self._answer.begun:
            await self._answer.begin(200, self._headers)
        await self._answer.piece(content, more=True)


async def export(
    session: SessionBase, kind: str, place: str, request: Request, receive: Receive, answer: Answer, threads: _Threads
) -> None:
    """Sends the records of a kind as CSV, or a line of JSON for each."""
    said = _read(request)
    find, options = ({name: said[name] for name in names if name in said} for names in (FIND, OPTIONS))
    lines = options.get("format") == "json_lines"
    headers = {
        "Content-Type": "application/x-ndjson" if lines else "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{place}.{"jsonl" if lines else "csv"}"',
        "Cache-Control": "no-store",
    }
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        target = Target(answer, headers, gone)
        await threads.run(session._native.export, kind, json.dumps(find), json.dumps(options), target)
    finally:
        gone.cancel()
    if not answer.begun:
        await answer.begin(200, headers)
    await answer.piece(b"", more=False)


def _read(request: Request) -> dict[str, Any]:
    known = {**FIND, **OPTIONS}
    said: dict[str, Any] = {}
    for name, text in request.query:
        if name not in known:
            raise Refused(422, "http.malformed", f"An export takes no {name}; give {', '.join(known)}.")
        if known[name] == "list":
            said[name] = [*said.get(name, []), *(one for one in text.split(",") if one)]
        else:
            said[name] = argument(known[name], text)
    return said


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
