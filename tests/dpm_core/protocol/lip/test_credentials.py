"""Who logs in is told to the processor and to nobody else."""

from __future__ import annotations

import dataclasses

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.lip import Credentials

pytestmark = pytest.mark.requirement("E8")


def test_the_password_is_never_shown() -> None:
    credentials = Credentials("somebody", "open-sesame")
    for text in (repr(credentials), str(credentials), f"{credentials}", f"{credentials!r}"):
        assert "open-sesame" not in text
        assert "somebody" in text


@pytest.mark.parametrize("password", ["p\r\n#RESET,0", "\x00", "\xe9", "p" * 257])
def test_a_password_that_cannot_be_typed_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(UnsupportedSetting, match="password") as caught:
        Credentials("somebody", password)
    assert password not in str(caught.value)
    assert caught.value.value == "(not shown)"


@pytest.mark.parametrize("user", ["", "a\nb", "\xe9", "u" * 257])
def test_a_name_that_cannot_be_typed_is_refused(user: str) -> None:
    with pytest.raises(UnsupportedSetting, match="user"):
        Credentials(user, "")


def test_a_password_may_be_empty_and_nothing_can_be_changed() -> None:
    credentials = Credentials("somebody", "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        credentials.password = "x"  # type: ignore[misc]  # of nobody


def test_a_text_is_searched_for_both() -> None:
    credentials = Credentials("somebody", "open>sesame")
    assert credentials.are_in("hello Somebody!")
    assert credentials.are_in("OPEN>SESAME")
    assert not credentials.are_in("open")
    assert credentials.have("OPEN>")
    assert credentials.have("some")
    assert not credentials.have("ROUTER>")
    assert not Credentials("somebody", "").are_in("hello")
