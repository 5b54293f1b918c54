"""Many wrong passwords make a pause, for that name only."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from api.access.throttle import LoginThrottle
from geodata.errors import TooManyRequestsError

HOME, ELSEWHERE = "192.0.2.1", "192.0.2.2"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> LoginThrottle:
    return LoginThrottle(3, 60.0, clock=clock)


def is_refused(throttle: LoginThrottle, name: str, address: str) -> bool:
    try:
        throttle.attempt(name, address)
    except TooManyRequestsError:
        return True
    return False


def guess(throttle: LoginThrottle, name: str, addresses: int, times: int = 3) -> None:
    for number in range(addresses):
        for _ in range(times):
            is_refused(throttle, name, f"198.51.100.{number}")


def test_a_few_wrong_passwords_do_not_stop_anybody(throttle: LoginThrottle) -> None:
    for _ in range(2):
        throttle.attempt("ana", HOME)
    throttle.attempt("ana", HOME)


def test_too_many_wrong_passwords_pause_that_name_only(throttle: LoginThrottle) -> None:
    for _ in range(3):
        throttle.attempt("ana", HOME)
    throttle.attempt("ion", HOME)
    with pytest.raises(TooManyRequestsError, match="too many") as refusal:
        throttle.attempt("ana", HOME)
    assert refusal.value.code == "too_many_attempts"


def test_the_pause_ends_with_the_window(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(3):
        throttle.attempt("ana", HOME)
    clock.now = 61.0
    throttle.attempt("ana", HOME)


def test_a_right_password_forgets_the_wrong_ones(throttle: LoginThrottle) -> None:
    for _ in range(3):
        throttle.attempt("ana", HOME)
    throttle.succeeded("ana", HOME)
    throttle.attempt("ana", HOME)


def test_guesses_at_the_same_time_all_count() -> None:
    throttle = LoginThrottle(10, 60.0)
    with ThreadPoolExecutor(16) as pool:
        refused = list(pool.map(lambda _: is_refused(throttle, "ana", HOME), range(60)))
    assert refused.count(False) == 10


def test_the_owner_gets_in_from_another_address(throttle: LoginThrottle) -> None:
    guess(throttle, "ana", addresses=1, times=50)
    assert is_refused(throttle, "ana", "198.51.100.0")
    throttle.attempt("ana", HOME)


def test_guesses_from_many_addresses_wait_longer_and_longer(
    throttle: LoginThrottle, clock: Clock
) -> None:
    guess(throttle, "ana", addresses=3)
    tried = 0
    for second in range(1, 51):
        clock.now = float(second)
        tried += not is_refused(throttle, "ana", f"203.0.113.{second}")
    assert 1 <= tried <= 6


def test_an_address_that_signed_in_before_does_not_wait_for_others(
    throttle: LoginThrottle,
) -> None:
    throttle.attempt("ana", HOME)
    throttle.succeeded("ana", HOME)
    guess(throttle, "ana", addresses=5)
    assert is_refused(throttle, "ana", ELSEWHERE)
    throttle.attempt("ana", HOME)


def test_an_attempt_that_was_never_verified_does_not_count(throttle: LoginThrottle) -> None:
    for _ in range(20):
        throttle.attempt("ana", HOME)
        throttle.withdrawn("ana", HOME)
    assert len(throttle._tried) == 0


def test_invented_names_do_not_fill_the_memory(throttle: LoginThrottle) -> None:
    for number in range(10_050):
        throttle.attempt(f"name{number}", HOME)
        throttle.succeeded(f"other{number}", HOME)
    assert len(throttle._tried) == len(throttle._known) == 10_000


def test_a_refused_name_is_not_stored_again(throttle: LoginThrottle) -> None:
    guess(throttle, "ana", addresses=1, times=500)
    assert sum(map(len, throttle._tried.values())) == 6
