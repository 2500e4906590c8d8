"""Shards of a result: Parquet files that tell what made them, and whether they are as written.

A shard is called `IDS-CONTENT.parquet`, after the cells that are in it and after its own bytes: no
bit of it can become another unnoticed. Its metadata have the digest of what made it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
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
        tables: What was read of each of `own`.
    """

    own: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    other: list[Path] = field(default_factory=list)
    tables: list[pa.Table] = field(default_factory=list)

    def rows(self) -> pd.DataFrame:
        """Return what was read, in the order of the shards.

        Raises:
            DamagedError: If the shards do not fit together.
        """
        if not self.tables:
            return pd.DataFrame()
        try:
            rows: pd.DataFrame = pa.concat_tables(
                self.tables, promote_options="permissive"
            ).to_pandas()
        except (ValueError, pa.ArrowException) as error:
            raise DamagedError(*self.own) from error
        return rows


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


def read_shards(cells: Path, source: str | None, columns: Sequence[str] | None) -> Shards:
    """Return the shards in a folder by what they are; files called otherwise are none.

    Each file is read once, and only what is asked for is kept of it.

    Args:
        cells: The folder.
        source: The digest of what made the result; None: it is of format 1, as its shards are.
        columns: What is read of those of the source: these, or all.

    Raises:
        PermissionError: If one of them may not be read.
    """
    found = Shards()
    for path in sorted(path for path in cells.glob("*.parquet") if _NAME.fullmatch(path.name)):
        try:
            file = pq.ParquetFile(_content(path))
            metadata = file.schema_arrow.metadata or {}
            if metadata.get(SOURCE) != (None if source is None else source.encode()):
                found.other.append(path)
                continue
            # A column that is not there is left out by the reader, and missed by `select`.
            table = file.read(columns=None if columns is None else list(columns))
            table = table.select(table.column_names if columns is None else list(columns))
        except (DamagedError, OSError, LookupError, pa.ArrowException) as error:
            if isinstance(error, PermissionError):
                raise
            found.damaged.append(path)
            continue
        found.own.append(path)
        found.tables.append(table.replace_schema_metadata(None))
    return found


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
