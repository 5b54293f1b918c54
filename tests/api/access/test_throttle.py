import pytest

from api.access.throttle import LoginThrottle
from geodata.errors import TooManyRequestsError


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


def test_a_few_wrong_passwords_do_not_stop_anybody(throttle: LoginThrottle) -> None:
    for _ in range(2):
        throttle.failed("ana")
    throttle.check("ana")


def test_too_many_wrong_passwords_pause_that_name_only(throttle: LoginThrottle) -> None:
    for _ in range(3):
        throttle.failed("ana")
    throttle.check("ion")
    with pytest.raises(TooManyRequestsError, match="too many") as refusal:
        throttle.check("ana")
    assert refusal.value.code == "too_many_attempts"


def test_the_pause_ends_with_the_window(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(3):
        throttle.failed("ana")
    clock.now = 61.0
    throttle.check("ana")


def test_a_right_password_forgets_the_wrong_ones(throttle: LoginThrottle) -> None:
    for _ in range(2):
        throttle.failed("ana")
    throttle.succeeded("ana")
    throttle.failed("ana")
    throttle.check("ana")


def test_invented_names_do_not_fill_the_memory(throttle: LoginThrottle) -> None:
    for number in range(10_050):
        throttle.failed(f"name{number}")
    assert len(throttle._failures) == 10_000
