"""What is stored can be read again, and two spellings of one port are one port."""

from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigSubentry

from custom_components.lutron_dpm.models import Echo, LinkConfig, LinkKind, ModuleConfig
from dpm_core.model import CcoType, OverrideAction, Program, SerialNumber

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
    )
    module = ModuleConfig.new(SERIAL, program)
    stored = module.as_new_subentry()
    assert (stored["title"], stored["unique_id"]) == ("Hall", "00A1B2C3")
    assert ModuleConfig.from_subentry(ConfigSubentry(**stored)) == module  # type: ignore[arg-type]  # stored data is a mapping


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
