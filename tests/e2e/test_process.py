"""A Home Assistant is never mistaken for another one that is there already."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scripts.hass import demo
from scripts.hass.process import HassFailed, HassProcess, is_free


async def test_on_a_port_that_somebody_has_home_assistant_is_not_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert not is_free(port)
        nobody = HassProcess(tmp_path / "python", tmp_path, tmp_path, port=port)
        with pytest.raises(HassFailed, match=f"port {port} is in use by another program"):
            await nobody.start()
    assert is_free(port)


def test_the_demo_takes_the_usual_port_only_if_nobody_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(demo, "USUAL_PORT", port)
        assert demo.choose_port(None) not in (0, port)
        assert demo.choose_port(port) == port, "who asks for a port gets it or an error"
        assert demo.choose_port(0) not in (0, port)
    assert demo.choose_port(None) == port
