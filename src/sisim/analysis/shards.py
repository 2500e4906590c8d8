"""Shards of a result: Parquet files that tell what made them, and whether they are as written.

A shard is called `IDS-CONTENT.parquet`, after the cells that are in it and after its own bytes: no
bit of it can become another unnoticed. Its metadata have the digest of what made it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SOURCE = b"sisim.source"
"""The key of the metadata under which a shard has the digest of what made it."""
_NAME = re.compile(r"[0-9a-f]{16}(-(?P<content>[0-9a-f]{32}))?\.parquet")
"""Names without a digest of the content are those of format 1."""


class DamagedError(Exception):
    """Shards are not as they were written: one of these."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths
        super().__init__(*paths)


@dataclass(frozen=True)
class Shards:
    """The shards in a folder.

    Attributes:
        own: Those of the source that was asked for, whole.
        damaged: Those that are not as they were written.
        other: Whole ones of another source.
    """

    own: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    other: list[Path] = field(default_factory=list)


def shard(rows: pd.DataFrame, source: str) -> tuple[str, bytes]:
    """Return the name of a shard, and its content.

    Args:
        rows: Finished cells, a row for each arm.
        source: The digest of what made them.
    """
    table = pa.Table.from_pandas(rows, preserve_index=False)
    buffer = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata({SOURCE: source}),
        buffer,
        compression="zstd",
        write_page_checksum=True,
    )
    written = buffer.getvalue().to_pybytes()
    ids = "".join(dict.fromkeys(rows["cell"])).encode()
    return f"{_digest(ids, 8)}-{_digest(written, 16)}.parquet", written


def sorted_shards(cells: Path, source: str | None) -> Shards:
    """Return the shards in a folder by what they are; files called otherwise are none.

    Args:
        cells: The folder.
        source: The digest of what made the result; None: it is of format 1, as its shards are.

    Raises:
        PermissionError: If one of them may not be read.
    """
    found = Shards()
    for path in sorted(path for path in cells.glob("*.parquet") if _NAME.fullmatch(path.name)):
        try:
            metadata = pq.read_schema(_content(path)).metadata or {}
        except (DamagedError, OSError, pa.ArrowException) as error:
            if isinstance(error, PermissionError):
                raise
            found.damaged.append(path)
            continue
        own = metadata.get(SOURCE) == (None if source is None else source.encode())
        (found.own if own else found.other).append(path)
    return found


def rows_of(paths: Iterable[Path], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the rows of whole shards, in their order.

    Args:
        paths: The shards, at least one.
        columns: Only these; unset: all.

    Raises:
        DamagedError: If one is not as it was written.
    """
    paths = list(paths)
    tables = []
    for path in paths:
        try:
            # A column that is not there is left out by the reader, and missed by `select`.
            table = pq.read_table(_content(path), columns=list(columns) if columns else None)
            tables.append(table.select(columns or table.column_names).replace_schema_metadata(None))
        except (OSError, LookupError, pa.ArrowException) as error:
            raise DamagedError(path) from error
    try:
        rows: pd.DataFrame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    except (ValueError, pa.ArrowException) as error:
        raise DamagedError(*paths) from error
    return rows


def _content(path: Path) -> pa.BufferReader:
    """Return the content of a shard, if that is what its name says."""
    content = path.read_bytes()
    name = _NAME.fullmatch(path.name)
    own = name and name["content"]
    if own and own != _digest(content, 16):
        raise DamagedError(path)
    return pa.BufferReader(content)


def _digest(content: bytes, size: int) -> str:
    return hashlib.blake2b(content, digest_size=size).hexdigest()
