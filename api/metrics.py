"""
Numbers for Prometheus. No label ever names a person, a phone, a place or an incident.

Each application owns its registry, so two applications in one process do not collide.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_WATCHED_STATES = ("pending", "sending", "sent", "rejected", "given_up")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._latency = Histogram(
            "dispatch119_request_seconds",
            "Seconds until the answer's first byte",
            ["method", "route", "status"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._reports = Counter(
            "dispatch119_location_reports",
            "Location reports accepted, by format",
            ["format"],
            registry=self.registry,
        )
        self._refusals = Counter(
            "dispatch119_refusals",
            "Location reports refused, by code",
            ["code"],
            registry=self.registry,
        )
        self._positions = Counter(
            "dispatch119_positions",
            "Team positions received, by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self._streams = Gauge(
            "dispatch119_stream_clients", "Open event streams", registry=self.registry
        )

        self._handovers = Counter(
            "dispatch119_handover_attempts",
            "Attempts to deliver a hand-over to 112, by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self._handovers_open = Gauge(
            "dispatch119_handovers_open",
            "Hand-overs to 112 that somebody still has to watch, by state",
            ["state"],
            registry=self.registry,
        )

        self._late = Counter(
            "dispatch119_messages_read_late",
            "Stored messages that were read by another than who stored them",
            registry=self.registry,
        )
        self._unread = Gauge(
            "dispatch119_messages_unread",
            "Messages that were stored a minute ago and more and not read",
            registry=self.registry,
        )

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answered request; a made-up method must not make a new time series."""
        known = method if method in _METHODS else "other"
        self._latency.labels(known, route, str(status)).observe(seconds)

    def count_report(self, report_format: str) -> None:
        """Note an accepted location report."""
        self._reports.labels(report_format).inc()

    def count_refusal(self, code: str) -> None:
        """Note a refused location report."""
        self._refusals.labels(code).inc()

    def count_position(self, outcome: str) -> None:
        """Note a received team position."""
        self._positions.labels(outcome).inc()

    def count_late(self, count: int) -> None:
        """Note stored messages that were read late."""
        self._late.inc(count)

    def set_unread(self, count: int) -> None:
        """Note how many stored messages wait to be read."""
        self._unread.set(count)

    def set_streams(self, count: int) -> None:
        """Note how many event streams are open."""
        self._streams.set(count)

    def count_handover(self, outcome: str) -> None:
        """Note one attempt to deliver a hand-over."""
        self._handovers.labels(outcome).inc()

    def set_handovers(self, counts: Mapping[str, int]) -> None:
        """Note how many hand-overs are waiting, by state; what is not named is none."""
        for state in _WATCHED_STATES:
            self._handovers_open.labels(state).set(counts.get(state, 0))

    def exposition(self) -> bytes:
        """Return all numbers in the Prometheus text format."""
        return generate_latest(self.registry)
