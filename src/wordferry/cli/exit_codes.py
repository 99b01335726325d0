"""What the exit codes of the command line mean: one table, from which the manual is made."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["MEANINGS", "Exit", "table"]


class Exit(IntEnum):
    """An exit code. They are stable: scripts may rely on them."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    REFUSED = 3
    OPERATOR = 4
    DIFFERENT = 5
    TIME_UP = 6
    SURPRISE = 70
    TRY_AGAIN = 75
    INTERRUPTED = 130
    NO_READER = 141


MEANINGS: dict[Exit, str] = {
    Exit.OK: "Everything asked for was done, or there was nothing to do.",
    Exit.FAILURE: "It failed in a way that has no code of its own; the message says what to do.",
    Exit.USAGE: "The command line is not understood, or an ID could mean several translations.",
    Exit.REFUSED: "Something was refused, held, declined, failed or is stuck; the rest went on.",
    Exit.OPERATOR: "A person has to change something: credentials, a template, a disk, the configuration.",
    Exit.DIFFERENT: "`verify` or `reconcile` found something at home or at the TMS that is not as the ledger knows it.",
    Exit.TIME_UP: "The time given with `--timeout` is up; what is accepted is kept and carried on later.",
    Exit.SURPRISE: "Something nobody foresaw; run it again with WORDFERRY_DEBUG=1 and report what it prints.",
    Exit.TRY_AGAIN: "Something did not answer (TMS, database); the same command will work later.",
    Exit.INTERRUPTED: "Stopped by Ctrl-C or SIGTERM. Nothing is lost.",
    Exit.NO_READER: "The reader of the output went away (`| head`).",
}


def table() -> str:
    """The table as Markdown."""
    rows = [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "| ---: | --- |", *rows])
