"""What each state leads to: the effect at the vendor, what is stored, and what the operator is told.

A vendor's status has one state, and a state has one action; so each status has its action.
"""

from __future__ import annotations

import msgspec

from wordferry.model.states import State

__all__ = ["ACTIONS", "Action"]


class Action(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        does: what we do at the vendor and at home.
        tells: what `wordferry explain` and `status` say to the operator; empty when nobody has to know.
    """

    does: str
    tells: str = ""


S = State
ACTIONS: dict[State, Action] = {
    S.PLANNED: Action("send it"),
    S.SUBMITTED: Action("wait; look again when an event or the due time says so"),
    S.TRANSLATING: Action("wait; look again when an event or the due time says so"),
    S.DECLINED: Action(
        'with `on_decline = "reassign"`: take the provider off and assign as the template says, three times at most;'
        " else wait for somebody to assign another one",
        "a provider declined; assign another one at the TMS",
    ),
    S.TRANSLATED: Action(
        "export, download once, check, write home, confirm; other locales are not waited for"
    ),
    S.EXPORTING: Action("wait for the export; a callback, an event or the list of requests wakes it"),
    S.DELIVERING: Action("check, write by compare-and-set, confirm, store the receipt"),
    S.HELD: Action(
        "keep the file, overwrite nothing", "a gate stopped it, with its findings; `wordferry retry`"
    ),
    S.REWORK: Action("deliver nothing; wait until it is completed again"),
    S.DELIVERED: Action("nothing; finished anew at the TMS, it starts another round"),
    S.SUPERSEDED: Action("nothing; what still comes for it is not written"),
    S.CANCELLED: Action("nothing more; terminal", "it was cancelled; plan again to send it anew"),
    S.FAILED: Action(
        "deliver nothing; read the vendor's reason; sent again only when `wordferry retry` says so",
        "the reason, and its cure",
    ),
}
