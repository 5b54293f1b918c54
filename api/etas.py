"""
From where and when each open assignment's ETA was last computed, in memory only.

Losing it costs one more question to the road, nothing else.
"""

import threading
from collections import OrderedDict
from uuid import UUID

from dispatch.following.arrival import EtaBasis

# More open assignments than the whole country has teams.
_REMEMBERED = 5_000


class EtaMemory:
    """From where and when each open assignment's ETA was last computed; thread-safe."""

    def __init__(self) -> None:
        self._bases: OrderedDict[UUID, EtaBasis] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, assignment_id: UUID) -> EtaBasis | None:
        """Return the basis, or None when this process has not computed one."""
        with self._lock:
            return self._bases.get(assignment_id)

    def clear(self) -> None:
        """Forget all: the roads changed, so every ETA is due at the team's next fix."""
        with self._lock:
            self._bases.clear()

    def keep(self, assignment_id: UUID, basis: EtaBasis) -> None:
        """Remember a basis; the oldest is forgotten."""
        with self._lock:
            self._bases[assignment_id] = basis
            while len(self._bases) > _REMEMBERED:
                self._bases.popitem(last=False)
