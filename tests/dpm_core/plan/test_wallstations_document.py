"""The document of wallstations: what it says becomes buttons, and what is wrong names its place."""

import pytest

from dpm_core.errors import InvalidDocument
from dpm_core.model import (
    GroupNumber,
    LedLogic,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
    ZoneNumber,
)
from dpm_core.plan import read_wallstations
from dpm_core.plan.wallstations_document import OCTETS_MAX

pytestmark = pytest.mark.requirement("E5")

HALL, ENTRY = SerialNumber(0x02A24C77), SerialNumber(0x02A24C78)
ONE, TWO = SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2C4)
HEAD = "lutron_dpm_wallstations: 1\nwallstations:\n  02A24C77:\n    buttons:\n"


def test_buttons_of_any_modules_are_read() -> None:
    document = """
lutron_dpm_wallstations: 1
wallstations:
  02A24C77:
    name: Hall
    buttons:
      1: {name: All, zones: {00A1B2C3: [1, 2], 00A1B2C4: [4]}}
      2: {does: off, zones: {00A1B2C3: [1]}, group: 7, led: all}
      3: {does: scene, zones: {00A1B2C3: [1]}, off_zones: {00A1B2C4: [1]}}
  02A24C78:
"""
    all_of_them = ((ONE, ZoneNumber(1)), (ONE, ZoneNumber(2)), (TWO, ZoneNumber(4)))
    assert read_wallstations(document) == (
        Wallstation(
            address=HALL,
            name="Hall",
            buttons=(
                WallstationButton(number=1, name="All", zones=all_of_them),
                WallstationButton(
                    number=2,
                    action=WallstationAction.OFF,
                    zones=all_of_them[:1],
                    group=GroupNumber(7),
                    led=LedLogic.ALL,
                ),
                WallstationButton(
                    number=3,
                    action=WallstationAction.SCENE,
                    zones=all_of_them[:1],
                    off_zones=((TWO, ZoneNumber(1)),),
                ),
            ),
        ),
        Wallstation(address=ENTRY),
    )


@pytest.mark.parametrize(
    ("document", "line", "field"),
    [
        ("wallstations: {}\n", 1, "lutron_dpm_wallstations"),
        ("lutron_dpm_wallstations: 2\n", 1, "lutron_dpm_wallstations"),
        ("lutron_dpm_wallstations: 1\n", 1, "wallstations"),
        ("lutron_dpm_wallstations: 1\nwallstations: {}\n", 2, "wallstations"),
        ("lutron_dpm_wallstations: 1\nwallstations: {02A24C77: }\nmodules: {}\n", 3, "modules"),
        ("lutron_dpm_wallstations: 1\nwallstations: {hall: }\n", 2, "wallstations.hall"),
        ("lutron_dpm_wallstations: 1\nwallstations: {00000000: }\n", 2, "wallstations.00000000"),
        (f"{HEAD}      0: {{}}\n", 5, "wallstations.02A24C77.buttons.0"),
        (f"{HEAD}      33: {{}}\n", 5, "wallstations.02A24C77.buttons.33"),
        (f"{HEAD}      1: {{}}\n      01: {{}}\n", 3, "wallstations.02A24C77"),
        (f"{HEAD}      1: {{does: dim}}\n", 5, "wallstations.02A24C77.buttons.1.does"),
        (f"{HEAD}      1: {{led: odd}}\n", 5, "wallstations.02A24C77.buttons.1.led"),
        (f"{HEAD}      1: {{when: now}}\n", 5, "wallstations.02A24C77.buttons.1.when"),
        (
            f"{HEAD}      1: {{zones: {{00A1B2C3: [5]}}}}\n",
            5,
            "wallstations.02A24C77.buttons.1.zones.00A1B2C3.1",
        ),
        (
            f"{HEAD}      1: {{zones: {{hall: [1]}}}}\n",
            5,
            "wallstations.02A24C77.buttons.1.zones.hall",
        ),
        (
            f"{HEAD}      1: {{does: on, off_zones: {{00A1B2C3: [1]}}}}\n",
            5,
            "wallstations.02A24C77.buttons.1",
        ),
    ],
)
def test_what_is_wrong_names_its_place(document: str, line: int, field: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_wallstations(document, "hall.yaml")
    assert (caught.value.file, caught.value.line, caught.value.field) == ("hall.yaml", line, field)


def test_a_document_that_is_too_long_is_not_read() -> None:
    with pytest.raises(InvalidDocument):
        read_wallstations("#" * (OCTETS_MAX + 1))
