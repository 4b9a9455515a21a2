"""What an operator's monitoring reads, in the Prometheus text format; a registry of its own for each service."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from standclear.flow.service import Service
from standclear.flow.sessions import Sessions

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters of one service. Nothing in a label names a party, a place or a statement."""

    def __init__(self, service: Service, sessions: Sessions) -> None:
        self.registry = CollectorRegistry()
        self.statements = Counter(
            "standclear_statements", "Statements appended, by effect", ["effect"], registry=self.registry
        )
        self.replies = Counter(
            "standclear_replies", "Answers taken without a key, by way", ["by"], registry=self.registry
        )
        self.problems = Counter(
            "standclear_problems", "Requests answered by a problem, by slug", ["slug"], registry=self.registry
        )
        self.seconds = Histogram(
            "standclear_request_seconds",
            "Time from the request to the end of its answer",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.streams = Gauge("standclear_streams", "Live event streams", registry=self.registry)
        self.desks = Gauge(
            "standclear_desks",
            "Desks that an arrangement binds to be ready, and those that are not",
            ["state"],
            registry=self.registry,
        )
        self._ask("standclear_log_size", "Durable entries", lambda: service.size)
        self._ask(
            "standclear_published_size", "Entries under the published head", lambda: service.publisher.size
        )
        self._ask("standclear_waiting", "Statements waiting for a batch", lambda: service.sequencer.waiting)
        self._ask("standclear_sessions", "Open sessions", lambda: len(sessions))

    def _ask(self, name: str, told: str, value: Callable[[], float]) -> None:
        Gauge(name, told, registry=self.registry).set_function(value)

    def appended(self, effect: str) -> None:
        """One statement was appended and answered."""
        self.statements.labels(effect).inc()

    def replied(self, by: str) -> None:
        """One answer was taken by link or code."""
        self.replies.labels(by).inc()

    def answered(self, route: str, seconds: float) -> None:
        """One request was answered; `route` is the path as the API names it, with its parameters' names."""
        self.seconds.labels(route).observe(seconds)

    def refused(self, slug: str) -> None:
        """One request was answered by a problem."""
        self.problems.labels(slug).inc()

    def counted(self, desks: Mapping[str, int]) -> None:
        """How many desks are in which state, now."""
        for state, count in desks.items():
            self.desks.labels(state).set(count)

    def to_bytes(self) -> bytes:
        """The text that is scraped."""
        return generate_latest(self.registry)
