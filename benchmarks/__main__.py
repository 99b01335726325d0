"""Run the benchmarks: all, or those named. Figures go to standard output, progress to standard error."""

from __future__ import annotations

import argparse
import importlib
import sys

import msgspec

from benchmarks.report import Answer

#: Name → module below `benchmarks`; each answers the question in its first line.
QUESTIONS = ("voyage", "client", "memory", "waiting", "restart", "storm", "cli")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(QUESTIONS)}; all when left out"
    )
    parser.add_argument("--list", action="store_true", help="say which question each one answers")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and smaller cargoes: to see that it works"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--loop", choices=("asyncio", "uvloop"), default="asyncio", help="event loop (voyage, client)"
    )
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in QUESTIONS]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(QUESTIONS)}")
    if chosen.list:
        for name in QUESTIONS:
            print(f"{name:8}  {(_module(name).__doc__ or '').strip()}")
        return 0
    answers: dict[str, Answer] = {}
    for name in chosen.names or QUESTIONS:
        answer: Answer = _module(name).measure(quick=chosen.quick, loop=chosen.loop)
        answers[name] = answer
        if not chosen.json:
            _show(name, answer)
    if chosen.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(answers)).decode() + "\n")
    return 0


def _module(name: str):
    return importlib.import_module(f"benchmarks.{name}")


def _show(name: str, answer: Answer) -> None:
    print(f"\n{name}: {answer.question}\n")
    for table in answer.tables:
        print(f"{table}\n")
    for goal in answer.goals:
        print(goal)
    for remark in answer.remarks:
        print(f"note: {remark}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
