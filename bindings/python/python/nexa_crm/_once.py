"""An answer that says whether it was given before."""

from __future__ import annotations

from typing import Any, NamedTuple


class Once(NamedTuple):
    """The answer of a command, and whether the command was done now or before.

    What a host does beside a command, such as writing an invoice, it does for a new one alone::

        done = s.once("form-4711").lead.convert(lead)
        if not done.replayed:
            write_invoice(done.value)
    """

    value: Any
    """The answer."""
    replayed: bool
    """Whether the command was done before: nothing changed, and this is what it answered."""
