"""The figures are those of the documents that they name."""

from collections.abc import Iterator

import pytest

from dpm_core.model import FAMILY, LoadType, ratings
from dpm_core.model.ratings import Figure, GaugeRange, ModuleRatings

BIG = FAMILY["LQSE-4S8-120-D"]
SMALL = FAMILY["LQSE-4S1-D"]

HEADINGS = {
    "Power",
    "Environment",
    "Terminals",
    "Contact Closure Output (CCO)",
    "Programming and Compatibility Requirements",
    "QS Link Limits",
    "Output Zone Ratings",
    "Mounting",
    "Wiring: Mains and Output Zones",
    "Wiring: QS Link",
}


def test_the_figures_are_those_of_the_specification() -> None:
    """3691060c, "Power" and "Output Zone Ratings"."""
    assert ratings.MODEL_NAME == "LQSE-4S8-120-D"
    assert ratings.MAINS_VOLTAGE_V == 120
    assert ratings.MAINS_RATED_HZ == (50, 60)
    assert ratings.ZONE_MAX_A == 8.0
    assert ratings.MODULE_MAX_A == 16.0


def test_the_identity_is_that_of_the_worked_example() -> None:
    """qs-link.md 5.1, IDENTITY_REPORT."""
    assert ratings.DEVICE_CLASS_WORD.to_bytes(4, "big") == bytes.fromhex("09110104")
    assert ratings.COMPONENT_TYPE_RELAY == 0x38


@pytest.mark.requirement("A5", "A7")
def test_the_load_ratings_of_the_4s8() -> None:
    assert (BIG.voltage_min_v.value, BIG.voltage_max_v.value) == (120, 120)
    assert BIG.frequencies_hz == (50, 60)
    assert (str(BIG.feed_max), str(BIG.zone_max), str(BIG.module_max)) == ("16 A", "8 A", "16 A")
    assert BIG.motor_max_hp is not None
    assert BIG.motor_max_hp.value == pytest.approx(1 / 3)
    assert BIG.motor_full_load.value == 8
    assert str(ratings.FEED_CHAIN_MAX_A) == "16 A"


@pytest.mark.requirement("A5", "A10")
def test_every_load_type_of_the_table_is_rated_and_named() -> None:
    assert {kind.value for kind in BIG.load_types} == {
        "tungsten",
        "general-use",
        "discharge-lamp",
        "electronic-ballast",
        "resistive",
        "inductive",
        "capacitive",
        "motor",
        "inc",
        "mlv",
        "elv",
    }
    assert set(ratings.LOAD_WORDS) == set(LoadType)
    assert "NEMA 410" in ratings.LOAD_WORDS[LoadType.CAPACITIVE]


@pytest.mark.requirement("A9")
def test_the_4s1_is_data_of_its_own() -> None:
    """3691060c, "Wiring: Mains and Output Zones", the labels of the drawing."""
    assert (SMALL.voltage_min_v.value, SMALL.voltage_max_v.value) == (120, 240)
    assert SMALL.frequencies_hz == (50, 60)
    assert (str(SMALL.feed_max), str(SMALL.zone_max)) == ("4 A", "1 A")
    assert SMALL.lighting_class == "1 AX"
    assert str(SMALL.motor_full_load) == "1 A FLA"
    assert str(SMALL.motor_locked_rotor) == "6 A LRA"
    assert SMALL.motor_max_hp is None


@pytest.mark.requirement("A9")
def test_what_the_specification_does_not_say_of_the_4s1_is_not_guessed() -> None:
    assert (SMALL.surge_v, SMALL.surge_a, SMALL.heat_max) == (None, None, None)
    assert SMALL.width_is_assumed
    assert not BIG.width_is_assumed


@pytest.mark.requirement("A12")
def test_the_surges_that_the_4s8_withstands() -> None:
    assert (str(BIG.surge_v), str(BIG.surge_a)) == ("6000 V", "3000 A")
    assert ratings.ADVICE_DELTA == "contact Lutron"


@pytest.mark.requirement("D4")
def test_what_the_cco_switches() -> None:
    assert str(ratings.CCO_MAX_V) == "24 V"
    assert (ratings.CCO_DC_MAX_A.value, ratings.CCO_AC_MAX_A.value) == (1.0, 0.5)


@pytest.mark.requirement("E1", "E2")
def test_the_limits_of_the_link() -> None:
    assert (ratings.LINK_DEVICES.value, ratings.LINK_ZONES.value) == (100, 512)
    assert (str(ratings.LINK_LENGTH_FT), str(ratings.LINK_LENGTH_M)) == ("2000 ft", "610 m")
    assert (str(ratings.SHORT_CABLE_FT), str(ratings.SHORT_CABLE_M)) == ("500 ft", "150 m")
    assert (ratings.SHORT_CABLE, ratings.LONG_CABLE) == ("GRX-CBL-346S-500", "GRX-CBL-46L")
    assert dict(ratings.LINK_TERMINALS) == {1: "COM", 2: "Do Not Connect", 3: "MUX", 4: "MUX"}


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("wires", "finest", "thickest"),
    [
        (ratings.MAINS_WIRE, 18, 12),
        (ratings.ZONE_WIRE, 18, 12),
        (ratings.CONTACT_WIRE, 20, 12),
        (ratings.CONTACT_TWO_WIRES, 22, 16),
        (ratings.LINK_WIRE, 20, 12),
        (ratings.LINK_TWO_WIRES, 22, 18),
        (ratings.LINK_CONTROL_WIRE, 18, 18),
        (ratings.LINK_DATA_WIRE, 22, 18),
    ],
)
def test_what_a_terminal_takes_ends_at_both_gauges(
    wires: GaugeRange, finest: int, thickest: int
) -> None:
    assert wires.takes(finest)
    assert wires.takes(thickest)
    assert not wires.takes(finest + 1)
    assert not wires.takes(thickest - 1)


def test_a_range_of_one_gauge_is_said_as_one() -> None:
    assert str(ratings.LINK_CONTROL_WIRE) == "18 AWG"
    assert str(ratings.MAINS_WIRE) == "18 AWG to 12 AWG"


@pytest.mark.requirement("F2", "F3")
def test_the_environment_and_the_space() -> None:
    assert (ratings.AMBIENT_MIN_C.value, ratings.AMBIENT_MAX_C.value) == (0, 40)
    assert (str(ratings.NEAR_UNIT), str(ratings.CALIBRATION_POINT_MAX_C)) == ("20 mm", "65 °C")
    assert str(ratings.HUMIDITY_MAX_PERCENT) == "90 %"
    assert str(BIG.heat_max) == "24 BTU/h"
    assert (str(BIG.din_modules), str(BIG.width_mm)) == ("9 DIN modules", "161.7 mm")


def _figures() -> Iterator[Figure | GaugeRange]:
    for value in vars(ratings).values():
        if isinstance(value, Figure | GaugeRange):
            yield value
        elif isinstance(value, ModuleRatings):
            for name in ModuleRatings.__slots__:
                if isinstance(figure := getattr(value, name), Figure):
                    yield figure


def test_every_figure_names_a_heading_of_the_document() -> None:
    found = list(_figures())
    assert len(found) > 30
    assert {figure.heading for figure in found} == HEADINGS
