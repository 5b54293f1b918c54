"""
How many requests run at a time: few, and as many more as are held up.

One lock lets one thread of the interpreter run. A request on its way asks the database some
twenty times and stands in line for that lock after each answer; with sixteen of them in line
the event loop, which is one more, comes last, and the changing of places costs a third of the
processor. So few run at a time, and the others wait without a thread. Who is held up (by a
lock of the database, by a long computation) is not counted: nobody waits because of them.
"""

import asyncio

from anyio import CapacityLimiter

from api.supervision import Pulse

FEW = 4
"""One that runs, and some that wait for the database meanwhile."""

_LOOK_S = 0.02
# Seen at so many looks one after the other, a request is held up; usual ones take 5 to 30 ms.
# Many looks, for a request needs a thread several times: one that waits in between is not held
# up, and looks far apart would find it running at each of them when many wait.
_HELD_UP_LOOKS = 8
_PATIENCE_S = 10.0


class RequestThreads:
    """
    Keeps `limiter` at `few` tokens beside those that are held up, and at `most` in all.

    `limiter` is the one for what blocks; `most` is what the database has connections for.
    """

    def __init__(self, limiter: CapacityLimiter, *, most: int, few: int = FEW) -> None:
        self._limiter, self._few, self._most = limiter, min(few, most), most
        self._looks: dict[object, int] = {}
        self.pulse = Pulse(_PATIENCE_S)
        limiter.total_tokens = self._few

    def look(self) -> None:
        """Count who has been running since the looks before, and make room beside them."""
        running = self._limiter.statistics().borrowers
        self._looks = {one: self._looks.get(one, 0) + 1 for one in running}
        held_up = sum(looks >= _HELD_UP_LOOKS for looks in self._looks.values())
        self._limiter.total_tokens = min(self._few + held_up, self._most)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()
            self.pulse.beat()
