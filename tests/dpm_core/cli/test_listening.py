"""What `dpm probe` and `dpm capture` open may only be listened to."""

import pytest

from dpm_core.cli.listening import listening_transport, must_be_real, sets_its_own_speed
from dpm_core.cli.options import LinkOptions
from dpm_core.errors import SendingNotAllowed, UnsupportedSetting
from dpm_core.transport import SendGate

pytestmark = pytest.mark.requirement("G4")


@pytest.mark.parametrize("allow_sending", [True, False])
def test_the_gate_is_at_listen_whatever_is_allowed(allow_sending: bool) -> None:
    transport = listening_transport(LinkOptions(link="/dev/x", allow_sending=allow_sending))
    assert transport.gate is SendGate.LISTEN
    with pytest.raises(SendingNotAllowed):
        transport.write(b"\x00")


def test_a_format_may_differ_from_the_options() -> None:
    with pytest.raises(UnsupportedSetting, match="baud"):
        listening_transport(LinkOptions(link="/dev/x"), baud=1)


def test_the_link_inside_dpm_is_refused() -> None:
    with pytest.raises(UnsupportedSetting, match="nobody talks"):
        must_be_real(LinkOptions(), "dpm probe")
    must_be_real(LinkOptions(link="/dev/x"), "dpm probe")


def test_raw_gateways_keep_their_speed() -> None:
    assert sets_its_own_speed("socket://h:1")
    assert sets_its_own_speed("tcp://h:1")
    assert not sets_its_own_speed("rfc2217://h:1")
    assert not sets_its_own_speed("/dev/ttyUSB0")
