"""The page `phrase-words.md`."""

from __future__ import annotations

from scripts.docs.reading import code, table
from wordferry.model.voyage import Unit
from wordferry.tms.phrase import states as phrase_states


def phrase_words_page() -> str:
    """`tms/phrase/states.py`."""
    words = list(phrase_states.PHASES)

    def judged(*levels: str) -> str:
        units = [Unit(uid=f"u{n}", locale="de", level=n, word=word) for n, word in enumerate(levels, 1)]
        state = phrase_states.judge(units, levels=len(levels))
        assert state is not None
        return str(state)

    single = [(code(word), phrase_states.PHASES[word], code(judged(word))) for word in words]
    matrix = [(code(first), *(judged(first, last) for last in words)) for first in words]
    hooks = [(code(theirs), code(rest)) for theirs, rest in phrase_states.WEBHOOK_WORDS.items()]
    imports = [(code(theirs), ours) for theirs, ours in phrase_states.IMPORTS.items()]
    return f"""# Words of Phrase

What Phrase says about a job, and the state that it means here. One file in one language has a job for each workflow
level; all of them together decide. The tables are what the code answers when it is asked about each pair.

## One workflow level

{table(("Phrase says", "about this level", "state"), single)}
`DELIVERED` without our receipt means that somebody clicked: the file still has to come home, so it is *translated*.

## Two workflow levels

Rows are the word of the first level, columns that of the last.

{table(("", *(code(word) for word in words)), matrix)}
Read from the top: a failed import, cancelled, declined at the level that is being worked on, rejected, all
parts of the last level done, nobody has begun, else being worked on. A word that is not in the table moves
nothing; it is kept as it came.

## Import

{table(("`importStatus.status`", "ours"), imports)}
Any job of a translation with `ERROR` makes it `failed`, whatever the other words are.

## Words in webhooks

Webhooks use other words than the REST interface. Trap: `COMPLETED` in a webhook is `DELIVERED` in REST. The
receiver knows that; the table is for those who read them with
[the client](../howto/phrase-client.md) alone.

{table(("webhook", "REST"), hooks)}"""
