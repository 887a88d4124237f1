"""What is known of a module behind a processor is what was told, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.client import (
    CcoChanged,
    ClientEvent,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneSwitched,
)
from dpm_core.client.lip.modules import OverrideContact, ProcessorModule
from dpm_core.client.lip.record import CCO_POSITION, ProcessorRecord
from dpm_core.model import Cause, CcoType, IntegrationId, ZoneNumber

pytestmark = pytest.mark.requirement("E8")

CONTACT = OverrideContact(IntegrationId(31), 2)
MODULE = ProcessorModule(
    zones=(IntegrationId(101), IntegrationId(102), IntegrationId(103), IntegrationId(104)),
    cco=IntegrationId(105),
    cco_type=CcoType.MAINTAINED,
    override=CONTACT,
)
WITHOUT = replace(MODULE, override=None)


def of(events: "tuple[ClientEvent, ...] | object") -> list[type]:
    assert isinstance(events, (list, tuple))
    return [type(event) for event in events]


def test_nothing_is_known_at_first() -> None:
    view = ProcessorRecord(MODULE).view
    assert (view.serial, view.zones) == (101, (None,) * 4)
    assert (view.override, view.cci, view.cco_closed, view.saved) == (None, None, None, None)
    assert view.cco_type is CcoType.MAINTAINED
    assert ProcessorRecord(MODULE).unread == {101, 102, 103, 104, 105, CONTACT}


def test_learning_a_level_is_a_change_and_no_switching() -> None:
    record = ProcessorRecord(MODULE)
    assert of(record.hear_level(1, True)) == [ModuleChanged]
    assert record.view.zones == (None, True, None, None)


@pytest.mark.parametrize("position", range(4))
def test_another_level_is_a_zone_switched_and_nobody_knows_why(position: int) -> None:
    record = ProcessorRecord(MODULE)
    record.hear_level(position, False)
    (changed, switched) = record.hear_level(position, True)
    assert isinstance(changed, ModuleChanged)
    assert switched == ZoneSwitched(IntegrationId(101), ZoneNumber(position + 1), True, Cause.QUERY)
    assert record.view.zones[position] is True
    assert record.view.zone_causes[position] is Cause.QUERY


def test_the_same_level_again_is_nothing() -> None:
    record = ProcessorRecord(MODULE)
    record.hear_level(0, True)
    assert not record.hear_level(0, True)


def test_a_maintained_cco_is_what_its_output_tells() -> None:
    record = ProcessorRecord(MODULE)
    assert of(record.hear_level(CCO_POSITION, False)) == [ModuleChanged]
    assert of(record.hear_level(CCO_POSITION, True)) == [ModuleChanged, CcoChanged]
    assert record.view.cco_closed is True
    assert not record.hear_level(CCO_POSITION, True)


@pytest.mark.parametrize("cco_type", [CcoType.MOMENTARY, None])
def test_what_the_output_of_another_cco_tells_means_nothing(cco_type: CcoType | None) -> None:
    record = ProcessorRecord(replace(MODULE, cco_type=cco_type))
    assert not record.hear_level(CCO_POSITION, True)
    assert record.view.cco_closed is None


@pytest.mark.requirement("C1")
@pytest.mark.parametrize("is_inverted", [False, True])
def test_a_contact_tells_of_override_either_way_round(is_inverted: bool) -> None:
    contact = replace(CONTACT, is_inverted=is_inverted)
    record = ProcessorRecord(replace(MODULE, override=contact))
    assert of(record.hear_contact(is_inverted)) == [ModuleChanged]
    assert record.view.override is False
    assert of(record.hear_contact(not is_inverted)) == [ModuleChanged, OverrideEntered]
    assert record.view.override is True
    assert record.view.saved is None
    assert not record.hear_contact(not is_inverted)
    assert of(record.hear_contact(is_inverted)) == [ModuleChanged, OverrideLeft]


def test_inferred_override_ends_when_a_zone_moves() -> None:
    record = ProcessorRecord(WITHOUT)
    record.hear_level(0, True)
    assert of(record.infer_override(False)) == [ModuleChanged]
    assert of(record.infer_override(True)) == [ModuleChanged, OverrideEntered]
    # What was not known before has not moved.
    assert OverrideLeft not in of(record.hear_level(1, True))
    assert record.is_inferred
    assert of(record.hear_level(0, False)) == [ModuleChanged, ZoneSwitched, OverrideLeft]
    assert record.view.override is False
    assert not record.is_inferred


def test_inferred_override_is_forgotten_with_the_session_and_a_told_one_is_not() -> None:
    record = ProcessorRecord(WITHOUT)
    assert not record.forget_override()
    record.infer_override(True)
    assert of(record.forget_override()) == [ModuleChanged]
    assert record.view.override is None
    told = ProcessorRecord(MODULE)
    told.hear_contact(True)
    assert not told.forget_override()
    assert told.view.override is True


def test_where_a_contact_tells_of_override_nothing_is_inferred() -> None:
    record = ProcessorRecord(MODULE)
    assert not record.infer_override(True)
    assert record.view.override is None


def test_inferring_the_same_again_is_nothing() -> None:
    record = ProcessorRecord(WITHOUT)
    record.infer_override(True)
    assert not record.infer_override(True)


def test_presence_is_told_once() -> None:
    record = ProcessorRecord(MODULE)
    assert of(record.set_presence(is_online=True)) == [ModuleChanged]
    assert not record.set_presence(is_online=True)
    assert of(record.set_presence(is_fresh=True)) == [ModuleChanged]
    assert (record.view.is_online, record.view.is_fresh) == (True, True)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("level"), st.integers(0, 4), st.booleans()),
            st.tuples(st.just("presence"), st.booleans(), st.booleans()),
            st.tuples(st.just("infer"), st.booleans(), st.booleans()),
        ),
        max_size=30,
    )
)
def test_what_is_remembered_of_earlier_switching_changes_nothing(
    happened: list[tuple[str, int, bool]],
) -> None:
    remembers, forgets = ProcessorRecord(WITHOUT), ProcessorRecord(WITHOUT)
    for what, first, second in happened:
        forgets._flips.clear()
        said = []
        for record in (remembers, forgets):
            if what == "level":
                said.append(list(record.hear_level(first, second)))
            elif what == "presence":
                said.append(list(record.set_presence(is_online=bool(first), is_fresh=second)))
            else:
                said.append(list(record.infer_override(second)))
        assert said[0] == said[1]
        assert remembers.view == forgets.view
        assert remembers.is_inferred is forgets.is_inferred
