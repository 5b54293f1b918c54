"""Looks every few seconds for what is overdue in the field, also of before the server started."""

from contextlib import suppress

from sqlalchemy import Engine

from api.supervision import SupervisedThread
from dispatch.policy import FieldPolicy
from dispatch.services.field_watch import note_overdue
from geodata.errors import RefusedError

EVERY_S = 2.0
_PATIENCE_S = 60.0


class FieldWatch(SupervisedThread):
    """Looks in a thread of its own while inside."""

    def __init__(self, engine: Engine, policy: FieldPolicy, *, every_s: float = EVERY_S) -> None:
        super().__init__("field watch", patience_s=_PATIENCE_S)
        self._engine, self._policy, self._every_s = engine, policy, every_s

    def work(self) -> None:
        """Look, again and again."""
        while not self.stopped.wait(self._every_s):
            # The database may be away; readiness tells of it, and the rows wait.
            with suppress(RefusedError):
                note_overdue(self._engine, policy=self._policy)
            self.pulse.beat()
