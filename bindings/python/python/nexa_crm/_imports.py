"""Imports from files, tables and iterators, and exports into files, with progress."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import Enum
from io import TextIOBase
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Literal, Protocol, TextIO

from ._frame import Frame
from ._values import UNSET, to_text

if TYPE_CHECKING:
    from . import _native
    from ._generated.records import ImportReport, Preview
    from ._pages import Asked

    Source = str | os.PathLike[str] | BinaryIO | TextIO
    Policy = Literal["skip", "update", "fill", "refuse"]
    OnBadCell = Literal["refuse_row", "leave_out"]

PREVIEW_BYTES = 64 * 1024
"""How much of a file a preview looks at."""

ROWS = 1000
"""How many rows are handed over at once."""


class SupportsWrite(Protocol):
    """A file that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is; reported after every unit that is written."""

    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    bytes: int
    """Bytes read; 0 for rows that come from no file."""
    total: int | None
    """Of bytes for a file, of rows for anything else, as far as it is known."""


OnProgress = bool | Callable[[Progress], object]


class _Bar:
    """A bar of tqdm, which looks right in terminals and notebooks; plain lines without it."""

    def __init__(self, what: str, total: int | None, bytes_: bool) -> None:
        self._bytes = bytes_
        self._what = what
        self._total = total
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]
        except ImportError:
            self._tqdm: Any = None
        else:
            unit: Any = {"unit": "B", "unit_scale": True, "unit_divisor": 1024} if bytes_ else {"unit": " rows"}
            self._tqdm = tqdm(desc=what, total=total, **unit)

    def show(self, rows: int, done: int) -> None:
        if self._tqdm is not None:
            self._tqdm.update(done - self._tqdm.n)
            if self._bytes:
                self._tqdm.set_postfix(rows=rows, refresh=False)
        elif sys.stderr is not None and sys.stderr.isatty():
            of = f" of {self._total}" if self._total and not self._bytes else ""
            sys.stderr.write(f"\r{self._what}: {rows} rows{of}")
            sys.stderr.flush()

    def close(self) -> None:
        if self._tqdm is not None:
            self._tqdm.close()
        elif sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write("\n")


def _reporter(
    what: str, progress: OnProgress, total: int | None, bytes_: bool
) -> tuple[Callable[..., object] | None, Callable[[], None]]:
    """What the native part reports to, and what ends it."""
    if progress is False:
        return None, _nothing
    if progress is True:
        bar = _Bar(what, total, bytes_)

        def shown(rows: int, *counts: int) -> None:
            bar.show(rows, counts[-1] if bytes_ else rows)

        return shown, bar.close
    callback = progress

    def report(
        rows: int, created: int, updated: int, unchanged: int, skipped: int, refused: int, size: int
    ) -> None:
        callback(Progress(rows, created, updated, unchanged, skipped, refused, size, total))

    return report, _nothing


def _nothing() -> None:
    pass


class _Utf8:
    """A text file as bytes."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = b""

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = self._file.read(size).encode()
        out, self._left = self._left[:size], self._left[size:]
        return out


def _length(file: Any) -> int | None:
    """How many bytes are left in a file, when it says so."""
    try:
        place = file.tell()
        end: int = file.seek(0, os.SEEK_END)
        file.seek(place)
    except (AttributeError, OSError, ValueError):
        return None
    return end - int(place)


def records_of(rows: Any) -> tuple[Iterator[Any], int | None]:
    """The rows of a table or an iterable as mappings, and how many they are, if that is known."""
    for name, arguments in (("iter_rows", {"named": True}), ("to_pylist", {})):
        # A DataFrame of polars; a table of pyarrow.
        read = getattr(rows, name, None)
        if read is not None:
            return iter(read(**arguments)), len(rows)
    if hasattr(rows, "itertuples") and hasattr(rows, "columns"):
        # A DataFrame of pandas, where what is absent is not a number.
        columns = [str(column) for column in rows.columns]
        tuples = rows.itertuples(index=False, name=None)
        return (dict(zip(columns, values, strict=True)) for values in tuples), len(rows)
    return iter(rows), len(rows) if hasattr(rows, "__len__") else None


def _row(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise TypeError(f"a row is a mapping of columns to values, not {type(row).__name__}")
    return {str(name): _cell(value) for name, value in row.items() if _says(value)}


def _says(value: Any) -> bool:
    """Whether a cell says something: not `None`, and neither NaN nor what pandas has for absent values."""
    if isinstance(value, (str, int, list, dict)):
        return True
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return False
    if isinstance(value, Decimal):
        return not value.is_nan()
    if type(value).__name__ == "datetime64":
        return str(value) != "NaT"
    # A list of several values is asked for each of them.
    return getattr(value, "ndim", 0) > 0 or bool(value == value)


def _cell(value: Any) -> Any:
    """A value of a table as an import reads it.

    A moment keeps its own offset, and one without an offset stays without: in a column of days it is the day that is
    written, in a column of moments it is in UTC.
    """
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("bytes are no value of a field; decode them first")
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value.time() == time.min
        return value.date().isoformat() if midnight else value.isoformat()
    if type(value).__name__ == "datetime64":
        return str(value)
    if isinstance(value, Enum):
        return _cell(value.value)
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_cell(part) for part in parts if _says(part)]
    if getattr(value, "ndim", 0) > 0 and hasattr(value, "tolist"):
        return [_cell(part) for part in value.tolist() if _says(part)]
    # A list of polars, and a scalar of numpy.
    if hasattr(value, "to_list"):
        return [_cell(part) for part in value.to_list() if _says(part)]
    if hasattr(value, "item") and not isinstance(value, type):
        return _cell(value.item())
    return value


def _batches(rows: Iterator[Any]) -> Callable[[], str | None]:
    """Hands the rows over, many at a time."""

    def following() -> str | None:
        batch = []
        for row in rows:
            batch.append(_row(row))
            if len(batch) == ROWS:
                break
        return to_text("import_rows", batch) if batch else None

    return following


class OfKind:
    """What belongs to a kind, in a session."""

    KIND: ClassVar[str] = ""
    _session: Any


class Imports(OfKind):
    """How a kind is imported, whoever waits for it."""

    def _report(self, text: str) -> ImportReport:
        from .records import ImportReport

        return ImportReport(json.loads(text))

    def _shown(self, answer: Any) -> Preview:
        from .records import Preview

        return Preview(answer)

    def _options(self, options: dict[str, Any]) -> str:
        given = {name: value for name, value in options.items() if value is not None and value is not UNSET}
        envelope = json.loads(self._session._envelope or "{}")
        if envelope.get("dry_run"):
            given["dry_run"] = True
        if envelope.get("cause") and "run" not in given:
            given["run"] = envelope["cause"]
        return to_text("import", given)

    def _import_csv(
        self,
        source: Source,
        options: dict[str, Any],
        progress: OnProgress,
        on_refused: Callable[[dict[str, Any]], object] | None,
    ) -> ImportReport:
        native: _native.Session = self._session._native
        if isinstance(source, (str, os.PathLike)):
            with _opened(source) as opened:
                return self._import_csv(opened, options, progress, on_refused)
        reader: Any = source
        total = _length(source)
        if isinstance(source, TextIOBase):
            # Python has read the encoding already.
            reader, total = _Utf8(source), None
            options["encoding"] = "utf8"
        options["total_bytes"] = total
        report, close = _reporter(f"Importing {self.KIND}", progress, total, True)
        try:
            return self._report(native.import_csv(self.KIND, reader, self._options(options), report, _refused(on_refused)))
        finally:
            close()

    def _import_rows(
        self,
        rows: Any,
        options: dict[str, Any],
        progress: OnProgress,
        on_refused: Callable[[dict[str, Any]], object] | None,
    ) -> ImportReport:
        native: _native.Session = self._session._native
        each, total = records_of(rows)
        report, close = _reporter(f"Importing {self.KIND}", progress, total, False)
        try:
            following = _batches(each)
            return self._report(
                native.import_rows(self.KIND, following, self._options(options), report, _refused(on_refused))
            )
        finally:
            close()


def _opened(source: str | os.PathLike[str]) -> BinaryIO:
    """The file at a path."""
    if isinstance(source, str) and "\n" in source:
        raise ValueError("this is the text of a file, not its path; give io.StringIO(text), an open file, or a path")
    return open(source, "rb")


def _preview(source: Any, rows: int, options: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value is not None and value is not UNSET}
    return {**given, **_beginning(source, rows), "limit": rows}


def _beginning(source: Any, rows: int) -> dict[str, Any]:
    """What a preview looks at: the first bytes of a file, its first text, or the first rows; the file stays where it is."""
    if isinstance(source, (str, os.PathLike)):
        with _opened(source) as opened:
            return _beginning(opened, rows)
    if isinstance(source, (bytes, bytearray, memoryview)):
        piece, more = bytes(source[:PREVIEW_BYTES]), len(source) > PREVIEW_BYTES
        return {"bytes": base64.b64encode(piece).decode(), "more": more}
    if not hasattr(source, "read"):
        each, _ = records_of(source)
        return {"rows": [_row(row) for row in islice(each, rows)]}
    try:
        place = source.tell()
    except (AttributeError, OSError):
        raise ValueError("a preview must not use the file up; give a path, or the first bytes of the file") from None
    piece = source.read(PREVIEW_BYTES)
    more = bool(source.read(1))
    source.seek(place)
    if isinstance(piece, str):
        return {"csv": piece, "more": more}
    return {"bytes": base64.b64encode(piece).decode(), "more": more}


def _refused(report: Callable[[dict[str, Any]], object] | None) -> Callable[[str], object] | None:
    return None if report is None else lambda text: report(json.loads(text))



class Importable(Imports):
    """What can be done with every kind that is imported."""

    def import_csv(
        self,
        source: Source,
        *,
        mapping: str | Mapping[str, str] | None = None,
        set: Mapping[str, Any] | None = None,
        match_on: str | None = None,
        policy: Policy | None = None,
        on_bad_cell: OnBadCell | None = None,
        form: str | None = None,
        encoding: str | None = None,
        mixed_latin1: bool = False,
        delimiter: str | None = None,
        spreadsheet: bool | None = None,
        date_format: str | None = None,
        decimal_comma: bool = False,
        chunk: int | None = None,
        run: str | None = None,
        progress: OnProgress = False,
        on_refused: Callable[[dict[str, Any]], object] | None = None,
    ) -> ImportReport:
        """Imports a CSV file of any length from a path or an open file; the same file again creates nothing.

        `mapping` says which column goes where, as ``{"Column": "field"}``; what is not said is guessed from the headers.
        `set` gives every row fields; `match_on` is by what a row finds the record that is already there, and `policy` what
        happens to it then. A cell that cannot be read refuses its row, or is left out and listed in the report with
        `on_bad_cell="leave_out"`. The `form` of the file is recognised and stands in the report; `encoding` is any name of the
        Encoding Standard, such as ``windows-1251``, when the file is neither UTF-8 nor UTF-16. `spreadsheet` says whether an
        apostrophe before a formula is taken away, as an export puts it there: unless said, in files with a byte order mark. Every
        `chunk` rows, 1,000 unless said, are one unit with its history, under the name `run`.

        `progress=True` shows a bar (tqdm, when it is installed), or is a function that gets a `Progress`. `on_refused`
        gets each refused row, with `problem` and `cells`; the report lists the first 1,000.
        """
        options = dict(
            mapping=mapping, set=set, match_on=match_on, policy=policy, on_bad_cell=on_bad_cell, form=form, encoding=encoding,
            mixed_latin1=mixed_latin1 or None, delimiter=delimiter, spreadsheet=spreadsheet,
            date_format=date_format, decimal_comma=decimal_comma or None, chunk=chunk, run=run,
        )  # fmt: skip
        return self._import_csv(source, options, progress, on_refused)

    def import_rows(
        self,
        rows: Any,
        *,
        mapping: str | Mapping[str, str] | None = None,
        set: Mapping[str, Any] | None = None,
        match_on: str | None = None,
        policy: Policy | None = None,
        on_bad_cell: OnBadCell | None = None,
        spreadsheet: bool | None = None,
        date_format: str | None = None,
        decimal_comma: bool = False,
        chunk: int | None = None,
        run: str | None = None,
        progress: OnProgress = False,
        on_refused: Callable[[dict[str, Any]], object] | None = None,
    ) -> ImportReport:
        """Imports rows from an iterable of dicts, or a DataFrame of polars or pandas, or a table of pyarrow.

        Rows are taken as they are needed, in memory that does not grow. What is absent, `NaN` and `NaT` among it, says
        nothing; a moment without an offset is a day in a column of days, and in UTC in one of moments; a list has several
        values. The rest is as in `import_csv`.
        """
        options = dict(
            mapping=mapping, set=set, match_on=match_on, policy=policy, on_bad_cell=on_bad_cell,
            spreadsheet=spreadsheet, date_format=date_format, decimal_comma=decimal_comma or None, chunk=chunk, run=run,
        )  # fmt: skip
        return self._import_rows(rows, options, progress, on_refused)


    def import_preview(
        self,
        source: Source | bytes | Any,
        *,
        rows: int = 10,
        mapping: str | Mapping[str, str] | None = None,
        set: Mapping[str, Any] | None = None,
        match_on: str | None = None,
        policy: Policy | None = None,
        form: str | None = None,
        encoding: str | None = None,
        mixed_latin1: bool = False,
        delimiter: str | None = None,
        date_format: str | None = None,
        decimal_comma: bool = False,
    ) -> Preview:
        """Shows what an import would make of a path, an open file, the bytes of one, or rows; nothing is imported.

        The answer names the form of the file (such as ``hubspot.contacts``), its encoding and delimiter, where each column
        would go, what is doubtful, and the first `rows` as they would be read, each with its problem. An open file stays
        where it is. The options are those of `import_csv`.
        """
        options = dict(
            mapping=mapping, set=set, match_on=match_on, policy=policy, form=form, encoding=encoding,
            mixed_latin1=mixed_latin1 or None, delimiter=delimiter, date_format=date_format,
            decimal_comma=decimal_comma or None,
        )  # fmt: skip
        return self._shown(self._session.execute(f"{self.KIND}.import_preview", _preview(source, rows, options)))


def export_options(
    format: str, columns: Sequence[str] | None, delimiter: str, labels: bool, local_times: bool, names: bool
) -> dict[str, Any]:
    """How an export is written, as the native part takes it."""
    options = dict(format=format, delimiter=delimiter, labels=labels, local_times=local_times, names=names)
    return options if columns is None else options | {"columns": list(columns)}


class Exports(OfKind):
    """How a kind is read in bulk, whoever waits for it."""

    def _framed(self, asked: Asked, columns: Any) -> Frame:
        find = dict(asked.arguments)
        if asked.limit is not None:
            find["limit"] = asked.limit
        native: _native.Session = self._session._native
        return Frame(native.frame(self.KIND, to_text("frame", find), None if columns is None else list(columns)))

    def _exported(
        self,
        target: str | os.PathLike[str] | SupportsWrite,
        asked: Asked,
        options: Mapping[str, Any],
        progress: bool | Callable[[int, int], object],
    ) -> int:
        if isinstance(target, (str, os.PathLike)):
            with open(target, "wb") as file:
                return self._exported(file, asked, options, progress)
        find = dict(asked.arguments)
        if asked.limit is not None:
            find["limit"] = asked.limit
        native: _native.Session = self._session._native
        text, how = to_text("export", find), to_text("export", options)
        if not isinstance(progress, bool):
            return native.export(self.KIND, text, how, target, progress)[0]
        if not progress:
            return native.export(self.KIND, text, how, target)[0]
        bar = _Bar(f"Exporting {self.KIND}", None, False)
        try:
            return native.export(
                self.KIND, text, how, target, lambda records, size: bar.show(records, records)
            )[0]
        finally:
            bar.close()
