"""The figures are those of the documents that they name."""

from dpm_core.model import ratings


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
