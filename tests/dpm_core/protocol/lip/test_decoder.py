"""Lines and prompts from octets: glued, cut, echoed, without line ends, among noise and Telnet."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dpm_core.protocol.lip import (
    LINE_MAX,
    LineDecoder,
    LineEvent,
    LineHeard,
    LineNoise,
    LipReport,
    PromptHeard,
    parse_report,
)
from tests.dpm_core.protocol.lip.values import reports

pytestmark = pytest.mark.requirement("E8")

LEVEL = "~OUTPUT,101,1,100.00"
HEARD = LineHeard(LEVEL)
QNET = PromptHeard("QNET>")


def noise(text: str) -> LineNoise:
    return LineNoise(text, "it has no end")


@pytest.mark.parametrize(
    ("octets", "events"),
    [
        # Line ends: 2; "missing CR", and empty lines when prompts are off: 7.
        (b"~OUTPUT,101,1,100.00\r\n", [HEARD]),
        (b"~OUTPUT,101,1,100.00\n", [HEARD]),
        (b"~OUTPUT,101,1,100.00\r", [HEARD]),
        (b"~OUTPUT,101,1,100.00\n\r", [HEARD]),
        (b"~OUTPUT,101,1,100.00\r\0\n", [HEARD]),
        (b"\r\n\r\n~OUTPUT,101,1,100.00\r\n\r\n", [HEARD]),
        (b" \t \r\n", []),
        (b"  ~OUTPUT,101,1,100.00  \r\n", [HEARD]),
        (b"~OUTPUT,101,1,100.00 \r\n", [HEARD]),
        (b"~OUTPUT,101,1,100.00\r\n~ERROR,2\r\n", [HEARD, LineHeard("~ERROR,2")]),
        # Nothing is told before the line has ended.
        (b"~OUTPUT,101,1,100.00", []),
        # The login: 1.2.
        (b"login: ", [PromptHeard("LOGIN:")]),
        (b"login:", [PromptHeard("LOGIN:")]),
        (b"\r\nLogin: ", [PromptHeard("LOGIN:")]),
        (b"password: ", [PromptHeard("PASSWORD:")]),
        (b"login: password: ", [PromptHeard("LOGIN:"), PromptHeard("PASSWORD:")]),
        (b"\r\nQNET> \0", [QNET]),
        (b"QNET>", [QNET]),
        (b"\r\nGNET> ", [PromptHeard("GNET>")]),
        (b"\r\nSAFE> ", [PromptHeard("SAFE>")]),
        (
            b"connection established\r\nQSE>",
            [LineHeard("connection established"), PromptHeard("QSE>")],
        ),
        (b"Some-Switch_1> ", [PromptHeard("SOME-SWITCH_1>")]),
        (b"\r\nbad login\r\nlogin: ", [LineHeard("bad login"), PromptHeard("LOGIN:")]),
        (b"the login: \r\n", [LineHeard("the login:")]),
        # Prompts glued to reports: 7.
        (b"QNET> ~OUTPUT,101,1,100.00\r\n", [QNET, HEARD]),
        (b"QNET>~OUTPUT,101,1,100.00\r\n", [QNET, HEARD]),
        (b"QNET> QNET> ~OUTPUT,101,1,100.00\r\n", [QNET, QNET, HEARD]),
        (b"~OUTPUT,101,QNET> 1,100.00\r\n", [QNET, HEARD]),
        (b"~OUTPQNET> UT,101,1,100.00\r\n", [QNET, HEARD]),
        (b"~OUTPGNET>UT,101,1,100.00\r\n", [PromptHeard("GNET>"), HEARD]),
        (b"~OUTPUT,101,1,100.00QNET> \r\n", [QNET, HEARD]),
        (b"~QNET> OUTPUT,101,1,100.00\r\n", [QNET, HEARD]),
        (b"QNQNET>ET> ~OUTPUT,101,1,100.00\r\n", [QNET, QNET, HEARD]),
        (b"xxQNET> ~OUTPUT,101,1,100.00\r\n", [QNET, noise("xx"), HEARD]),
        # A report begins with ~ wherever that stands: 2.
        (b"\x07\x08~OUTPUT,101,1,100.00\r\n", [noise("\x07\x08"), HEARD]),
        (b"~OUTPUT,10~OUTPUT,101,1,100.00\r\n", [noise("~OUTPUT,10"), HEARD]),
        (b"~~OUTPUT,101,1,100.00\r\n", [noise("~"), HEARD]),
        (b"  ~OUTPUT,101,1,100.00\r\n", [HEARD]),
        # What we said comes back: 9, whether a processor echoes is not known.
        (b"?OUTPUT,101,1\r\n~OUTPUT,101,1,100.00\r\n", [HEARD]),
        (b"#OUTPUT,101,1,100\r\n", []),
        (b"QNET> ?OUTPUT,101,1\r\n", [QNET]),
        (b"?OUTPUT,101,1~OUTPUT,101,1,100.00\r\n", [HEARD]),
        (
            b"~OUTPUT,101,1,1?OUTPUT,102,1\r\n",
            [LineNoise("~OUTPUT,101,1,1?OUTPUT,102,1", "another line is in it")],
        ),
        # Text without ~: 3.6, 3.7.
        (b"~HELP,#OUTPUT,1\r\n", [LineHeard("~HELP,#OUTPUT,1")]),
        (b"OS Firmware Revision = 8.0\r\n", [LineHeard("OS Firmware Revision = 8.0")]),
        # NULs and Telnet: 1.1, 1.2.
        (b"~OUT\0PUT,101,1,100.00\0\r\n", [HEARD]),
        (b"\xff\xfb\x01~OUTPUT,101\xff\xf1,1,100.00\r\n", [HEARD]),
        (b"\xff\xfd\x18login: ", [PromptHeard("LOGIN:")]),
        (b"~OUTPUT,\xe9\r\n", [LineHeard("~OUTPUT,\xe9")]),
    ],
)
def test_lines_and_prompts(octets: bytes, events: list[LineEvent]) -> None:
    assert LineDecoder().feed(octets) == events
    one_by_one = LineDecoder()
    assert [event for octet in octets for event in one_by_one.feed(bytes([octet]))] == events


@pytest.mark.parametrize("held", [b"xx", b"~OUTPUT,10", b"\xff", b"x" * (LINE_MAX + 1)])
def test_whole_reports_behind_something_held_are_heard_as_if_cut(held: bytes) -> None:
    at_once, one_by_one = LineDecoder(), LineDecoder()
    report = LEVEL.encode() + b"\r\n"
    events = at_once.feed(held) + at_once.feed(report)
    assert events == [one for octet in held + report for one in one_by_one.feed(bytes([octet]))]
    # Behind FF the first octet is Telnet's.
    last = LineHeard(LEVEL[1:]) if held == b"\xff" else HEARD
    assert events[-1] == last


def test_echoes_and_noises_are_counted() -> None:
    decoder = LineDecoder()
    decoder.feed(b"?OUTPUT,101,1\r\n#A~OUTP~OUTPUT,101,1,100.00\r\n~A#\r\n")
    assert (decoder.echoes, decoder.noises) == (2, 2)


def test_what_has_not_ended_is_held() -> None:
    decoder = LineDecoder()
    decoder.feed(b"~OUTPUT,101")
    assert decoder.held == "~OUTPUT,101"


@pytest.mark.parametrize("cut", [1, 7, 1000, 100_000])
def test_a_line_that_is_too_long_is_noise_and_the_next_one_is_found(cut: int) -> None:
    decoder, octets = (
        LineDecoder(),
        b"x" * (LINE_MAX + 1000) + b"QNET> \r\n" + LEVEL.encode() + b"\n",
    )
    events = []
    for at in range(0, len(octets), cut):
        events += decoder.feed(octets[at : at + cut])
        assert len(decoder.held) <= LINE_MAX
    assert events == [LineNoise("x" * LINE_MAX, "it is too long"), HEARD]


def test_a_report_ends_a_line_that_is_too_long() -> None:
    octets = b"x" * (LINE_MAX + 1) + b"yyy~OUTPUT,101,1,100.00\n"
    assert LineDecoder().feed(octets)[1:] == [HEARD]


def test_the_longest_line_is_taken() -> None:
    text = "x" * LINE_MAX
    assert LineDecoder().feed(text.encode() + b"\r\n") == [LineHeard(text)]


PIECES = st.sampled_from(
    [
        b"~OUTPUT,101,1,100.00\r\n",
        b"~DEVICE,30,1,3\n",
        b"~ERROR,2\r",
        b"QNET> ",
        b"QNET>",
        b"QN",
        b"login: ",
        b"password:",
        b"SAFE>",
        b"?OUTPUT,101,1\r\n",
        b"#",
        b"~",
        b" ",
        b"\0",
        b"\r",
        b"\n",
        b"\xff",
        b"\xff\xfa\x18",
        b"\xff\xf0",
        b"x" * 700,
        b"~" + b"y" * (LINE_MAX - 2),
    ]
)
STREAMS = st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=14).map(b"".join)


@given(STREAMS, st.data())
def test_any_cutting_gives_the_same_events(octets: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(octets)), max_size=8).map(sorted))
    decoder, events, start = LineDecoder(), [], 0
    for end in [*cuts, len(octets)]:
        events += decoder.feed(octets[start:end])
        start = end
        assert len(decoder.held) <= LINE_MAX
    whole = LineDecoder()
    assert events == whole.feed(octets)
    assert (decoder.held, decoder.noises, decoder.echoes) == (
        whole.held,
        whole.noises,
        whole.echoes,
    )


@given(STREAMS)
@example(b"x" * (LINE_MAX + 1))
@example(b"\xff\xfa")
@example(b"QNET>")
def test_after_any_garbage_the_next_report_is_found(octets: bytes) -> None:
    decoder = LineDecoder()
    decoder.feed(octets)
    decoder.feed(b"\xff\xf0\xff\xf0")
    assert decoder.feed(LEVEL.encode() + b"\r\n")[-1] == HEARD


@given(st.lists(reports, max_size=5), st.data())
def test_reports_among_prompts_are_heard(said: list[LipReport], data: st.DataObject) -> None:
    octets = b""
    for report in said:
        line = report.line()
        at = data.draw(st.integers(0, len(line)))
        octets += f"{line[:at]}QNET> {line[at:]}\r\n".encode()
    lines = [event.text for event in LineDecoder().feed(octets) if isinstance(event, LineHeard)]
    assert [parse_report(line) for line in lines] == said
