"""Months "2026-01" and days "2026-09-26" as files write them, as times in months."""

from __future__ import annotations

from calendar import monthrange


def months_until(date: str) -> float:
    """Return how many months it is from year 0 until a month or a day begins.

    Examples:
        >>> months_until("2026-01"), months_until("2026-09-16") - months_until("2026-09")
        (24312.0, 0.5)
    """
    year, month, day = _parts(date)
    return 12 * year + month - 1 + (day - 1) / monthrange(year, month)[1]


def months_through(date: str) -> float:
    """Return how many months it is from year 0 until a month or a day has ended.

    Examples:
        >>> months_through("2026-01"), round(months_through("2026-09-15") - 24320, 6)
        (24313.0, 0.5)
    """
    year, month, *day = (int(part) for part in date.split("-"))
    return months_until(date) + (1 / monthrange(year, month)[1] if day else 1.0)


def is_date(date: str) -> bool:
    """Return whether the month has such a day.

    Examples:
        >>> is_date("2028-02-29"), is_date("2026-02-29"), is_date("2026-02")
        (True, False, True)
    """
    year, month, day = _parts(date)
    return year >= 1 and 1 <= day <= monthrange(year, month)[1]


def _parts(date: str) -> tuple[int, int, int]:
    year, month, *day = (int(part) for part in date.split("-"))
    return year, month, day[0] if day else 1
