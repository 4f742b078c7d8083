"""Mails that come in: what became of one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._values import Id, to_text

if TYPE_CHECKING:
    from . import _native


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail."""

    inbound: Id
    """Its record."""
    state: str
    """``placed``, ``duplicate`` or ``held``."""
    reason: str | None
    """Why it is held."""
    message: Id | None
    """The message that it is, or that of the one that came before."""
    thread: Id | None
    """The thread of the message."""
    ticket: Id | None
    """The ticket of the thread."""


def received(
    native: _native.Session, inbox: Any, mail: bytes, envelope_from: str | None, envelope_to: Iterable[str] | None
) -> Received:
    """Takes a mail as bytes."""
    envelope: dict[str, Any] = {"to": list(envelope_to or ()), "known": envelope_from is not None}
    if envelope_from:
        envelope["from"] = envelope_from
    answer = json.loads(native.receive(to_text("receive", inbox), json.dumps(envelope), mail))
    ids = {part: Id(answer[part]) if answer.get(part) else None for part in ("message", "thread", "ticket")}
    return Received(Id(answer["inbound"]), answer["state"], answer.get("reason"), **ids)
