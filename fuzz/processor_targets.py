"""The targets of the way through a processor: what it says, what is said to it, its database.

House rule: as in `targets.py`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from dpm_core.errors import DatabaseDamaged, DatabaseTooLarge
from dpm_core.protocol.lip import (
    LINE_MAX,
    Credentials,
    LineDecoder,
    LineHeard,
    LipSession,
    LipSessionSettings,
    OutputLevel,
    QueryOutputLevel,
    RequestDone,
    parse_database,
    parse_report,
    suggest_modules,
)
from dpm_core.simulator.processor.faults import ProcessorFaults
from dpm_core.simulator.processor.http_server import REQUEST_MAX, HttpPrograms
from fuzz.chunks import chunks_of
from tests.dpm_core.simulator.processor.in_memory import Connection, processor_in_memory
from tests.dpm_core.virtual_time import run_virtual

__all__ = ["database", "http", "lip", "lip_session", "processor"]

MARKER: Final = b"~OUTPUT,101,1,100.00\r\n"
"""A good line that is put behind whatever came before."""

TELNET_END: Final = b"\xff\xf0\xff\xf0"
"""What ends any command of Telnet that has begun."""

PASSWORD: Final = "never-shown"  # noqa: S105  # of nobody
WHO: Final = Credentials("somebody", PASSWORD)
ALIVE: Final = {
    b"?SYSTEM,10": b"~SYSTEM,01/31/2026,12:00:00\r\n",
    b"?MONITORING,5": b"~MONITORING,5,1\r\n",
}
"""What a session that waits is told, so that it does not give up."""
LOGIN: Final = b"lutron\r\nintegration\r\n"
QUESTION: Final = b"?SYSTEM,10\r\n"
DATABASE: Final = b"<Project></Project>"


def lip(octets: bytes) -> None:
    """Any octets are lines, the same ones however cut, in bounds, and the next line is found."""
    whole, cut = LineDecoder(), LineDecoder()
    events = whole.feed(octets)
    cut_events = []
    for chunk in chunks_of(octets):
        cut_events += cut.feed(chunk)
        assert len(cut.held) <= LINE_MAX, "too much is held"
    assert cut_events == events, "cutting changes what is heard"
    assert len(events) <= len(octets), "events out of nothing"
    for event in events:
        if isinstance(event, LineHeard):
            report = parse_report(event.text)
            assert parse_report(report.line()) == report, "it does not survive being said"
    whole.feed(TELNET_END)
    assert whole.feed(MARKER)[-1:] == [LineHeard("~OUTPUT,101,1,100.00")], "a good line is lost"


class _Talk:
    """A session, a clock, and what it says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.session = LipSession(LipSessionSettings(), WHO)
        self.session.opened(self.now)

    def hear(self, octets: bytes) -> list[Any]:
        """Hear something; return what happened."""
        events = list(self.session.receive(octets, self.now))
        assert PASSWORD not in repr(events), "the password is shown"
        return events

    def pump(self) -> list[bytes]:
        """Say what is due."""
        said = []
        while line := self.session.due(self.now):
            assert line.endswith(b"\r\n"), "a line without an end"
            assert line[:-2].isascii(), "a line that no processor reads"
            said.append(line[:-2])
        return said


def lip_session(octets: bytes) -> None:
    """A session survives whatever it hears, before the login and after it, and goes on asking."""
    login = _Talk()
    for chunk in chunks_of(octets):
        login.hear(chunk)
        assert set(login.pump()) <= {b"somebody", PASSWORD.encode()} or login.session.is_ready
    talk = _Talk()
    for text in (b"login: ", b"password: ", b"\r\nQNET> \0"):
        talk.hear(text)
        talk.pump()
    chunks = chunks_of(octets)
    for chunk in chunks:
        talk.hear(chunk)
        talk.pump()
        # In all less than a question waits for its answer: nothing is given up meanwhile.
        talk.now += 4.0 / len(chunks)
    talk.hear(TELNET_END + b"\r\n")
    if not talk.session.is_ready:
        # It was asked for a login, or is in safe mode: rightly over, and silent from then on.
        assert not talk.pump(), "something is said after the end"
        assert talk.session.next_due is None, "something is to be done after the end"
        return
    _ask(talk)


def _ask(talk: _Talk) -> None:
    """Ask a session whose processor answers its heartbeat, and be answered."""
    number = talk.session.submit(QueryOutputLevel(101), talk.now)
    for _ in range(100):
        said = talk.pump()
        if b"?OUTPUT,101,1" in said:
            answer = RequestDone(number, OutputLevel(101, 100))
            assert talk.hear(MARKER)[-1:] == [answer], "an answer is lost"
            return
        for line in said:
            talk.hear(ALIVE.get(line, b""))
        due = talk.session.next_due
        assert due is not None, "a query is forgotten"
        talk.now = max(talk.now, due)
        talk.hear(b"")
        assert talk.session.is_ready, "a living session is given up"
    raise AssertionError("a query is never said")


async def _served(octets: bytes) -> None:
    # Without a socket, which would take most of the time.
    async with processor_in_memory() as served:
        stranger, guest = served.connect(), served.connect()
        guest.say(LOGIN)
        for chunk in chunks_of(octets):
            stranger.say(chunk)
            guest.say(chunk)
            await asyncio.sleep(0.001)
        guest.say(TELNET_END + b"\r\n")
        # A line that waits for a module is answered in much less.
        await asyncio.sleep(61.0)
        host = served.connect()
        host.say(LOGIN)
        for program in (guest, host):
            if not program.is_over:
                program.say(b"#MONITORING,11,1\r\n")
                program.octets = b""
                program.say(QUESTION)
                await asyncio.sleep(1.0)
                assert b"~SYSTEM," in program.octets, "it answers no more"
        for program in (stranger, guest, host):
            program.close()
        await asyncio.sleep(0)


def processor(octets: bytes) -> None:
    """A processor survives whatever is typed, before a login and after it, and takes the next."""
    run_virtual(_served(octets))


async def _asked(chunks: list[bytes]) -> Connection:
    server: Any = HttpPrograms(lambda: DATABASE, ProcessorFaults()).serve()
    program = Connection(server)
    for chunk in chunks:
        program.say(chunk)
        held = len(server._held)  # noqa: SLF001
        assert held <= REQUEST_MAX or program.is_over, "too much is held"
    program.close()
    await asyncio.sleep(0)
    return program


def http(octets: bytes) -> None:
    """Any request has its answer or none, and the next program is served."""
    heard = run_virtual(_asked(chunks_of(octets)))
    assert heard.octets.count(b"HTTP/1.1 ") <= octets.count(b"\r\n\r\n"), "answers out of nothing"
    heard = run_virtual(_asked([b"GET /DbXmlInfo.xml HTTP/1.1\r\n\r\n"]))
    assert heard.octets.endswith(DATABASE), "it answers no more"


def database(octets: bytes) -> None:
    """Any file is a project or is refused with a reason, and what it suggests is one's own."""
    try:
        project = parse_database(octets)
    except (DatabaseDamaged, DatabaseTooLarge):
        return
    assert len(project.outputs) <= octets.count(b"<"), "outputs out of nothing"
    known = {output.id for output in project.outputs}
    for module in suggest_modules(project):
        assert set(module.zones) <= known
