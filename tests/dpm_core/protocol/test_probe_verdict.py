"""What is there is said in words, and never more than was heard."""

import pytest

from dpm_core.model import GroupNumber
from dpm_core.protocol import (
    CharacterFormat,
    LinkSource,
    PresetRecall,
    ProbeFinding,
    ProbeTally,
    ack_frame,
    encode_message,
    encode_wire,
    judge_probe,
)
from tests.dpm_core.protocol.test_probe import ONE, QUERY, identity

PUBLIC = encode_wire(
    encode_message(PresetRecall(GroupNumber(5), 0x20), counter=1, sequence=1, source=LinkSource())
)


def at(
    baud: int, octets: bytes = b"", parity: str = "none", problem: str | None = None
) -> ProbeTally:
    tally = ProbeTally(CharacterFormat(baud, parity))
    tally.hear(octets, 0.0)
    tally.end()
    tally.problem = problem
    return tally


def test_nothing_heard_says_what_to_look_at() -> None:
    verdict = judge_probe([at(31250), at(62500)])
    assert (verdict.finding, verdict.best) == (ProbeFinding.SILENT, None)
    assert "not one octet" in verdict.words
    assert "terminals 3 and 4" in " ".join(verdict.next_steps)


def test_frames_at_one_speed_name_the_speed_and_the_options() -> None:
    verdict = judge_probe([at(31250, b"\x12\x34" * 50), at(62500, QUERY + identity(ONE) * 2)])
    assert (verdict.finding, verdict.best) == (ProbeFinding.FRAMES, CharacterFormat(62500))
    assert "62500 8N1: 3 of them" in verdict.words
    assert "2 devices spoke" in verdict.words
    assert "1 of them said to be an LQSE-4S8-120-D" in verdict.words
    assert "simulator" in verdict.words
    assert "broke" not in verdict.words
    assert verdict.next_steps[0] == "Use --baud 62500 from now on."
    assert any("serial number" in step for step in verdict.next_steps)


def test_a_link_without_class_7d_is_not_called_a_simulator() -> None:
    verdict = judge_probe([at(31250, PUBLIC)])
    assert "One device spoke." in verdict.words
    assert "simulator" not in verdict.words
    assert not any("serial number" in step for step in verdict.next_steps)


def test_frames_that_name_nobody_name_nobody() -> None:
    assert "spoke" not in judge_probe([at(31250, encode_wire(ack_frame(1)))]).words


def test_the_speed_with_the_most_frames_wins() -> None:
    assert judge_probe([at(31250, QUERY, "even"), at(31250, QUERY * 2, "odd")]).best == (
        CharacterFormat(31250, "odd")
    )


def test_a_ninth_bit_is_told_and_that_its_meaning_is_not_known() -> None:
    verdict = judge_probe([at(31250, b"\x33" * 90), at(31250, QUERY, "even")])
    assert verdict.best == CharacterFormat(31250, "even")
    assert "ninth bit" in verdict.words
    assert verdict.next_steps[0] == "Use --baud 31250 --parity even from now on."


def test_a_port_that_does_not_mind_the_speed_is_told() -> None:
    verdict = judge_probe([at(31250, QUERY), at(62500, QUERY)])
    assert (verdict.finding, verdict.best) == (ProbeFinding.ANY_SPEED, None)
    assert "31250, 62500 alike" in verdict.words


def test_many_broken_packets_are_told() -> None:
    broken = bytearray(QUERY)
    broken[12] ^= 1
    assert "50% of the packets broke" in judge_probe([at(31250, QUERY + bytes(broken))]).words


@pytest.mark.parametrize(
    ("octets", "first"), [(bytes(100), "Swap"), (b"\x12\x9c" * 50, "Try other")]
)
def test_octets_without_frames_name_the_likeliest_reason_first(octets: bytes, first: str) -> None:
    verdict = judge_probe([at(31250, octets), at(62500)])
    assert (verdict.finding, verdict.best) == (ProbeFinding.OCTETS, None)
    assert "100 octets were heard, but no frame" in verdict.words
    assert ("reads as a break" in verdict.words) is (first == "Swap")
    assert verdict.next_steps[0].startswith(first)


def test_starts_of_packets_without_a_right_crc_are_worth_a_capture() -> None:
    broken = bytearray(QUERY)
    broken[12] ^= 1
    verdict = judge_probe([at(31250, b"\x12" * 90), at(62500, bytes(broken) * 3)])
    assert (verdict.finding, verdict.best) == (ProbeFinding.SYNCS, CharacterFormat(62500))
    assert "3 times FA DE" in verdict.words
    assert "dpm capture" in verdict.next_steps[0]


def test_a_few_syncs_in_many_octets_are_chance() -> None:
    noise = b"\x12" * 20_000 + b"\xfa\xde" * 3
    assert judge_probe([at(31250, noise)]).finding is ProbeFinding.OCTETS


def test_a_port_that_cannot_be_opened_says_why() -> None:
    verdict = judge_probe([at(31250, problem="No such port.")])
    assert verdict.finding is ProbeFinding.NOT_OPENED
    assert "No such port." in verdict.words
    assert judge_probe([]).words == "The port could not be listened to."


def test_what_was_heard_before_the_port_was_lost_counts() -> None:
    assert judge_probe([at(31250, QUERY, problem="Lost.")]).finding is ProbeFinding.FRAMES


def test_a_gateway_that_keeps_its_speed_is_not_credited_with_ours() -> None:
    verdict = judge_probe([at(31250, QUERY)], is_speed_ours=False)
    assert (verdict.finding, verdict.best) == (ProbeFinding.ANY_SPEED, None)
    assert "31250" not in verdict.words
    assert verdict.next_steps[0] == "Leave the gateway as it is set."
    verdict = judge_probe([at(31250, b"\x12\x9c" * 50)], is_speed_ours=False)
    assert verdict.next_steps[0].startswith("Set another speed in the gateway itself")


def test_what_cannot_be_heard_is_not_claimed() -> None:
    steps = " ".join(judge_probe([at(31250, QUERY)]).next_steps)
    assert "a second stop bit" in steps
    assert "cannot be heard" in steps
