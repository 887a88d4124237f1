"""The contacts as values: debounce of the input, and what a command does to the output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model.contacts import CciInput, Cco, CcoAction, CcoType, ContactState

OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED


@pytest.mark.requirement("C1")
def test_the_cci_is_closed_at_the_factory() -> None:
    assert CciInput() == CciInput(CLOSED, CLOSED, None)


@pytest.mark.requirement("C10")
def test_a_movement_waits_for_the_debounce_time_that_holds_when_it_moves() -> None:
    moved = CciInput().moved(OPEN, 10.0, 0.05)
    assert moved == CciInput(OPEN, CLOSED, 10.05)
    assert moved.moved(OPEN, 10.01, 0.5) is moved


@pytest.mark.requirement("C10")
@given(st.lists(st.sampled_from(ContactState), min_size=1))
def test_a_contact_that_bounces_back_has_not_changed(path: list[ContactState]) -> None:
    cci = CciInput()
    for step, contact in enumerate([*path, CLOSED]):
        cci = cci.moved(contact, 10.0 + step / 1000, 0.5)
        assert cci.accepted is CLOSED
    assert cci == CciInput()


@pytest.mark.requirement("C10")
def test_every_bounce_starts_the_debounce_time_again() -> None:
    cci = CciInput().moved(OPEN, 1.0, 0.05).moved(CLOSED, 1.02, 0.05).moved(OPEN, 1.03, 0.05)
    assert cci.accepts_at == 1.03 + 0.05


@pytest.mark.requirement("C6")
def test_read_without_debounce_the_contact_counts_where_it_is() -> None:
    assert CciInput().moved(OPEN, 1.0, 0.05).read() == CciInput(OPEN, OPEN)
    rested = CciInput(OPEN, OPEN)
    assert rested.read() is rested


@pytest.mark.requirement("D1")
@pytest.mark.parametrize("is_closed", [False, True])
def test_the_two_contacts_of_the_cco_are_always_opposite(is_closed: bool) -> None:
    cco = Cco(is_closed)
    assert cco.normally_open is (CLOSED if is_closed else OPEN)
    assert {cco.normally_open, cco.normally_closed} == {OPEN, CLOSED}


@pytest.mark.requirement("D1", "D2")
@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        (Cco(), CcoAction.OPEN, Cco()),
        (Cco(), CcoAction.CLOSE, Cco(True)),
        (Cco(), CcoAction.PULSE, Cco(True, 10.5)),
        (Cco(), CcoAction.END_PULSE, Cco()),
        (Cco(True), CcoAction.OPEN, Cco()),
        (Cco(True), CcoAction.CLOSE, Cco(True)),
        (Cco(True), CcoAction.PULSE, Cco(True, 10.5)),
        (Cco(True), CcoAction.END_PULSE, Cco(True)),
        (Cco(True, 10.1), CcoAction.OPEN, Cco()),
        (Cco(True, 10.1), CcoAction.CLOSE, Cco(True)),
        (Cco(True, 10.1), CcoAction.PULSE, Cco(True, 10.5)),
        (Cco(True, 10.1), CcoAction.END_PULSE, Cco()),
    ],
)
def test_what_each_command_does_to_the_cco(before: Cco, action: CcoAction, after: Cco) -> None:
    assert before.commanded(action, 0.5, 10.0) == after


def test_how_long_a_pulse_still_lasts() -> None:
    assert Cco().remaining_s(10.0) == 0.0
    assert Cco(True, 10.5).remaining_s(10.2) == pytest.approx(0.3)
    assert Cco(True, 10.5).remaining_s(11.0) == 0.0


def test_types_and_actions_have_the_numbers_of_the_link() -> None:
    """qs-link.md 5, CCO_SET and IO_PROGRAM_SET."""
    assert [kind.value for kind in (CcoType.MAINTAINED, CcoType.MOMENTARY)] == [0, 1]
    actions = (CcoAction.OPEN, CcoAction.CLOSE, CcoAction.PULSE, CcoAction.END_PULSE)
    assert [action.value for action in actions] == [0, 1, 2, 3]
