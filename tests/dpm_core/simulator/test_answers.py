"""The table of what each message makes a module do: that nothing is forgotten in it."""

from typing import Any, get_args

import pytest

from dpm_core.model import SerialNumber, Transition, factory_module
from dpm_core.protocol.messages import (
    Command,
    Discover,
    ExtensionType,
    LedsSet,
    Message,
    Report,
    Result,
    ResultCode,
)
from dpm_core.simulator import answers
from dpm_core.simulator.deeds import Acknowledged, Deed, Resulted

ONE = SerialNumber(0x00A1B2C3)


def test_every_command_of_a_master_has_a_row_but_discover() -> None:
    # DISCOVER is answered in a slot, so `device.py` has it.
    assert set(answers._DEEDS) == {*get_args(Command)} - {Discover}


def test_every_type_of_class_7d_is_a_report_or_a_command_to_a_module_or_to_a_wallstation() -> None:
    reports = {ExtensionType(kind.ROW.message_types[0]) for kind in get_args(Report)}
    to_wallstations = {ExtensionType.LEDS_SET}
    assert reports | answers._COMMAND_TYPES | to_wallstations == set(ExtensionType)
    assert not reports & answers._COMMAND_TYPES
    assert not to_wallstations & (answers._COMMAND_TYPES | reports)


def test_a_module_has_no_leds_that_a_master_lights() -> None:
    deed = answers.deed_of(LedsSet(ONE, (1,)), 1)
    assert deed is not None
    assert deed.answer_to(Transition(factory_module(ONE))) == Resulted(
        ExtensionType.LEDS_SET, ResultCode.UNKNOWN_TYPE
    )


@pytest.mark.parametrize("report", get_args(Report))
def test_a_report_means_nothing_to_a_module(report: type[Message]) -> None:
    assert report not in answers._DEEDS


@pytest.mark.parametrize(
    ("transition", "answer"),
    [
        (Transition(factory_module(ONE)), Acknowledged()),
        (None, Resulted(0x40, ResultCode.BUSY)),
    ],
)
def test_what_could_not_be_written_is_busy(transition: Any, answer: Any) -> None:
    deed = Deed(answered_type=0x40, answer=Acknowledged())
    assert deed.answer_to(transition) == answer


def test_a_group_is_never_answered() -> None:
    assert Deed(answered_type=0x40, is_group=True).answer_to(None) is None


def test_a_result_names_what_it_answers() -> None:
    resulted = Resulted(0x05, ResultCode.OVERRIDE)
    assert resulted.message(ONE, 7) == Result(ONE, 0x05, ResultCode.OVERRIDE, 7)
