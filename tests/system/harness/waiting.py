"""Waiting for conditions instead of sleeping."""

import time


class TimedOut(AssertionError):
    """A condition did not come true in time."""


def wait_for(condition, what, timeout=10.0, show=None):
    """Calls condition until it returns something true, and returns that.

    After `timeout` seconds raises TimedOut, which says what was waited for, what the condition
    returned last and, when `show` is given, what show() returns. Conditions may raise OSError
    while what they look at is not there yet.
    """
    end = time.monotonic() + timeout
    while True:
        try:
            last = condition()
        except OSError as error:
            last = error
        if last and not isinstance(last, OSError):
            return last
        if time.monotonic() > end:
            state = f"\n{show()}" if show else ""
            raise TimedOut(f"waited {timeout} s for: {what}; last seen: {last!r}{state}")
        time.sleep(0.01)


def hold_for(condition, what, seconds, show=None):
    """Checks that condition stays true for so long: for what must *not* happen, there is no
    other event to wait for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            raise AssertionError(f"did not stay so: {what}" + (f"\n{show()}" if show else ""))
        time.sleep(0.01)
