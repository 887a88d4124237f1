"""`dpm scan` finds every module with no serial number known before."""

from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import (
    CONSENTS,
    MODULES,
    Simulated,
    call,
    dpm,
    fails,
    started,
    wait_for,
)

pytestmark = pytest.mark.requirement("G4", "E6")


@pytest.mark.requirement("E3")
def test_every_module_is_found_over_a_port_and_over_tcp(link: Simulated) -> None:
    for over in (link.link, link.tcp):
        answer = link.dpm("scan", "--json", over=over).answer
        assert (answer["ok"], answer["link"]) == (True, over)
        assert [module["serial"] for module in answer["modules"]] == list(MODULES)


def test_what_a_module_is_stands_beside_its_serial(link: Simulated) -> None:
    (first, _) = link.dpm("scan", "--json").answer["modules"]
    assert first == {
        "serial": MODULES[0],
        "class_word": "09110104",
        "model": "LQSE-4S8-120-D",
        "firmware": "2.054",
        "zone_count": 4,
        "component_type": "38",
    }
    shown = link.dpm("scan")
    assert (shown.status, shown.err) == (0, "")
    assert "2 modules on" in shown.out
    for serial in MODULES:
        assert serial in shown.out


def test_many_modules_with_close_serials_are_found_by_a_process(tmp_path: Path) -> None:
    port = tmp_path / "link"
    with started("simulate", "--modules", "12", "--listen", f"pty:{port}") as process:
        wait_for("the port", port.is_symlink, process)
        ended = dpm("--link", str(port), *CONSENTS, "scan", "--json")
    assert [module["serial"] for module in ended.answer["modules"]] == [
        f"00A100{number:02X}" for number in range(1, 13)
    ]


def test_a_link_without_modules_says_so() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"socket://127.0.0.1:{silent.getsockname()[1]}"
        ended = call("--link", url, *CONSENTS, "scan")
    assert (ended.status, ended.out) == (0, f"No module answered on {url}.\n")


def test_a_link_that_may_only_be_listened_to_is_not_searched(link: Simulated) -> None:
    assert "--allow-sending" in fails(link.listen_only("scan"), 2)
    assert "--allow-extension" in fails(link.listen_only("--allow-sending", "scan"), 2)
