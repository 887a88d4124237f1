"""Where the processor may be reached, in words."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.processor.listening import Listener, parse_processor_listen

pytestmark = pytest.mark.requirement("G3")


def test_it_is_a_tcp_address() -> None:
    address = parse_processor_listen("processor", "tcp:[::1]:4003")
    assert (address.host, address.port) == ("::1", 4003)
    assert Listener("lip", address, lambda: None).url == "lip://[::1]:4003"  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    "text", ["", "23", "tcp:127.0.0.1", "pty:/tmp/link", "rfc2217:127.0.0.1:1", "tcp:h:70000"]
)
def test_anything_else_is_refused_by_the_options_name(text: str) -> None:
    with pytest.raises(UnsupportedSetting, match="processor-http"):
        parse_processor_listen("processor-http", text)
