"""Stage 3: bring it home. Fetch, check, write by compare-and-set, tell the TMS, store the receipt."""

from wordferry.delivery.deliver import Delivery

__all__ = ["Delivery"]
