"""Stage 1: a changed source becomes a plan, an accepted plan becomes a batch, a batch goes to the TMS."""

from wordferry.submission.accept import Acceptance, accept
from wordferry.submission.cancel import Cancellation
from wordferry.submission.plan import draw_plan, plan_route
from wordferry.submission.prepare import Preparation
from wordferry.submission.previews import Previews
from wordferry.submission.submit import Submission

__all__ = [
    "Acceptance",
    "Cancellation",
    "Preparation",
    "Previews",
    "Submission",
    "accept",
    "draw_plan",
    "plan_route",
]
