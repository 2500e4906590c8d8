"""Parquet files that come in: their columns as the lines of a table, headings first.

Such a file says itself what is a number, a date or a text. A row is told by the number that it has
below a line of headings, as in a CSV of the same table.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sisim.i18n import number
from sisim.loading.cells import USUAL, SizeLimit, TableCell, TableError, TableRow, too_large
from sisim.scenario.errors import Reason

PARQUET = b"PAR1"
"""How a file begins."""
ENCRYPTED = b"PARE"
UNPACKED = 4
"""So many times as large a file may be, unpacked."""
_DAMAGED = Reason(
    "The file is damaged, or no Parquet file. Write it again from the program that it comes from."
)


def parquet_lines(content: bytes, most: SizeLimit = USUAL) -> list[TableRow]:
    """Return the lines of the table in a Parquet file, its headings first.

    Args:
        content: The content of the file.
        most: How large it may be; unpacked, four times as many bytes.

    Raises:
        TableError: If it cannot be read, or is too large.
    """
    if content.startswith(ENCRYPTED):
        raise TableError(Reason("The file is encrypted: write it without encryption."))
    # Slow to import: only who reads such a file waits for it.
    import pyarrow as pa

    try:
        columns = list(_columns(content, most))
    except TableError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise TableError(_DAMAGED) from error
    lines = [TableRow(1, {at: TableCell(name) for at, (name, _) in enumerate(columns)})]
    for row, values in enumerate(zip(*(values for _, values in columns), strict=True), start=2):
        cells = ((at, _cell(value)) for at, value in enumerate(values))
        lines.append(TableRow(row, {at: cell for at, cell in cells if cell is not None}))
    return lines


def _columns(content: bytes, most: SizeLimit) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name of each column and its values."""
    import pyarrow.parquet as pq

    told = pq.read_metadata(io.BytesIO(content))
    too_large((told.num_rows + 1) * told.num_columns, most.cells)
    groups = [told.row_group(at) for at in range(told.num_row_groups)]
    size = sum(
        group.column(at).total_uncompressed_size
        for group in groups
        for at in range(group.num_columns)
    )
    if size > UNPACKED * most.bytes:
        megabytes = number(UNPACKED * most.bytes // 1_000_000)
        raise TableError(Reason("There is more than {n} MB in the file, unpacked.", n=megabytes))
    texts = [
        told.schema.column(at).path
        for at in range(told.num_columns)
        if told.schema.column(at).physical_type == "BYTE_ARRAY"
    ]
    # A text that stands in many rows is kept once, as it is in the file.
    table = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts).read()
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield name, [value for chunk in column.chunks for value in _values(chunk)]


def _values(chunk: Any) -> list[Any]:
    """Return the values of a part of a column as Python has them."""
    import pyarrow as pa

    kind = chunk.type
    if pa.types.is_dictionary(kind):
        own = _values(chunk.dictionary)
        return [None if at is None else own[at] for at in chunk.indices.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        # Some programs do not say of texts that they are.
        with suppress(pa.ArrowInvalid):
            return _values(chunk.cast(pa.large_utf8()))
    if pa.types.is_timestamp(kind):
        # By the clock of its own zone; nanoseconds are more than a date has.
        return list(chunk.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist())
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        # 0.1 is written as 0.1, and not as the nearest double of its 32 bits.
        return [None if value is None else float(str(value)) for value in chunk.to_numpy(False)]
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or _is_text(kind):
        return list(chunk.to_pylist())
    return [None if gone else str(kind) for gone in chunk.is_null().to_pylist()]


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    )


def _cell(value: Any) -> TableCell | None:
    """Return the cell of a value; None where there is none."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if math.isnan(value):
            return None
        whole = math.isfinite(value) and value == int(value)
        return TableCell(
            str(int(value) if whole else value), float(value) if math.isfinite(value) else None
        )
    if isinstance(value, datetime):
        local = value.replace(tzinfo=None)
        at_midnight = local.time() == time()
        return _cell(str(local.date()) if at_midnight else local.isoformat(" ", "seconds"))
    if isinstance(value, date):
        return TableCell(value.isoformat())
    text = "" if value is None else str(value).strip()
    return TableCell(text) if text else None
