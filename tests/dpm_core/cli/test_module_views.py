"""A module is shown as it is known: unknown is never on, off or open."""

import pytest

from dpm_core.cli.module_views import firmware_words, module_fields, modules_table
from dpm_core.cli.output import Output
from dpm_core.client import ModuleView
from dpm_core.model import Cause, CcoType, ContactState, Program, SerialNumber

pytestmark = pytest.mark.requirement("G4")

ONE = SerialNumber(0x00A1B2C3)


def shown(view: ModuleView, capsys: pytest.CaptureFixture[str]) -> str:
    Output(is_json=False).print(modules_table([view], "link"))
    return capsys.readouterr().out


def test_nothing_known_is_unknown_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    fields = module_fields(ModuleView(serial=ONE))
    assert fields == {
        "serial": "00A1B2C3",
        "name": None,
        "online": False,
        "fresh": False,
        "zones": [None] * 4,
        "zone_names": None,
        "causes": [None] * 4,
        "override": None,
        "saved": None,
        "cci": None,
        "cco": {"closed": None, "type": None},
        "restored": None,
        "firmware": None,
    }
    text = shown(ModuleView(serial=ONE), capsys)
    assert text.count("unknown") == 7
    assert "no reply" in text


def test_what_is_known_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    view = ModuleView(
        serial=ONE,
        is_online=True,
        zones=(True, False, None, True),
        saved=(False, None, True, True),
        override=True,
        cci=ContactState.OPEN,
        cco_closed=True,
        cco_type=CcoType.MAINTAINED,
        was_restored=False,
        zone_causes=(Cause.CCI, None, None, Cause.ZONE_BUTTON),
        program=Program("Hall", ("Porch", "", "", "")),
    )
    fields = module_fields(view)
    assert fields["causes"] == ["cci", None, None, "zone_button"]
    assert fields["cco"] == {"closed": True, "type": "maintained"}
    assert (fields["name"], fields["zone_names"]) == ("Hall", ["Porch", "", "", ""])
    text = shown(view, capsys)
    for words in ("as heard", "● on", "○ off", "? unknown", "then unknown", "then on"):
        assert words in text
    for words in ("ACTIVE", "locked out", "maintained", "Porch", "Hall"):
        assert words in text


def test_firmware_is_written_as_lutron_does() -> None:
    assert firmware_words((2, 54)) == "2.054"
