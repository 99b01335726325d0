"""The page `lionbridge-words.md`."""

from __future__ import annotations

from scripts.docs.reading import code, table
from wordferry.model.voyage import Unit
from wordferry.tms.lionbridge import states


def lionbridge_words_page() -> str:
    """`tms/lionbridge/states.py`."""

    def judged(word: str, imported: str) -> str:
        state = states.judge([Unit(uid="u", locale="de", word=word, imported=imported)])
        assert state is not None
        return code(str(state))

    rows = [
        (
            code(word),
            judged(word, "ok"),
            judged(word, "error") if word in states.TROUBLE else judged(word, "ok"),
            "yes" if word in states.FINAL else "–",
        )
        for word in states.REQUESTS
    ]
    kinds = [(code(theirs), code(ours)) for theirs, ours in states.EVENT_KINDS.items()]
    listeners = [
        (code(kind), ", ".join(code(word) for word in words)) for kind, words in states.LISTENER_WORDS.items()
    ]
    return f"""# Words of Lionbridge

What Lionbridge says about a request, and the state that it means here. One file in one language is one request; the
requests of a batch stand in one job. The table is what the code answers when it is asked.

{table(("Lionbridge says", "state", "with `hasError`", "final"), rows)}
`TRANSLATION_APPROVED` without our receipt means that somebody clicked: the file still has to come home, so it is
*translated*. A word that is not in the table moves nothing; it is kept as it came. When the job does not reach its
provider, the error stands at the job; its requests count as having it, too.

A job has no word for "translated": it stays `IN_TRANSLATION` while its requests come home one by one. It is completed
when every request is final and nothing has changed for [`complete_after`](configuration.md) days.

## Listeners

A listener for any other word is refused as a whole.

{table(("kind", "words"), listeners)}
## Kinds of events

Three spellings are about. All are understood.

{table(("Lionbridge says", "ours"), kinds)}"""
