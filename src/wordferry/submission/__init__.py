"""Stage 1: a changed source becomes a plan, an accepted plan becomes a batch, a batch goes to the TMS."""

from wordferry.submission.accept import Acceptance, accept
from wordferry.submission.cancel import Cancellation
from wordferry.submission.moves import carry_out
from wordferry.submission.plan import draw_plan, plan_route
from wordferry.submission.prepare import Preparation
from wordferry.submission.previews import Previews
from wordferry.submission.remove import Removal
from wordferry.submission.submit import Submission
from wordferry.submission.watch import Sight, Watch

__all__ = [
    "Acceptance",
    "Cancellation",
    "Preparation",
    "Previews",
    "Removal",
    "Sight",
    "Submission",
    "Watch",
    "accept",
    "carry_out",
    "draw_plan",
    "plan_route",
]
