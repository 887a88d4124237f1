"""Run the planned link in the simulator: modules, wallstations and emergency contacts, as planned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from dpm_core.cli.logs import start_logging
from dpm_core.cli.output import Output
from dpm_core.errors import MemoryDamaged
from dpm_core.model import (
    EmergencyContact,
    Memory,
    SerialNumber,
    Wallstation,
    check_link_limits,
    decode_memory,
    encode_memory,
)
from dpm_core.simulator import (
    FileStore,
    Listening,
    SimulateOptions,
    SimulatorSettings,
    parse_modules,
    run_simulator,
)
from dpm_core.transport import TransportSettings

if TYPE_CHECKING:
    from dpm_core.cli.options import LinkOptions
    from dpm_core.plan import LinkDevice, ModulePlan, Plan

_HERTZ: Final = 60.0
"""Mains frequency where the plan has no feed."""

WALLSTATION_FIRST: Final = 0x00A20001
"""Serial number of the first wallstation that the plan gives none. Decided here."""


def simulate_plan(
    plan: Plan,
    options: LinkOptions,
    listen: tuple[str, ...],
    control: Path | None,
    state: Path | None,
    *,
    is_paced: bool,
) -> None:
    """Simulate a plan's modules until a signal ends it.

    Raises:
        UnsupportedSetting: A `listen` option is none, or the plan's frequency is no mains'.
        LinkFull: The plan has more devices or zones than a link holds.
        GroupFull: One of its emergency contacts holds more modules than it may.
        LinkUnavailable: One of the places to listen is taken or cannot be had.
        MemoryInUse: Another simulator uses the state directory.
        MemoryDamaged: The state directory cannot be used, or a memory in it is damaged.
    """
    # The line of the simulator takes any speed; a port for the programs that open it does not.
    TransportSettings(baud=options.baud)
    output = Output(is_json=options.json)
    start_logging(options.verbose)
    # All that is on the planned link counts, also what is not simulated.
    check_link_limits(0, other_devices=plan.device_count - 1, other_zones=plan.zone_count)
    modules = with_serials(plan)
    wallstations = planned_wallstations(plan, modules)
    settings = SimulatorSettings(
        baud=options.baud,
        is_paced=is_paced,
        mains_hz=plan.feeds[0].hertz if plan.feeds else _HERTZ,
    )
    with ExitStack() as stack:
        directory = state
        if directory is None:
            directory = Path(stack.enter_context(TemporaryDirectory(prefix="dpm-plan-")))
        simulated = SimulateOptions(
            modules=tuple(modules),
            listen=listen,
            control=control,
            state=directory,
            settings=settings,
            contacts=emergency_contacts(plan, modules),
            wallstations=tuple(wallstations),
        )

        def say(listening: Listening) -> None:
            _say(output, plan, modules, wallstations, listening)

        async def job() -> None:
            await program_modules(FileStore(directory), modules)
            await run_simulator(simulated, on_listening=say)

        asyncio.run(job())


def with_serials(plan: Plan) -> dict[SerialNumber, ModulePlan]:
    """Return the modules by serial number; where the plan has none, the next free one counts.

    Raises:
        LinkFull: The plan has more modules than a link holds.
    """
    taken = {module.serial for module in plan.modules}
    free = iter(serial for serial in _counted(2 * len(plan.modules)) if serial not in taken)
    return {
        next(free) if module.serial is None else module.serial: module for module in plan.modules
    }


def _counted(count: int) -> tuple[SerialNumber, ...]:
    (first,) = parse_modules("1")
    return tuple(SerialNumber(first + number) for number in range(count))


def planned_wallstations(
    plan: Plan, modules: Mapping[SerialNumber, ModulePlan]
) -> dict[Wallstation, LinkDevice]:
    """Return the wallstations as the link's processor has them programmed, each with its plan.

    Where the plan has no serial number, the next free one from `WALLSTATION_FIRST` counts.
    """
    serials = {module.id: serial for serial, module in modules.items()}
    taken = {device.serial for device in (*plan.wallstations, *plan.others)} | set(modules)
    numbers = range(WALLSTATION_FIRST, WALLSTATION_FIRST + len(taken) + len(plan.wallstations))
    free = (SerialNumber(number) for number in numbers if SerialNumber(number) not in taken)
    return {
        Wallstation(
            address=next(free) if device.serial is None else device.serial,
            buttons=tuple(button.programmed(serials) for button in device.buttons),
            name=device.name,
        ): device
        for device in plan.wallstations
    }


def emergency_contacts(
    plan: Plan, modules: Mapping[SerialNumber, ModulePlan]
) -> tuple[EmergencyContact, ...]:
    """Return the planned emergency contacts, wired to the modules; each is called by its id.

    Raises:
        GroupFull: One holds the CCIs of more than 32 modules.
    """
    serials = {module.id: serial for serial, module in modules.items()}
    return tuple(
        EmergencyContact(group.id, frozenset(serials[module.id] for module in group.modules))
        for group in plan.emergency_groups
        if group.modules
    )


async def program_modules(store: FileStore, modules: Mapping[SerialNumber, ModulePlan]) -> None:
    """Put the planned programs into the modules' memories; what else is in them stays.

    Raises:
        MemoryInUse: A simulator uses the store.
        MemoryDamaged: The store cannot be used, or a memory in it is damaged.
    """
    await store.open()
    try:
        for serial, module in modules.items():
            octets = await store.load(serial)
            memory = Memory() if octets is None else decode_memory(serial, octets)
            planned = replace(memory, program=module.program, groups=module.groups)
            await _saved(store, serial, encode_memory(serial, planned))
    finally:
        await store.close()


async def _saved(store: FileStore, serial: SerialNumber, octets: bytes) -> None:
    durable: asyncio.Future[OSError | None] = asyncio.get_running_loop().create_future()
    store.save(serial, octets, durable.set_result)
    error = await durable
    if error is not None:
        raise MemoryDamaged(f"of module {serial}", error.strerror or str(error)) from error


def _say(
    output: Output,
    plan: Plan,
    modules: Mapping[SerialNumber, ModulePlan],
    wallstations: Mapping[Wallstation, LinkDevice],
    listening: Listening,
) -> None:
    if output.is_json:
        output.answer(
            {
                "listening": list(listening.urls),
                "control": None if listening.control is None else str(listening.control),
                "modules": {str(serial): module.id for serial, module in modules.items()},
                "wallstations": {
                    str(one.address): device.id for one, device in wallstations.items()
                },
                "contacts": [group.id for group in plan.emergency_groups],
            }
        )
        return
    for url in listening.urls:
        output.plain(f"listening at {url}")
    if listening.control is not None:
        output.plain(f"control socket {listening.control}")
    for serial, module in modules.items():
        if module.serial is None:
            output.plain(f"module {serial} stands for {module.id}")
    for wallstation, device in wallstations.items():
        if device.serial is None:
            output.plain(f"wallstation {wallstation.address} stands for {device.id}")
