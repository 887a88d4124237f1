"""What single zones are told: made once for on and off, and each time the same."""

from __future__ import annotations

import pytest

from dpm_core.client.module_record import ModuleRecord
from dpm_core.client.settings import ClientSettings
from dpm_core.client.zone_commands import ZoneCommands, zones_words
from dpm_core.errors import InvalidLevel, UnsupportedSetting
from dpm_core.model import ZONES, GroupNumber
from dpm_core.protocol import BROADCAST, Dialect, GoToLevel
from tests.dpm_core.client.links import ONE

RADIO = ClientSettings(dialect=Dialect.RADIO)


def test_on_and_off_are_made_once_and_other_levels_each_time() -> None:
    commands, record = ZoneCommands(ClientSettings()), ModuleRecord(ONE, 1.0)
    for zone in ZONES:
        on, off = commands.of(record, zone, 100), commands.of(record, zone, 0.0)
        assert on.message == GoToLevel(ONE, int(zone), 0xFEFF)
        assert off.message == GoToLevel(ONE, int(zone), 0)
        assert (on.words, off.words) == (f"zone {zone} on", f"zone {zone} off")
        assert (on.wanted, off.wanted) == ({zone: True}, {zone: False})
        assert on.keys == off.keys == ((ONE, int(zone)),)
        assert commands.of(record, zone, 100.0) is on
        assert commands.of(record, zone, 0) is off
    half = commands.of(record, ZONES[0], 50)
    assert half.message == GoToLevel(ONE, 1, 0x7F7F)
    assert half.words == "zone 1 on"
    assert len(record.zone_commands) == 8


def test_what_no_zone_can_be_told_is_not_kept() -> None:
    record = ModuleRecord(ONE, 1.0)
    with pytest.raises(InvalidLevel):
        ZoneCommands(ClientSettings()).of(record, ZONES[0], 101.0)
    with pytest.raises(UnsupportedSetting, match="wired"):
        ZoneCommands(RADIO).of(record, ZONES[0], 100.0)
    assert not record.zone_commands


def test_all_zones_are_named_by_group_or_broadcast_in_either_dialect() -> None:
    wired = ZoneCommands(ClientSettings()).go_to_level(GroupNumber(7), None, 100.0)
    assert wired == GoToLevel(GroupNumber(7), 0, 0xFEFF)
    radio = ZoneCommands(RADIO).go_to_level(BROADCAST, None, 0.0)
    assert radio == GoToLevel(BROADCAST, 0, 0, Dialect.RADIO)


def test_several_zones_are_named_in_order() -> None:
    assert zones_words({ZONES[2]: 100, ZONES[0]: 0}) == "zone 3 on, zone 1 off"


def test_all_zones_of_all_modules_are_told_on_and_off_by_one_message_each() -> None:
    commands = ZoneCommands(ClientSettings())
    assert commands.to_everybody(100) == GoToLevel(BROADCAST, 0, 0xFEFF)
    assert commands.to_everybody(100.0) is commands.to_everybody(100)
    assert commands.to_everybody(0.0) == GoToLevel(BROADCAST, 0, 0)
    assert commands.to_everybody(50) == GoToLevel(BROADCAST, 0, 0x7F7F)
    assert commands.to_everybody(50) is not commands.to_everybody(50)
