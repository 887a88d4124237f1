"""A real Home Assistant process, driven from outside over its public HTTP and WebSocket API.

`scripts/demo` shows it to a person, `tests/e2e` holds it against the requirements.
House rule: nothing here imports Home Assistant, the integration or `dpm_core`;
this package knows only what a browser and a shell could know.
"""
