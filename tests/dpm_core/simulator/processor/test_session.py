"""The dialogue of a session, to the octet."""

import asyncio

import pytest

from dpm_core.simulator import SimulatedProcessorSettings
from tests.dpm_core.simulator.processor.house import FIRST_PROMPT, ONE, house, until

pytestmark = pytest.mark.requirement("G3")


async def test_a_login_is_answered_octet_by_octet_as_a_processor_answers() -> None:
    async with house() as ours, await ours.connect() as program:
        await program.exactly(b"login: ")
        program.say(b"lutron\r\n")
        await program.exactly(b"password: ")
        program.say(b"integration\r\n")
        await program.exactly(b"\r\nQNET> \0")
        program.say(b"\r\n")
        await program.exactly(b"\r\nQNET> ")


async def test_a_wrong_login_is_refused_and_may_be_tried_again() -> None:
    async with house() as ours, await ours.connect() as program:
        await program.log_in(password="wrong")
        await program.exactly(b"\r\nbad login\r\n")
        await program.log_in()
        await program.exactly(FIRST_PROMPT)


async def test_with_prompts_a_line_an_answer_and_a_prompt_follow_each_other() -> None:
    async with house() as ours, await ours.session(prompts=True) as program:
        program.say("?OUTPUT,101,1")
        await program.exactly(b"\r\n~OUTPUT,101,1,0.00\r\n\r\nQNET> ")
        program.say("#MONITORING,12,2")
        await program.exactly(b"\r\n~MONITORING,12,2\r\n")
        program.say("?OUTPUT,101,1", "")
        await program.exactly(b"~OUTPUT,101,1,0.00\r\n")
        program.say("#MONITORING,12,1")
        await program.exactly(b"~MONITORING,12,1\r\n\r\nQNET> ")


async def test_a_report_while_a_prompt_stands_begins_a_line_and_is_followed_by_none() -> None:
    async with house() as ours, await ours.session(prompts=True) as program:
        ours.simulator.modules[ONE].press_button(1)
        await program.exactly(b"\r\n~OUTPUT,101,1,100.00\r\n")
        ours.simulator.modules[ONE].press_button(1)
        await program.exactly(b"~OUTPUT,101,1,0.00\r\n")


async def test_with_replies_off_it_says_nothing_at_all() -> None:
    async with house() as ours, await ours.session(prompts=True) as program:
        program.say("#MONITORING,11,2", "#OUTPUT,101,1,100", "?OUTPUT,101,1", "nonsense", "")
        program.say("#MONITORING,11,1")
        await program.exactly(b"\r\n~MONITORING,11,1\r\n\r\nQNET> ")
        await ours.settled()
        assert ours.zones() == [True, False, False, False]


async def test_negotiation_is_no_part_of_a_line() -> None:
    async with house() as ours, await ours.connect() as program:
        await program.exactly(b"login: ")
        program.say(b"\xff\xfd\x03lut\xff\xfa\x18\x00xterm\xff\xf0ron\r\n")
        await program.exactly(b"password: ")
        program.say(b"integration\r\0")
        await program.exactly(FIRST_PROMPT)


async def test_what_a_login_hears_lasts_for_its_session_only() -> None:
    async with house() as ours:
        async with await ours.session() as program:
            assert await program.ask("?MONITORING,5") == ["~MONITORING,5,2"]
        async with await ours.session(prompts=True) as program:
            program.say("?MONITORING,5")
            await program.exactly(b"\r\n~MONITORING,5,1\r\n\r\nQNET> ")


async def test_logout_ends_the_session() -> None:
    async with house() as ours, await ours.session() as program:
        program.say("?OUTPUT,101,1", "logout", "?OUTPUT,102,1")
        assert await program.is_over() == b"~OUTPUT,101,1,0.00\r\n"


async def test_several_sessions_hear_the_same_reports() -> None:
    async with house() as ours, await ours.session(5) as one, await ours.session(5) as two:
        one.say("#OUTPUT,101,1,100")
        for program in (one, two):
            await program.exactly(b"~OUTPUT,101,1,100.00\r\n")
        assert ours.processor.snapshot()["sessions"] == 2


async def test_a_line_that_is_too_long_is_an_error_of_its_own() -> None:
    settings = SimulatedProcessorSettings(line_max=40)
    async with house(settings=settings) as ours, await ours.session() as program:
        assert await program.ask("?OUTPUT,101," + 40 * "0" + "1") == ["~ERROR,6"]


async def test_lines_that_nobody_has_time_for_are_lost() -> None:
    settings = SimulatedProcessorSettings(waiting_max=1)
    async with house(settings=settings) as ours, await ours.session() as program:
        assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,0.00"]


async def test_a_program_that_does_not_read_is_dropped() -> None:
    settings = SimulatedProcessorSettings(backlog_max=1 << 16)
    async with house(settings=settings) as ours, await ours.session() as program:
        reading = asyncio.ensure_future(until(lambda: not ours.processor.sessions))
        while not reading.done():
            # Each line asks for ten; nothing of it is read.
            program.writer.write(1000 * b"?AREA,2,1\r\n")
            await asyncio.sleep(0.001)
        await reading


# --- faults ---------------------------------------------------------------------------------


async def test_the_other_prompt() -> None:
    async with house("prompt=GNET") as ours, await ours.connect() as program:
        await program.log_in()
        await program.exactly(b"\r\nGNET> \0")
        program.say("")
        await program.exactly(b"\r\nGNET> ")


async def test_in_safe_mode_it_takes_no_command() -> None:
    async with house("prompt=SAFE") as ours, await ours.connect() as program:
        await program.log_in()
        await program.exactly(b"\r\nSAFE> ")
        program.say("#OUTPUT,101,1,100")
        await program.exactly(b"\r\nSAFE> ")
        assert ours.zones() == [False] * 4
        assert ours.processor.snapshot()["sessions"] == 0


async def test_what_is_no_processor_says_so_after_the_users_name() -> None:
    async with house("prompt=QSE") as ours, await ours.connect() as program:
        await program.exactly(b"login: ")
        program.say("lutron")
        await program.exactly(b"connection established\r\nQSE>")


async def test_the_user_is_asked_for_twice() -> None:
    async with house("login-twice") as ours, await ours.connect() as program:
        await program.exactly(b"login: ")
        program.say("lutron")
        await program.log_in()
        await program.exactly(FIRST_PROMPT)


async def test_a_refusal_in_other_words() -> None:
    async with house("bad-login=no room for you") as ours, await ours.connect() as program:
        await program.log_in()
        await program.exactly(b"\r\nno room for you\r\nlogin: ")


async def test_an_administrators_login_hears_nothing_unasked() -> None:
    async with house("admin-monitoring") as ours, await ours.session(prompts=True) as program:
        ours.simulator.modules[ONE].press_button(1)
        program.say("?MONITORING,5")
        await program.exactly(b"\r\n~MONITORING,5,2\r\n\r\nQNET> ")


async def test_the_login_takes_its_time() -> None:
    async with house("login-delay=0.05s") as ours, await ours.connect() as program:
        program.say("too early")
        await program.log_in()
        await program.exactly(FIRST_PROMPT)


async def test_a_program_that_leaves_before_it_was_asked_leaves_nothing() -> None:
    async with house("login-delay=1000s") as ours:
        async with await ours.connect():
            await until(lambda: len(ours.processor.sessions) == 1)
        await until(lambda: not ours.processor.sessions)


async def test_a_half_open_session_is_never_answered_until_it_is_closed() -> None:
    async with house("half-open") as ours, await ours.connect() as program:
        program.say("lutron", "integration", "#OUTPUT,101,1,100")
        await until(lambda: len(ours.processor.sessions) == 1)
        await ours.processor.clear_fault()
        assert await program.is_over() == b""
        async with await ours.session() as another:
            assert await another.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,0.00"]


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("glue-prompts", b"QNET> ~OUTPUT,101,1,0.00\r\n"),
        ("glue-prompts=inside", b"~OUTPUT,1QNET> 01,1,0.00\r\n"),
        ("empty-lines", b"~OUTPUT,101,1,0.00\r\n\r\n"),
        ("plain-levels", b"~OUTPUT,101,1,0\r\n"),
        ("extra-reports", b"~OUTPUT,101,1,0.00\r\n~OUTPUT,101,29,8\r\n~OUTPUT,101,30,1,0.00\r\n"),
    ],
)
async def test_reports_in_another_dress(fault: str, line: bytes) -> None:
    async with house() as ours, await ours.session() as program:
        await ours.fault(fault)
        program.say("?OUTPUT,101,1")
        await program.exactly(line)


async def test_a_glued_prompt_needs_no_line_of_its_own() -> None:
    async with house("glue-prompts") as ours, await ours.session(prompts=True) as program:
        ours.simulator.modules[ONE].press_button(1)
        await program.exactly(b"QNET> ~OUTPUT,101,1,100.00\r\n")


async def test_a_command_that_comes_too_soon_after_another_is_lost() -> None:
    async with house() as ours, await ours.session() as program:
        await ours.fault("drop-fast=0.01s")
        await asyncio.sleep(0.02)
        program.say(b"?OUTPUT,101,1\r\n?OUTPUT,102,1\r\n")
        await program.exactly(b"~OUTPUT,101,1,0.00\r\n")
        await ours.processor.clear_fault()
        assert await program.ask("?OUTPUT,103,1") == ["~OUTPUT,103,1,0.00"]
