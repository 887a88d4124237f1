"""One emergency contact moves the CCIs of all modules that it is wired to, together."""

import asyncio

import pytest

from dpm_core.errors import GroupFull, UnsupportedSetting
from dpm_core.model import (
    CONTACT_MODULES_MAX,
    ContactState,
    EmergencyContact,
    Program,
    SerialNumber,
    encode_memory,
)
from dpm_core.model.power import Memory
from dpm_core.simulator import (
    RamStore,
    SimulatedModule,
    SimulateOptions,
    Simulator,
    parse_emergency,
)

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("C8", "G3")]

SERIALS = tuple(SerialNumber(0x00A10001 + count) for count in range(40))
OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED


def contact(name: str, *serials: SerialNumber) -> EmergencyContact:
    return EmergencyContact(name, frozenset(serials))


def watch_override(
    modules: dict[SerialNumber, SimulatedModule],
) -> list[tuple[float, SerialNumber, bool]]:
    """Write down when which module enters and leaves manual override."""
    seen: list[tuple[float, SerialNumber, bool]] = []
    was = {serial: module.state.in_override for serial, module in modules.items()}

    def look(serial: SerialNumber) -> None:
        is_in = modules[serial].state.in_override
        if is_in is not was[serial]:
            was[serial] = is_in
            seen.append((asyncio.get_running_loop().time(), serial, is_in))

    for serial, module in modules.items():
        module.watch(lambda serial=serial: look(serial))  # type: ignore[misc]  # mypy wants no default
    return seen


async def settled(simulator: Simulator) -> None:
    await asyncio.sleep(0.2)
    for module in simulator.modules.values():
        await module.settled()


async def test_32_modules_enter_and_leave_together_and_the_others_know_nothing_of_it() -> None:
    wired = SERIALS[:CONTACT_MODULES_MAX]
    async with Simulator(SERIALS, contacts=(contact("fire", *wired),)) as simulator:
        simulator.modules[wired[3]].press_button(2)
        await settled(simulator)
        seen = watch_override(dict(simulator.modules))
        simulator.contacts.move("fire", OPEN)
        await settled(simulator)
        assert {serial for _, serial, is_in in seen if is_in} == set(wired)
        assert len({at for at, _, _ in seen}) == 1, "not at one instant"
        for serial, module in simulator.modules.items():
            assert module.state.zones == ((True,) * 4 if serial in wired else (False,) * 4)
        seen.clear()
        simulator.contacts.move("fire", CLOSED)
        await settled(simulator)
        assert {serial for _, serial, is_in in seen if not is_in} == set(wired)
        assert len({at for at, _, _ in seen}) == 1, "not at one instant"
        assert simulator.modules[wired[3]].state.zones == (False, True, False, False)


async def test_each_module_keeps_its_own_debounce() -> None:
    store = RamStore()
    async with Simulator(SERIALS[:2], store=store):
        pass
    slow = Memory(program=Program(cci_debounce_s=0.5))
    saved = asyncio.get_running_loop().create_future()
    await store.open()
    store.save(SERIALS[1], encode_memory(SERIALS[1], slow), saved.set_result)
    assert await saved is None
    await store.close()
    fire = contact("fire", *SERIALS[:2])
    async with Simulator(SERIALS[:2], store=store, contacts=(fire,)) as simulator:
        one, two = simulator.modules.values()
        simulator.contacts.move("fire", OPEN)
        await asyncio.sleep(0.3)
        assert (one.state.in_override, two.state.in_override) == (True, False)
        await asyncio.sleep(0.3)
        assert two.state.in_override


@pytest.mark.requirement("C6")
async def test_a_contact_that_opens_in_a_power_failure_is_read_at_power_up() -> None:
    fire = contact("fire", *SERIALS[:2])
    async with Simulator(SERIALS[:3], contacts=(fire,)) as simulator:
        simulator.modules[SERIALS[0]].set_power(False)
        simulator.contacts.move("fire", OPEN)
        await settled(simulator)
        simulator.modules[SERIALS[0]].set_power(True)
        await settled(simulator)
        states = [module.state.in_override for module in simulator.modules.values()]
        assert states == [True, True, False]
        # The mains of all of them: the contact is outside, and stays where it is.
        await simulator.stop()
        assert simulator.contacts["fire"].contact is OPEN
        await simulator.start()
        states = [module.state.in_override for module in simulator.modules.values()]
        assert states == [True, True, False]
        await simulator.stop()
        simulator.contacts.move("fire", CLOSED)
        await simulator.start()
        assert not any(module.state.in_override for module in simulator.modules.values())


async def test_a_module_on_two_contacts_is_open_while_either_is() -> None:
    contacts = (contact("fire", SERIALS[0]), contact("smoke", SERIALS[0], SERIALS[1]))
    async with Simulator(SERIALS[:2], contacts=contacts) as simulator:
        one, two = simulator.modules.values()
        simulator.contacts.move("fire", OPEN)
        simulator.contacts.move("smoke", OPEN)
        simulator.contacts.move("smoke", CLOSED)
        await settled(simulator)
        assert (one.state.in_override, two.state.in_override) == (True, False)
        simulator.contacts.move("fire", CLOSED)
        await settled(simulator)
        assert not one.state.in_override


def test_a_33rd_module_is_refused() -> None:
    words = ",".join(map(str, SERIALS[:33]))
    with pytest.raises(GroupFull) as refused:
        parse_emergency(f"fire={words}")
    assert (refused.value.contact, refused.value.modules, refused.value.modules_max) == (
        "fire",
        33,
        32,
    )
    assert len(parse_emergency(f"fire={words[:-9]}").serials) == 32


def test_words_say_a_name_and_its_modules() -> None:
    assert parse_emergency("fire alarm = 00A10001, 00a10002") == contact(
        "fire alarm", SERIALS[0], SERIALS[1]
    )


@pytest.mark.parametrize(
    "text",
    ["", "fire", "=00A10001", "fire=", "fire=1", "fire=00A10001,", "fire=00A10001,00a10001",
     "fire=all", "f\nire=00A10001", f"{'f' * 41}=00A10001"],
)  # fmt: skip
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedSetting, match="emergency contact"):
        parse_emergency(text)


@pytest.mark.parametrize(
    ("contacts", "named"),
    [
        ((contact("fire", SERIALS[0]), contact("fire", SERIALS[1])), "each name once"),
        ((contact("fire", SERIALS[0], SERIALS[9]),), str(SERIALS[9])),
        ((contact("fire"),), "one module or more"),
        ((contact(" ", SERIALS[0]),), "printable"),
    ],
)
def test_what_cannot_be_wired_is_refused_before_anything_runs(
    contacts: tuple[EmergencyContact, ...], named: str
) -> None:
    for make in (
        lambda: Simulator(SERIALS[:2], contacts=contacts),
        lambda: SimulateOptions(modules=SERIALS[:2], contacts=contacts),
    ):
        with pytest.raises(UnsupportedSetting, match=named):
            make()


async def test_a_contact_that_is_not_there_is_named_with_those_that_are() -> None:
    async with Simulator(SERIALS[:1], contacts=(contact("fire", SERIALS[0]),)) as simulator:
        with pytest.raises(UnsupportedSetting, match="fire"):
            simulator.contacts.move("smoke", OPEN)
    async with Simulator(SERIALS[:1]) as simulator:
        assert simulator.contacts.names == ()
        with pytest.raises(UnsupportedSetting, match="no emergency contact"):
            simulator.contacts.move("smoke", OPEN)
