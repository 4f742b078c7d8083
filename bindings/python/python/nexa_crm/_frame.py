"""Records as tables of Arrow, through the PyCapsule interface, without a dependency on any library."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import _native


class Frame:
    """A table: ``polars.DataFrame(frame)``, ``pyarrow.table(frame)``, ``pandas.DataFrame.from_arrow(frame)``.

    The values stay where they are; whoever takes the table shares them. It can be taken any number of times.
    """

    def __init__(self, native: _native.Table) -> None:
        self._native = native

    @property
    def columns(self) -> list[str]:
        """The names of the columns: paths, as filters name them."""
        return self._native.columns

    def __len__(self) -> int:
        return self._native.rows

    def to_pandas(self) -> Any:
        """A DataFrame of pandas 3 or newer, which has to be installed."""
        return import_module("pandas").DataFrame.from_arrow(self)

    def to_polars(self) -> Any:
        """A DataFrame of polars, which has to be installed."""
        return import_module("polars").DataFrame(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._native.stream()

    def __arrow_c_schema__(self) -> object:
        return self._native.schema()

    def __repr__(self) -> str:
        return f"<Frame: {len(self)} rows of {', '.join(self.columns)}>"
