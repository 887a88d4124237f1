"""Tests of the library, laid out as the library is; none loads Home Assistant's test plugin."""
