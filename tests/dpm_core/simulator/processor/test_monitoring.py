"""Which reports a session hears without asking."""

import pytest

from dpm_core.simulator.processor.monitoring import ALL, KINDS, Monitoring

pytestmark = pytest.mark.requirement("G3")


def heard(monitoring: Monitoring) -> set[int]:
    return {kind for kind in KINDS if kind in monitoring}


def test_a_users_login_hears_what_the_guide_says() -> None:
    assert heard(Monitoring()) == {3, 4, 5, 6, 8, 11, 12, 17, 18, 23}


def test_an_administrators_login_hears_replies_and_prompts_only() -> None:
    assert heard(Monitoring(is_administrator=True)) == {11, 12}


def test_255_is_all_but_replies_and_prompts() -> None:
    monitoring = Monitoring()
    monitoring.set(ALL, is_on=False)
    assert heard(monitoring) == {11, 12}
    assert not monitoring.is_on(ALL)
    monitoring.set(12, is_on=False)
    monitoring.set(ALL, is_on=True)
    assert heard(monitoring) == KINDS - {12, ALL}
    assert monitoring.is_on(ALL)


def test_one_kind_at_a_time() -> None:
    monitoring = Monitoring()
    monitoring.set(2, is_on=True)
    monitoring.set(5, is_on=False)
    assert (monitoring.is_on(2), monitoring.is_on(5)) == (True, False)
