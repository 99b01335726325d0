"""The page `actions.md`."""

from __future__ import annotations

from scripts.docs.reading import code, complete, table
from wordferry.model.actions import ACTIONS
from wordferry.model.states import State
from wordferry.model.voyage import Unit
from wordferry.tms.lionbridge import states as lionbridge
from wordferry.tms.phrase import states as phrase


def _rows(words: dict[str, State | None]) -> list[tuple[str, str, str, str]]:
    return [
        (code(word), code(state), ACTIONS[state].does, ACTIONS[state].tells or "–")
        for word, state in words.items()
        if state is not None
    ]


def actions_page() -> str:
    """`model/actions.py`, through the words of each vendor."""
    complete(
        "ACTIONS", {state.value: action.does for state, action in ACTIONS.items()}, [s.value for s in State]
    )
    ours = {
        word: phrase.judge([Unit("u", "de", word=word, imported="ok")], levels=1) for word in phrase.PHASES
    }
    ours["importStatus ERROR"] = phrase.judge([Unit("u", "de", word="NEW", imported="error")], levels=1)
    theirs: dict[str, State | None] = dict(lionbridge.REQUESTS)
    theirs["hasError"] = lionbridge.judge([Unit("u", "de", word="IN_TRANSLATION", imported="error")])
    heads = ("status", "state", "what we do", "what the operator is told")
    return f"""# What each status leads to

A vendor's status means one state, and each state has one action. A translation moves by itself: a locale that is ready
goes home while others are open. Unknown words move nothing.

## Phrase: the job of a project with one workflow step

With several steps all jobs of a translation decide together: [Words of Phrase](phrase-words.md).

{table(heads, _rows(ours))}
`JOB_NOT_READY` is an error code and no status: the import status decides (`RUNNING` wait, `ERROR` failed, `OK` try
again). Somebody's `DELIVERED` without our receipt still has to come home.

## Lionbridge: the request

{table(heads, _rows(theirs))}
## Lionbridge: the job

{table(("status", "what follows"), [(code(word), text) for word, text in lionbridge.JOBS.items()])}
## Every state

{table(heads[1:], [(code(state), one.does, one.tells or "–") for state, one in ACTIONS.items()])}"""
