"""Probing counts what is heard at each format: frames, errors, and who spoke."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    BAUD_CANDIDATES,
    PROBE_ENOUGH_FRAMES,
    PROBE_ENOUGH_OCTETS,
    PROBE_SENDERS_MAX,
    CharacterFormat,
    IdentityReport,
    LinkSource,
    ProbeTally,
    StatusMask,
    StatusQuery,
    ack_frame,
    encode_message,
    encode_wire,
    probe_formats,
    sender_name,
)

ONE = SerialNumber(0x00A1B2C3)
QUERY = encode_wire(
    encode_message(StatusQuery(ONE, StatusMask.ZONES), counter=1, sequence=1, source=LinkSource())
)


def identity(serial: int, class_word: int = 0x09110104) -> bytes:
    report = IdentityReport(SerialNumber(serial), class_word, (2, 54))
    frame = encode_message(report, counter=1, sequence=0, source=SerialNumber(serial))
    return encode_wire(frame)


def heard(*octets: bytes) -> ProbeTally:
    tally = ProbeTally(CharacterFormat(31250))
    for number, each in enumerate(octets):
        tally.hear(each, float(number))
    tally.end()
    return tally


def test_every_speed_that_was_named_is_tried_likeliest_first() -> None:
    formats = probe_formats()
    assert [line.baud for line in formats] == list(BAUD_CANDIDATES)
    assert {line.character for line in formats} == {"8N1"}
    assert str(formats[0]) == "31250 8N1"


def test_parities_are_a_round_of_their_own() -> None:
    assert [str(line) for line in probe_formats((31250, 62500), ("even", "odd"))] == [
        "31250 8E1",
        "62500 8E1",
        "31250 8O1",
        "62500 8O1",
    ]
    assert CharacterFormat(31250, "space", 2).character == "8S2"


@pytest.mark.parametrize("wrong", [{"baud": 0}, {"parity": "some"}, {"stop_bits": 3}])
def test_a_format_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UnsupportedSetting):
        CharacterFormat(**{"baud": 31250, **wrong})  # type: ignore[arg-type]


def test_frames_errors_and_devices_are_counted() -> None:
    broken = bytearray(QUERY)
    broken[12] ^= 1
    tally = heard(QUERY, identity(ONE), bytes(broken), identity(ONE), encode_wire(ack_frame(1)))
    assert tally.statistics.frames == 4
    assert tally.statistics.crc_errors == 1
    assert tally.syncs == 5
    assert tally.error_share == pytest.approx(0.2)
    assert tally.kinds == {"IDENTITY_REPORT": 2, "STATUS_QUERY": 1, "ACKNOWLEDGE": 1}
    assert tally.extension_frames == 3
    assert tally.unnamed_frames == 1
    master, module = tally.senders.values()
    assert (master.name, master.serial, master.frames) == (
        "address 21, subnet 0001, zone 00",
        None,
        1,
    )
    assert not master.is_module
    assert (module.name, module.serial, module.frames) == ("00A1B2C3", ONE, 2)
    assert module.is_module


def test_another_product_is_no_module() -> None:
    tally = heard(identity(ONE, 0x091E0104))
    assert not tally.senders["00A1B2C3"].is_module


def test_an_incomplete_packet_counts_as_one_that_began() -> None:
    tally = heard(QUERY[:12])
    assert (tally.syncs, tally.error_share) == (1, 1.0)
    assert heard().error_share == 0.0


def test_the_share_of_an_octet_is_known() -> None:
    assert heard(bytes(3) + b"\xff").share_of(0x00) == 0.75
    assert heard().share_of(0x00) == 0.0


def test_enough_frames_settle_a_format() -> None:
    tally = ProbeTally(CharacterFormat(31250))
    tally.hear(QUERY * (PROBE_ENOUGH_FRAMES - 1), 0.0)
    assert not tally.is_settled
    tally.hear(QUERY, 0.1)
    assert tally.is_settled


def test_enough_octets_without_a_frame_settle_it_too() -> None:
    tally = ProbeTally(CharacterFormat(31250))
    tally.hear(bytes(PROBE_ENOUGH_OCTETS - 1), 0.0)
    assert not tally.is_settled
    tally.hear(b"\x01", 0.1)
    assert tally.is_settled
    tally.hear(QUERY, 0.2)
    assert not tally.is_settled


def test_no_more_senders_are_kept_apart_than_a_link_can_hold() -> None:
    tally = heard(*[identity(serial) for serial in range(1, PROBE_SENDERS_MAX + 3)])
    assert len(tally.senders) == PROBE_SENDERS_MAX
    assert tally.other_senders_frames == 2


def test_a_sender_that_cannot_be_named_has_no_name() -> None:
    assert sender_name(ack_frame(1)) is None
