"""What strangers send in numbers: guesses at one name, and LoST queries, at the same time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

pytestmark = pytest.mark.integration


def _guess(client: httpx.Client, name: str, number: int) -> int:
    login = {"username": name, "password": f"wrong-password-{number}"}
    return client.post("/v1/sessions", json=login, timeout=60).status_code


@pytest.mark.parametrize("name", ["nobody-at-all", "Ana Flood", "flood"])
def test_parallel_guesses_pass_the_throttle_no_more_often_than_one_by_one(
    name: str, visitor: httpx.Client
) -> None:
    with ThreadPoolExecutor(30) as pool:
        seen = Counter(pool.map(lambda n: _guess(visitor, name, n), range(60)))
    assert set(seen) <= {401, 429, 503}
    assert seen[401] <= 10


def test_forty_lost_queries_at_once_are_answered_in_the_words_of_the_protocol(
    visitor: httpx.Client,
) -> None:
    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(visitor.post, "/lost", content=b"<a/>", timeout=60) for _ in range(40)]
        answers = [each.result() for each in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert all("badRequest" in a.text or "internalError" in a.text for a in answers)
