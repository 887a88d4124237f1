"""What holds for every test: which warnings are errors, and how hard properties are searched."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("homeassistant"):
        _configure_hypothesis()
        return
    # With Home Assistant's plugin the warnings of hundreds of foreign modules come by; ours stay
    # errors. The last line that fits a warning wins.
    for line in (
        "default",
        "error:::dpm_core",
        "error:::custom_components",
        "error:::tests",
        "error::pytest.PytestUnraisableExceptionWarning",
    ):
        config.addinivalue_line("filterwarnings", line)


def _configure_hypothesis() -> None:
    from hypothesis import HealthCheck, settings

    # Machines are shared and noisy, so no example has a deadline; a run is bounded by its examples.
    quiet = [HealthCheck.too_slow]
    settings.register_profile("ci", deadline=None, max_examples=60, suppress_health_check=quiet)
    settings.register_profile("dev", deadline=None, max_examples=30, suppress_health_check=quiet)
    settings.register_profile("deep", deadline=None, max_examples=2000, suppress_health_check=quiet)
    settings.load_profile(
        os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
    )
