"""Whatever is asked, answered, lost and cut in whatever order: what a session always keeps.

The processor here reads lines in order and answers each or not; it may push levels, glue prompts
to its reports, refuse, be slow, and hang.
"""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dpm_core.errors import LipInputError
from dpm_core.protocol.lip import (
    Credentials,
    LipCommand,
    LipEvent,
    LipSession,
    LipSessionSettings,
    LoggedIn,
    OutputLevel,
    PulseOutput,
    QueryOutputLevel,
    QuerySystem,
    ReportHeard,
    RequestDone,
    RequestFailed,
    RequestId,
    SessionHung,
    SetOutputLevel,
    SystemAction,
    parse_command,
)

OUTPUTS = (101, 102, 103)
UNKNOWN = 199
PULSED = 105
SETTINGS = LipSessionSettings()
FENCE = QuerySystem(SystemAction.DATABASE_EXPORT)
NOBODY = Credentials("somebody", "open-sesame")

COMMANDS = st.one_of(
    st.builds(SetOutputLevel, st.sampled_from((*OUTPUTS, UNKNOWN)), st.sampled_from((0, 100))),
    st.builds(QueryOutputLevel, st.sampled_from((*OUTPUTS, UNKNOWN))),
    st.just(PulseOutput(PULSED, 0.5)),
    st.just(FENCE),
)


class Processor:
    """Reads in order, answers in order."""

    def __init__(self) -> None:
        self.levels = dict.fromkeys(OUTPUTS, 0.0)
        self.inbox: deque[str] = deque()
        self.outbox = b""
        self.pulses = 0
        self.does_push = True
        self.glues = False
        self.is_hung = False

    def read(self) -> None:
        """Read one line, if there is one and it is alive."""
        if not self.inbox or self.is_hung:
            return
        line = self.inbox.popleft()
        if line.startswith("#MONITORING"):
            self.say(line.replace("#", "~"))
            return
        try:
            command = parse_command(line)
        except LipInputError as error:
            self.say(f"~ERROR,{error.number}")
            return
        match command:
            case SetOutputLevel() | QueryOutputLevel() if command.output not in self.levels:
                self.say("~ERROR,2")
            case SetOutputLevel():
                self.levels[command.output] = command.level_percent
                if self.does_push:
                    self.say(OutputLevel(command.output, command.level_percent).line())
            case QueryOutputLevel():
                self.say(OutputLevel(command.output, self.levels[command.output]).line())
            case PulseOutput():
                self.pulses += 1
            case QuerySystem():
                self.say("~SYSTEM,01/31/2026,12:00:00")
            case _:
                self.say("~MONITORING,5,1")

    def say(self, line: str) -> None:
        """Put a line on its way."""
        text = f"{line[:3]}QNET> {line[3:]}" if self.glues else line
        self.outbox += f"{text}\r\n".encode()


class SessionMachine(RuleBasedStateMachine):
    """A session at such a processor."""

    def __init__(self) -> None:
        super().__init__()
        self.session = LipSession(SETTINGS, NOBODY)
        self.now = 1000.0

    @initialize(does_push=st.booleans(), glues=st.booleans())
    def connect(self, does_push: bool, glues: bool) -> None:
        self.processor = Processor()
        self.processor.does_push, self.processor.glues = does_push, glues
        self.asked: dict[RequestId, LipCommand] = {}
        self.withdrawn: set[RequestId] = set()
        self.outcomes: dict[RequestId, RequestDone | RequestFailed] = {}
        self.pulses_said = 0
        self.pulses_sure = 0
        self.said_at: list[float] = []
        self.query_said_at: float | None = None
        self.hung_since: float | None = None
        self.is_over = False
        self.session.opened(self.now)
        for text in (b"login: ", b"password: ", b"\r\nQNET> \0"):
            events = self.session.receive(text, self.now)
            while octets := self.session.due(self.now):
                if not self.session.is_ready:
                    assert octets in (b"somebody\r\n", b"open-sesame\r\n")
                    continue
                self.note(octets)
        assert events == [LoggedIn()]

    # --- what happens ------------------------------------------------------------------------

    def note(self, octets: bytes) -> None:
        line = octets.decode("ascii")
        assert line.endswith("\r\n")
        assert not self.is_over, "something is said after the end"
        if self.said_at:
            assert self.now - self.said_at[-1] >= SETTINGS.command_gap_s - 1e-9, "too soon"
        self.said_at.append(self.now)
        if line.startswith("?"):
            assert (
                self.query_said_at is None
                or self.now >= self.query_said_at + SETTINGS.answer_wait_s - 1e-9
            ), "two queries at once"
            self.query_said_at = self.now
        if line.startswith(f"#OUTPUT,{PULSED},6"):
            self.pulses_said += 1
        self.processor.inbox.append(line[:-2])

    def pump(self) -> None:
        while octets := self.session.due(self.now):
            self.note(octets)

    def take(self, events: list[LipEvent]) -> None:
        for event in events:
            match event:
                case ReportHeard():
                    pass
                case RequestDone() | RequestFailed():
                    assert event.request in self.asked, "an outcome of nothing"
                    assert event.request not in self.outcomes, "two outcomes"
                    assert event.request not in self.withdrawn, "told of what was withdrawn"
                    self.outcomes[event.request] = event
                    command = self.asked[event.request]
                    if isinstance(event, RequestDone):
                        assert isinstance(command, PulseOutput) <= (event.report is None)
                        if isinstance(command, PulseOutput):
                            self.pulses_sure += 1
                case _:
                    assert isinstance(event, SessionHung)
                    assert self.hung_since is not None, "a living session was given up"
                    self.is_over = True

    def deliver(self, octets: bytes) -> None:
        if b"\n" in octets:
            # Perhaps an answer: the session may ask again.
            self.query_said_at = None
        self.take(self.session.receive(octets, self.now))
        self.pump()

    @precondition(lambda self: not self.is_over)
    @rule(command=COMMANDS)
    def submit(self, command: LipCommand) -> None:
        number = self.session.submit(command, self.now)
        assert number not in self.asked
        self.asked[number] = command
        self.pump()

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.asked)))
        self.session.withdraw(number)
        if number not in self.outcomes:
            self.withdrawn.add(number)
        self.pump()

    @rule(lines=st.integers(1, 4))
    def read(self, lines: int) -> None:
        for _ in range(lines):
            self.processor.read()

    @rule(size=st.integers(1, 60))
    def hear(self, size: int) -> None:
        octets, self.processor.outbox = self.processor.outbox[:size], self.processor.outbox[size:]
        self.deliver(octets)

    @rule(seconds=st.sampled_from((0.01, 0.05, 0.2, 1.0, 3.0)))
    def wait(self, seconds: float) -> None:
        """Let time pass; a living processor is never further behind than that."""
        end = self.now + seconds
        while True:
            self.catch_up()
            due = self.session.next_due
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self.deliver(b"")
        self.now = max(self.now, end)
        self.catch_up()

    def catch_up(self) -> None:
        """Let a living processor answer everything, and hear it."""
        while not self.processor.is_hung and (self.processor.inbox or self.processor.outbox):
            self.processor.read()
            octets, self.processor.outbox = self.processor.outbox, b""
            self.deliver(octets)

    @rule(lines=st.sampled_from((b"hello\r\n", b"\r\n", b"QNET> ", b"~OUTPUT,1", b"\xff\xf1")))
    def hear_something_else(self, lines: bytes) -> None:
        if not self.processor.is_hung and not self.processor.outbox:
            self.deliver(lines)

    @precondition(lambda self: not self.processor.is_hung)
    @rule()
    def hang(self) -> None:
        self.processor.is_hung = True
        self.processor.inbox.clear()
        self.hung_since = self.now
        self.processor.outbox = b""

    @rule(does_push=st.booleans(), glues=st.booleans())
    def reconnect(self, does_push: bool, glues: bool) -> None:
        self.session.closed()
        assert self.session.due(self.now) == b""
        assert self.session.next_due is None
        self.connect(does_push, glues)

    # --- what always holds -------------------------------------------------------------------

    @invariant()
    def a_confirmed_pulse_was_read(self) -> None:
        if hasattr(self, "processor"):
            assert self.pulses_sure <= self.processor.pulses <= self.pulses_said

    @invariant()
    def a_hung_session_is_given_up_in_time(self) -> None:
        if getattr(self, "hung_since", None) is not None and not self.is_over:
            assert self.now - self.hung_since <= 20.0 + 3.0, "a hung session goes on"

    def teardown(self) -> None:
        """Give it time: everything that was asked has its outcome, or its session is over."""
        if not hasattr(self, "processor"):
            return
        for _ in range(40):
            self.wait(1.0)
        if self.hung_since is not None:
            assert self.is_over
            return
        assert set(self.outcomes) | self.withdrawn == set(self.asked)
        for number, outcome in self.outcomes.items():
            command = self.asked[number]
            if isinstance(command, QueryOutputLevel) and command.output == UNKNOWN:
                assert isinstance(outcome, RequestFailed)


TestSession = pytest.mark.requirement("E8")(SessionMachine.TestCase)
TestSession.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
