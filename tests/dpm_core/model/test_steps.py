"""A number is on a step, or refused."""

import math

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.steps import on_step


@pytest.mark.parametrize("value", [0.3, 0.1 + 0.2, 0.30000000001])
def test_what_is_nearly_on_a_step_is_on_it(value: float) -> None:
    assert on_step("length", value, 0.1, 1, 10, "some") == 0.3


@pytest.mark.parametrize("value", [0.09, 1.01, 0.25, -0.3, True, "0.3", None, math.nan, math.inf])
def test_what_is_between_two_steps_or_out_of_range_is_refused_by_name(value: object) -> None:
    with pytest.raises(UnsupportedSetting) as caught:
        on_step("length", value, 0.1, 1, 10, "some")
    assert (caught.value.name, caught.value.allowed) == ("length", "some")
