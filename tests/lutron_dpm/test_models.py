"""What is stored can be read again, and two spellings of one port are one port."""

from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigSubentry

from custom_components.lutron_dpm.models import Echo, LinkConfig, LinkKind, ModuleConfig
from custom_components.lutron_dpm.outputs import ModuleOutputs, StoredOutput
from dpm_core.model import (
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    IntegrationId,
    LoadType,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneLoad,
    ZoneNumber,
)

pytestmark = pytest.mark.requirement("H2")

SERIAL = SerialNumber.parse("00A1B2C3")

LINKS = [
    LinkConfig(kind=LinkKind.SERIAL, device="/dev/ttyUSB0", baud=62500, echo=Echo.LOCAL),
    LinkConfig(kind=LinkKind.TCP, device="socket://gateway:4001", allow_sending=True),
    LinkConfig(kind=LinkKind.SIMULATED, serials=(SERIAL,)),
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_read_as_it_was_stored(link: LinkConfig) -> None:
    assert LinkConfig.from_data(link.as_data()) == link


def test_the_port_is_stored_where_home_assistant_looks_for_it() -> None:
    assert LINKS[0].as_data()["device"] == "/dev/ttyUSB0"


def test_only_both_consents_allow_the_projects_own_messages() -> None:
    link = LINKS[0]
    assert not link.may_send
    assert not link.with_consents(allow_sending=False, allow_extension=True).may_extend
    sending = link.with_consents(allow_sending=True, allow_extension=False)
    assert (sending.may_send, sending.may_extend) == (True, False)
    assert link.with_consents(allow_sending=True, allow_extension=True).may_extend
    assert LINKS[2].may_send
    assert LINKS[2].may_extend


@pytest.mark.requirement("F1")
def test_a_module_is_read_as_it_was_stored() -> None:
    program = Program(
        name="Hall",
        zone_names=("A", "B", "", "Ä"),
        override_actions=(
            OverrideAction.ON,
            OverrideAction.OFF,
            OverrideAction.UNAFFECTED,
            OverrideAction.ON,
        ),
        cco_type=CcoType.MAINTAINED,
        cco_pulse_s=2.5,
        cci_debounce_s=0.2,
        zone_loads=(
            ZoneLoad(LoadType.TUNGSTEN, watts=600),
            None,
            ZoneLoad(LoadType.MOTOR, amps=7.2),
            None,
        ),
        cco_load=CcoLoad(24, CcoCurrent.DC, 0.3, CcoLoadKind.INDUCTIVE, has_flyback_diode=True),
    )
    module = ModuleConfig.new(SERIAL, program)
    stored = module.as_new_subentry()
    assert (stored["title"], stored["unique_id"]) == ("Hall", "00A1B2C3")
    assert ModuleConfig.from_subentry(ConfigSubentry(**stored)) == module  # type: ignore[arg-type]  # stored data is a mapping


def test_a_module_that_was_stored_before_there_were_loads_has_none() -> None:
    stored = ModuleConfig.new(SERIAL, Program(name="Hall")).as_new_subentry()
    program = dict(stored["data"]["program"])
    del program["zone_loads"], program["cco_load"]
    data = {**stored["data"], "program": program}
    subentry = ConfigSubentry(**{**stored, "data": data})  # type: ignore[arg-type]  # stored data is a mapping
    assert ModuleConfig.from_subentry(subentry).program == Program(name="Hall")


def test_two_modules_never_share_an_identity() -> None:
    assert ModuleConfig.new(SERIAL, None).uid != ModuleConfig.new(SERIAL, None).uid


def test_a_module_is_called_by_the_name_given_or_its_own_or_its_number() -> None:
    assert ModuleConfig.new(SERIAL, Program(name="Own"), "Given").name == "Given"
    assert ModuleConfig.new(SERIAL, Program(name="Own")).name == "Own"
    assert ModuleConfig.new(SERIAL, None).name == "Module 00A1B2C3"


def test_a_port_is_the_same_under_every_path_that_leads_to_it(tmp_path: Path) -> None:
    port, other = tmp_path / "port", tmp_path / "other"
    port.touch()
    other.symlink_to(port)
    one = LinkConfig(kind=LinkKind.SERIAL, device=str(port))
    two = LinkConfig(kind=LinkKind.SERIAL, device=str(other))
    assert one.identity() == two.identity()
    assert one.identity() != LINKS[0].identity()


@pytest.mark.parametrize(
    "spelling", ["tcp://Gateway:4001", "SOCKET://gateway:4001/", "socket://gateway:4001"]
)
def test_a_gateway_is_the_same_in_every_spelling(spelling: str) -> None:
    link = LinkConfig(kind=LinkKind.SERIAL, device=spelling)
    assert link.identity() == LINKS[1].identity()


def test_simulated_links_are_told_apart_by_their_modules() -> None:
    other = LinkConfig(kind=LinkKind.SIMULATED, serials=(SerialNumber(1),))
    assert other.identity() != LINKS[2].identity()


def test_a_key_in_a_url_is_not_shown() -> None:
    link = LinkConfig(kind=LinkKind.SERIAL, device="esphome://host/?port_name=A&key=secret")
    assert "secret" not in link.shown_device
    assert LINKS[1].shown_device == "gateway:4001"


def test_a_zone_does_not_say_again_what_its_device_is_called() -> None:
    def named(number: int, name: str) -> StoredOutput:
        return StoredOutput(number=IntegrationId(number), name=name)

    zones = (named(1, "Hall bar"), named(2, "Hallway"), named(3, "Hall"), None)
    outputs = ModuleOutputs(zones=zones)
    module = ModuleConfig.through_processor(outputs, Program(), "Hall")
    names = [module.zone_name(ZoneNumber(zone)) for zone in range(1, 5)]
    assert names == ["bar", "Hallway", "Hall", ""]
