"""Our tables, their migrations, operations and group commit: the truth that everything else can be rebuilt from."""

from wordferry.ledger.blobs import Blobs
from wordferry.ledger.ledger import Ledger

__all__ = ["Blobs", "Ledger"]
