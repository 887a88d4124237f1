"""A session at the simulated processor, with each of its faults: they agree on every line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dpm_core.protocol.lip import (
    Credentials,
    DeviceAction,
    DeviceLed,
    IntegrationIdReport,
    LipCommand,
    LipEvent,
    LipSession,
    LipSessionSettings,
    LoggedIn,
    LoginRefused,
    MonitoringKind,
    MonitoringState,
    OutputLevel,
    PressButton,
    PulseOutput,
    QueryAreaLevels,
    QueryContact,
    QueryIntegrationId,
    QueryLed,
    QueryMonitoring,
    QueryOutputLevel,
    QuerySystem,
    ReleaseButton,
    ReportHeard,
    RequestDone,
    RequestFailed,
    SafeMode,
    SessionHung,
    SetOutputLevel,
    SystemAction,
    SystemReport,
    UnknownReport,
    WrongPrompt,
)
from dpm_core.simulator import SimulatedProcessorSettings, parse_processor_fault
from dpm_core.simulator.processor.project import AREA_ID, CONTACT_COMPONENT, LED_OFFSET
from tests.dpm_core.simulator.processor.in_memory import InMemoryProcessor, processor_in_memory

pytestmark = [pytest.mark.requirement("E8", "G3"), pytest.mark.virtual_time]

SETTINGS = LipSessionSettings()
FENCE = QuerySystem(SystemAction.DATABASE_EXPORT)
FAULTS = (
    "",
    "no-push",
    "extra-reports",
    "plain-levels",
    "glue-prompts=before",
    "glue-prompts=inside",
    "empty-lines",
    "system-long",
    "contact-35",
    "admin-monitoring",
    "prompt=GNET",
    # As close as lines of ours ever come.
    "drop-fast=0.05s",
    "old-software",
)


class Program:
    """A session that is tied to a connection and to the loop's clock."""

    def __init__(self, processor: InMemoryProcessor, password: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.events: list[LipEvent] = []
        self.session = LipSession(SETTINGS, Credentials("lutron", password))
        self.session.opened(self.loop.time())
        self.connection = processor.connect(self.hear)

    def hear(self, octets: bytes) -> None:
        """Give the session what was heard, and say what it wants said."""
        self.events += self.session.receive(octets, self.loop.time())
        while said := self.session.due(self.loop.time()):
            self.connection.say(said)

    async def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.loop.time() + seconds
        while self.loop.time() < end:
            self.hear(b"")
            due = self.session.next_due
            until = end if due is None else min(end, due)
            await asyncio.sleep(min(0.05, max(0.0005, until - self.loop.time())))

    async def ask(self, *commands: LipCommand) -> list[RequestDone | RequestFailed]:
        """Submit these; return their outcomes, in their order."""
        numbers = [self.session.submit(command, self.loop.time()) for command in commands]
        await self.run(1.0)
        outcomes = {
            event.request: event
            for event in self.events
            if isinstance(event, (RequestDone, RequestFailed))
        }
        return [outcomes[number] for number in numbers]


@asynccontextmanager
async def talking(
    fault: str,
    password: str = "integration",  # the simulator's default
) -> AsyncIterator[tuple[Program, InMemoryProcessor]]:
    """Connect a session to a processor that has a fault."""
    async with processor_in_memory(SimulatedProcessorSettings(wallstations=1)) as processor:
        if fault:
            await processor.set_fault(parse_processor_fault(fault))
        program = Program(processor, password)
        try:
            yield program, processor
        finally:
            program.connection.close()
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("", LoggedIn()),
        ("prompt=GNET", LoggedIn()),
        ("login-twice", LoggedIn()),
        ("login-delay=30s", LoggedIn()),
        ("glue-prompts=before", LoggedIn()),
        ("bad-login", LoginRefused()),
        ("bad-login=go away", LoginRefused()),
        ("prompt=SAFE", SafeMode()),
        ("prompt=QSE", WrongPrompt("QSE>")),
        ("half-open", SessionHung(SETTINGS.login_wait_s)),
    ],
)
async def test_every_way_in_and_out(fault: str, end: LipEvent) -> None:
    async with talking(fault) as (program, _):
        await program.run(40.0)
        first = program.events[0]
        if isinstance(end, SessionHung):
            assert isinstance(first, SessionHung)
            assert first.silent_s == pytest.approx(end.silent_s, abs=0.1)
        else:
            assert first == end
        assert program.session.is_ready is (end == LoggedIn())


async def test_a_wrong_password_is_refused() -> None:
    async with talking("", "wrong") as (program, _):
        await program.run(1.0)
        assert program.events == [LoginRefused()]


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_question_is_answered(fault: str) -> None:
    async with talking(fault) as (program, processor):
        await program.run(1.0)
        assert program.events[0] == LoggedIn()
        module, wallstation = processor.project.modules[0], processor.project.wallstations[0]
        questions: dict[LipCommand, type] = {
            QueryOutputLevel(module.zones[0]): OutputLevel,
            QueryOutputLevel(module.cco): OutputLevel,
            QueryAreaLevels(AREA_ID): OutputLevel,
            QueryContact(module.contact, CONTACT_COMPONENT): DeviceAction,
            QueryLed(wallstation.device, LED_OFFSET + 1): DeviceLed,
            QueryMonitoring(MonitoringKind.ZONE): MonitoringState,
            QuerySystem(SystemAction.TIME): SystemReport,
            QuerySystem(SystemAction.DATE): SystemReport,
            QuerySystem(SystemAction.FIRMWARE): UnknownReport,
            FENCE: SystemReport,
            QueryIntegrationId(module.zones[0]): IntegrationIdReport,
        }
        for question, kind in questions.items():
            (outcome,) = await program.ask(question)
            assert isinstance(outcome, RequestDone), question.line()
            assert isinstance(outcome.report, kind), question.line()
            if isinstance(outcome.report, DeviceAction):
                assert outcome.report.is_contact_closed is False
            if isinstance(outcome.report, MonitoringState):
                assert outcome.report.is_on
            if isinstance(outcome.report, SystemReport) and question == FENCE:
                assert outcome.report.exported == "01/31/2026 12:00:00"
        # Nothing is left unread but free text: the firmware's.
        unread = [
            one.report.text
            for one in program.events
            if isinstance(one, ReportHeard) and isinstance(one.report, UnknownReport)
        ]
        assert unread
        assert not [text for text in unread if "~" in text]


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_command_is_done_and_confirmed(fault: str) -> None:
    async with talking(fault) as (program, processor):
        await program.run(1.0)
        module, wallstation = processor.project.modules[0], processor.project.wallstations[0]
        zone = module.zones[1]
        _, query = await program.ask(SetOutputLevel(zone, 75), QueryOutputLevel(zone))
        assert query == RequestDone(query.request, OutputLevel(zone, 100))
        _, query = await program.ask(SetOutputLevel(zone, 0), QueryOutputLevel(zone))
        assert query == RequestDone(query.request, OutputLevel(zone, 0))
        pulse, fence = await program.ask(PulseOutput(module.cco, 0.5), FENCE)
        assert isinstance(pulse, RequestDone)
        assert isinstance(fence, RequestDone)
        press, release, _ = await program.ask(
            PressButton(wallstation.device, 1), ReleaseButton(wallstation.device, 1), FENCE
        )
        assert isinstance(press, RequestDone)
        assert isinstance(release, RequestDone)
        (query,) = await program.ask(QueryOutputLevel(module.zones[0]))
        assert query == RequestDone(query.request, OutputLevel(module.zones[0], 100))


async def test_what_is_wrong_is_refused_to_the_one_who_asked_it() -> None:
    async with talking("") as (program, processor):
        await program.run(1.0)
        module = processor.project.modules[0]
        outcomes = await program.ask(SetOutputLevel(9999, 100), QueryOutputLevel(module.zones[0]))
        assert isinstance(outcomes[0], RequestFailed)
        assert outcomes[0].error == 2
        assert isinstance(outcomes[1], RequestDone)


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("is_busy", [False, True])
async def test_a_processor_that_hangs_is_noticed_within_20_s(is_busy: bool) -> None:
    async with talking("") as (program, processor):
        await program.run(1.0)
        await processor.set_fault(parse_processor_fault("hang"))
        hung_at = program.loop.time()
        while program.session.is_ready:
            if is_busy:
                program.session.submit(QueryOutputLevel(101), program.loop.time())
            await program.run(0.25)
        assert program.loop.time() - hung_at <= 20.0
        assert isinstance(program.events[-1], SessionHung)


async def test_a_silent_bus_is_no_hung_processor() -> None:
    async with talking("silent-bus") as (program, processor):
        await program.run(1.0)
        zone = processor.project.modules[0].zones[0]
        for _ in range(8):
            program.session.submit(QueryOutputLevel(zone), program.loop.time())
            await program.run(6.0)
        assert program.session.is_ready
