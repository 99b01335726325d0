"""The page `states.md`."""

from __future__ import annotations

from scripts.docs.reading import code, span, table
from wordferry.model import states


def states_page() -> str:
    """`model/states.py`."""
    rows = [
        (
            code(state),
            row.means,
            row.mover,
            row.next,
            span(row.deadline),
            ", ".join(code(target) for target in states.State if target in row.moves) or "–",
        )
        for state, row in states.TABLE.items()
    ]
    groups = [
        ("open", states.OPEN, "not settled; has a deadline"),
        ("waiting", states.WAITING, "the TMS moves next; polls look at these"),
        ("operator", states.OPERATOR, "a person moves next; `wordferry status` lists them"),
        ("settled", states.SETTLED, "done, until the vendor reopens it"),
    ]
    return f"""# States of a translation

One translation is one revision of one item in one target locale. It is in one of {
        len(states.TABLE)
    } states, and
it changes only along this table. [States and what moves them](../explanation/states.md) explains it in sentences.

{table(("state", "means", "who moves it", "what happens next", "stuck after", "may become"), rows)}
A translation that stays longer in its state than *stuck after* is shown by `wordferry status --stuck`. Nothing else
happens to it: it is not given up.

## Groups

{
        table(
            ("group", "states", "meaning"),
            [
                (name, ", ".join(code(s) for s in states.State if s in group), text)
                for name, group, text in groups
            ],
        )
    }
## Diagram

```mermaid
{states.mermaid().rstrip()}
```
"""
