"""The referee's verdict as an assertion."""

from __future__ import annotations

from typing import Any


def demand(verdict: dict[str, Any]) -> None:
    """Fail with what the referee found, if it found anything.

    Args:
        verdict: what `referee()` or `GET /_sandbox/referee` gave.

    Raises:
        AssertionError: naming each kind of finding with its first cases.
    """
    if verdict["ok"]:
        return
    found = {**verdict["findings"]}
    found |= {f"lionbridge {kind}": cases for kind, cases in verdict["lionbridge"]["findings"].items()}
    lines = [f"{kind}: {len(cases)}, for example {cases[0]}" for kind, cases in found.items() if cases]
    raise AssertionError("the referee found:\n  " + "\n  ".join(lines))
