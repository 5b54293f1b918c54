"""
A client that costs little: prepared requests over kept connections, in a process of its own.

The two cores are shared by server, database and client, so what the client eats is missing at
the server; a usual HTTP library takes longer to send a report than the server to store it.
Knows as much HTTP as our own server speaks: one status line, `content-length`, no chunks.
"""

import asyncio
import json
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_START_S = 60.0
_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Task:
    """
    One pass of a client: a POST, and, when `then` is given, a GET with a field of its answer.

    `then` is a path with one `{}`, filled with `field` of the answer to the POST.
    """

    path: str
    token: str
    body: bytes
    then: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: per pass the milliseconds of the POST and of the GET, and all seconds."""

    posts_ms: list[float]
    gets_ms: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        """Passes a second."""
        return len(self.posts_ms) / self.seconds


def run_clients(host: str, port: int, tasks: Sequence[Task], clients: int) -> Run:
    """
    Let so many clients work off the tasks, each with one connection; in another process.

    Raises
    ------
    RuntimeError
        An answer was not 2xx, or the clients did not end.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_worker, args=(theirs, host, port, list(tasks), clients), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_S + _LIMIT_S):
            raise RuntimeError("the clients did not end")
        outcome: Run | str = ours.recv()
    finally:
        process.join(timeout=5)
    if isinstance(outcome, str):
        raise RuntimeError(outcome)
    return outcome


def _worker(pipe: Any, host: str, port: int, tasks: list[Task], clients: int) -> None:
    try:
        pipe.send(asyncio.run(_all(host, port, tasks, clients)))
    except (OSError, RuntimeError, ValueError, asyncio.IncompleteReadError) as error:
        pipe.send(f"{type(error).__name__}: {error}")


async def _all(host: str, port: int, tasks: list[Task], clients: int) -> Run:
    waiting = iter(tasks)
    posts: list[float] = []
    gets: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for task in waiting:
            start = time.perf_counter()
            answer = await _ask(reader, writer, _post(task))
            middle = time.perf_counter()
            posts.append((middle - start) * 1e3)
            if task.then is not None:
                path = task.then.format(json.loads(answer)[task.field])
                await _ask(reader, writer, _head("GET", path, task.token) + b"\r\n")
                gets.append((time.perf_counter() - middle) * 1e3)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Run(posts, gets, time.perf_counter() - started)


def _head(method: str, path: str, token: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n".encode()


def _post(task: Task) -> bytes:
    length = f"Content-Type: application/json\r\nContent-Length: {len(task.body)}\r\n\r\n".encode()
    return _head("POST", task.path, task.token) + length + task.body


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, rest = head.partition(b"content-length:")
    body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
    if not head.startswith(b"http/1.1 2"):
        raise RuntimeError(f"{head[:40]!r} {body[:300]!r}")
    return body
