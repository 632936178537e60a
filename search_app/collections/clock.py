"""Instants as they are kept: UTC in ISO 8601, all of one length, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


def now() -> str:
    """Return this instant, to the second.

    >>> len(now()), now()[-1]
    (20, 'Z')
    """
    return _written(datetime.now(UTC))


def today() -> str:
    """Return the day it is in China, where the readers are: the one on which something is read, cited or exported.

    >>> today() == day(now())
    True
    """
    return day(now())


def days_before(instant: str, days: int) -> str:
    """Return the instant so many days before another.

    >>> days_before("2026-03-05T08:00:00Z", 30)
    '2026-02-03T08:00:00Z'
    """
    return _written(datetime.fromisoformat(instant) - timedelta(days=days))


def day(instant: str) -> str:
    """Return the day on which an instant falls by a clock in China, where the readers are.

    >>> day("2026-03-05T16:30:00Z"), day("2026-03-05T15:30:00+00:00")
    ('2026-03-06', '2026-03-05')
    """
    return datetime.fromisoformat(instant).astimezone(_CHINA).strftime("%Y-%m-%d")


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
