"""A scripted night: real messages, synthetic people, the whole system over HTTP."""

from api.demo.show import run

__all__ = ["run"]
