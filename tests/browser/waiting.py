"""Waiting for what a page will come to: a browser answers when it is ready, and on a busy machine that is late.

An address, the focus or a text that is read right after a key may still be that of before. So nothing is read once:
``expect`` and ``until`` read again until it is right. And no test races with a timer of the page: ``still`` stops them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from playwright.sync_api import Error, expect

__all__ = ["PATIENCE", "expect", "let_pass", "no_key_was_taken", "settled", "still", "until"]

Value = TypeVar("Value")
PATIENCE = 30.0
"""Seconds after which what has not come will not come: many times what a machine with ten times the work takes."""
expect.set_options(timeout=PATIENCE * 1000)


def until(read: Callable[[], Value], right: Callable[[Value], object] = bool) -> Value:
    """Return what is read as soon as it is right; raises ``AssertionError`` with what was read last.

    >>> numbers = iter(range(9))
    >>> until(lambda: next(numbers), lambda number: number > 3)
    4
    """
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            last: Any = read()
            if right(last):
                return last
        except Error as error:  # a page that is being replaced cannot be asked
            last = error
        if time.monotonic() > ends:
            raise AssertionError(f"after {PATIENCE:g} s it still is {last!r}")
        time.sleep(0.05)


def settled(page: Any) -> None:
    """Return when the page has done all that it had to do when it was asked, save what waits for timers or answers.

    To be called before a test says that nothing happened: otherwise nothing may have happened *yet*.
    """
    page.evaluate("""() => new Promise(done => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    })""")


def no_key_was_taken(page: Any) -> None:
    """See that the focus was not led to a hit, when the page has had the time to do so."""
    settled(page)
    expect(page.locator(".hit :focus")).to_have_count(0)


def still(page: Any) -> None:
    """Stop the clock of the page: its timers run when ``let_pass`` says so, however long the machine takes."""
    page.clock.install(time=datetime(2020, 1, 1))
    page.clock.pause_at(datetime(2020, 1, 2))  # a day later: the clock runs between these two lines


def let_pass(page: Any, milliseconds: int) -> None:
    """Let that time pass on a clock that stands still."""
    page.clock.run_for(milliseconds)
