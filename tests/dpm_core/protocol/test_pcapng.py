"""A pcapng file holds a link's frames and noise so that any program for such files reads them."""

from struct import unpack_from

from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol import (
    LINKTYPE_USER0,
    PCAPNG_MAGIC,
    FrameHeard,
    Noise,
    NoiseReason,
    TimedEvent,
    ack_frame,
    pcapng_packet,
    pcapng_section,
)

Options = dict[int, bytes]


def options(octets: bytes) -> Options:
    """Read a block's options by the letter of the specification."""
    found: Options = {}
    at = 0
    while True:
        code, length = unpack_from("<HH", octets, at)
        if code == 0:
            assert (length, at + 4) == (0, len(octets))
            return found
        found[code] = octets[at + 4 : at + 4 + length]
        at += 4 + -(-length // 4) * 4


def blocks(octets: bytes) -> list[tuple[int, bytes]]:
    """Read blocks by the letter of the specification: both lengths agree, all is aligned."""
    found = []
    while octets:
        kind, length = unpack_from("<II", octets)
        assert length % 4 == 0
        assert unpack_from("<I", octets, length - 4) == (length,)
        found.append((kind, octets[8 : length - 4]))
        octets = octets[length:]
    return found


def test_a_file_begins_with_a_section_and_the_link_as_its_interface() -> None:
    written = pcapng_section("/dev/ttyUSB0", 31250, "dpm")
    assert written.startswith(PCAPNG_MAGIC)
    (section_kind, section), (interface_kind, interface) = blocks(written)
    assert (section_kind, interface_kind) == (0x0A0D0D0A, 1)
    assert unpack_from("<IHHq", section) == (0x1A2B3C4D, 1, 0, -1)
    assert options(section[16:]) == {4: b"dpm"}
    assert unpack_from("<HHI", interface) == (LINKTYPE_USER0, 0, 0)
    assert options(interface[8:]) == {2: b"/dev/ttyUSB0", 8: (31250).to_bytes(8, "little")}


def test_a_frame_is_a_packet_from_its_sync_to_its_crc() -> None:
    at = 1_795_424_400.250001
    ((kind, body),) = blocks(pcapng_packet(TimedEvent(at, FrameHeard(ack_frame(5), at))))
    interface, high, low, captured, original = unpack_from("<IIIII", body)
    assert (kind, interface) == (6, 0)
    assert high << 32 | low == 1_795_424_400_250_001
    assert captured == original == 7
    assert body[20:27] == bytes.fromhex("fade0b05002355")
    assert options(body[28:]) == {2: (1).to_bytes(4, "little")}


@given(st.binary(min_size=1, max_size=300), st.sampled_from(NoiseReason))
def test_noise_is_a_packet_that_says_why(octets: bytes, reason: NoiseReason) -> None:
    ((_, body),) = blocks(pcapng_packet(TimedEvent(0.5, Noise(octets, reason))))
    assert body[20 : 20 + len(octets)] == octets
    found = options(body[20 + -(-len(octets) // 4) * 4 :])
    assert found[1].decode() == f"noise: {reason.value}"
    (flags,) = unpack_from("<I", found[2])
    assert flags & 0x3 == 1
    bits = {NoiseReason.BAD_CRC: 24, NoiseReason.INCOMPLETE: 26, NoiseReason.NO_SYNC: 29}
    assert flags >> 16 << 16 == 1 << bits[reason]


def test_a_long_name_and_an_odd_one_fit() -> None:
    written = pcapng_section("\udcff" + "x" * 999, 115200, "dpm")
    assert len(options(blocks(written)[1][1][8:])[2]) == 255
