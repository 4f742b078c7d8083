"""Files: what is sent, and what is read, piece by piece."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ._values import Id, to_text

if TYPE_CHECKING:
    from . import _native
    from ._record import Record


class Readable(Protocol):
    """A file that was opened in binary mode."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that were sent, to be attached by whoever sent them within a day."""

    id: Id
    """By this a command attaches it."""
    name: str
    """The name of the file."""
    name_cut: bool
    """Whether the name was too long, and cut."""
    declared_type: str | None
    """What the sender says it is."""
    type: str
    """What its first bytes say it is; ``application/octet-stream`` where they say nothing."""
    size: int
    """How many bytes it has."""
    sha256: str
    """Their hash, in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    kept: int
    """How many things the store of files had of the tenant."""
    removed: int
    """How many of them no record knows: they were removed."""
    missing: list[str]
    """The hashes of files whose bytes are missing."""


def swept(text: str) -> Swept:
    """What a sweep answered."""
    return Swept(**json.loads(text))


def send(
    native: _native.Session,
    file: str | os.PathLike[str] | Readable,
    name: str | None,
    type: str | None,
    sha256: str | None,
) -> Upload:
    """Sends a file by its path, or one that was opened in binary mode."""
    by_path = isinstance(file, (str, os.PathLike))
    if name is None:
        name = os.path.basename(os.fspath(file) if by_path else str(getattr(file, "name", "")))  # type: ignore[arg-type]
    opened: AbstractContextManager[Any] = open(file, "rb") if by_path else nullcontext(file)  # type: ignore[arg-type]
    with opened as source:
        sent = json.loads(native.upload(source, name, type, sha256))
    parts = ("name", "name_cut", "declared_type", "type", "size", "sha256")
    return Upload(Id(sent["id"]), **{part: sent[part] for part in parts})


def reference(attachment: Record | str | Any) -> str:
    """A file as the native part takes it."""
    return to_text("download", attachment)


class About:
    """A file that is read, and the headers that a server sends with it."""

    def __init__(self, native: _native.Download) -> None:
        self._native = native
        about = json.loads(native.about())
        self.name: str = about["name"]
        """The name of the file."""
        self.type: str = about["type"]
        """What its bytes are."""
        self.size: int = about["size"]
        """How many bytes the whole file has."""
        self.range: tuple[int, int] = (about["start"], about["end"])
        """The bytes that follow: the first, and the one behind the last."""
        self.headers: dict[str, str] = about["headers"]
        """Headers of HTTP, which keep a browser from running what it gets. A server sends all of them."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name!r}, {self.size} bytes>"


class Download(About):
    """The bytes of a file: ``for piece in download``, `read` them all, or `save` them. They are read once."""

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._native.next()) is not None:
            yield piece

    def read(self) -> bytes:
        """All bytes that were not read yet."""
        return b"".join(self)

    def save(self, path: str | os.PathLike[str]) -> int:
        """Writes the bytes to a file; answers how many."""
        with open(path, "wb") as target:
            return sum(target.write(piece) for piece in self)


class AsyncDownload(About):
    """The bytes of a file: ``async for piece in download``, or ``await download.read()``. They are read once."""

    def __init__(self, native: _native.Download, run: Callable[..., Awaitable[Any]]) -> None:
        super().__init__(native)
        self._run = run

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._run(self._native.next)) is not None:
            yield piece

    async def read(self) -> bytes:
        """All bytes that were not read yet."""
        return b"".join([piece async for piece in self])

    async def save(self, path: str | os.PathLike[str]) -> int:
        """Writes the bytes to a file; answers how many."""
        written: int = await self._run(Download(self._native).save, path)
        return written
