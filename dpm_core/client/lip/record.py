"""What a client keeps of one module behind a processor, and what follows from each thing heard.

A processor tells levels of outputs and movements of contacts, and nothing more: why a zone has
switched, what the module's own CCI reads, what returns after manual override, and whether a
pulsed CCO is closed just now stay unknown.

House rule: no waiting and no sending here; a value comes from a report, never from a command.

Source: integration-protocol.md 0, 3.1, 3.3.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from dpm_core.client.events import (
    CcoChanged,
    ClientEvent,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneSwitched,
)
from dpm_core.client.views import ModuleView
from dpm_core.model import ZONES, Cause, CcoType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dpm_core.client.lip.modules import OverrideContact, ProcessorModule
    from dpm_core.client.views import FourMaybe
    from dpm_core.model import IntegrationId

CCO_POSITION: Final = len(ZONES)
"""Stands for the CCO where the position of a zone could be."""

_NOTHING: Final[tuple[ClientEvent, ...]] = ()


class _Flip(NamedTuple):
    """What a zone that became on or off made of a module."""

    before: ModuleView
    after: ModuleView
    events: Sequence[ClientEvent]


class ProcessorRecord:
    """One module behind a processor, as heard.

    Args:
        module: Its integration ids.
    """

    __slots__ = (
        "_flips",
        "address",
        "is_inferred",
        "is_lost",
        "misses",
        "module",
        "unread",
        "view",
    )

    def __init__(self, module: ProcessorModule) -> None:
        self.module: Final = module
        self.address: Final = module.address
        self.view = ModuleView(serial=module.address, cco_type=module.cco_type)
        self._flips: dict[tuple[int, bool], _Flip] = {}
        self.is_lost = False
        """Whether it was not told of when asked, and has not been read since."""
        self.is_inferred = False
        """Whether its manual override is only what follows from a command that changed nothing."""
        self.misses = 0
        """How often in a row it was not told of when asked."""
        self.unread: set[IntegrationId | OverrideContact] = set()
        """What has not been told since the session began."""
        self.forget()

    @property
    def has_cco_state(self) -> bool:
        """Whether the level of the CCO's output means anything: not of a pulsed one.

        Source: integration-protocol.md 3.1, "CCO by kind".
        """
        return self.module.cco_type is CcoType.MAINTAINED

    def readable(self) -> Iterator[IntegrationId | OverrideContact]:
        """Yield what can be asked: the contact, zones, and the CCO where its level means anything."""
        if self.module.override is not None:
            yield self.module.override
        for output in self.module.outputs():
            if output != self.module.cco or self.has_cco_state:
                yield output

    def forget(self) -> None:
        """Count nothing as read: a session begins."""
        self.misses = 0
        self.unread = set(self.readable())

    def forget_override(self) -> Sequence[ClientEvent]:
        """Know nothing of manual override any more, where it was only inferred."""
        if not self.is_inferred:
            return _NOTHING
        self.is_inferred = False
        return self._become(replace(self.view, override=None))

    def hear_level(self, position: int, is_on: bool) -> Sequence[ClientEvent]:
        """Take what a zone's output or the CCO's is; the answer and the report are the same."""
        view = self.view
        if position == CCO_POSITION:
            if not self.has_cco_state or view.cco_closed is is_on:
                return _NOTHING
            return self._become(replace(view, cco_closed=is_on))
        if view.zones[position] is is_on:
            return _NOTHING
        flip = self._flips.get((position, is_on))
        if flip is None or flip.before is not view or self.is_inferred:
            flip = self._flip(position, is_on)
        self.view = flip.after
        return flip.events

    def _flip(self, position: int, is_on: bool) -> _Flip:
        """Return what it makes of the module that a zone became on or off, and keep it.

        Zones go on and off for years, and each time the same follows.
        """
        before = self.view
        events = self._hear_zone(position, is_on)
        back = self._flips.get((position, not is_on))
        if back is not None and back.after is before and back.before == self.view:
            # The very same view as before, so that what follows from it is found again.
            self.view = back.before
            events = [ModuleChanged(self.address, self.view, before), *events[1:]]
        flip = self._flips[position, is_on] = _Flip(before, self.view, events)
        return flip

    def _hear_zone(self, position: int, is_on: bool) -> Sequence[ClientEvent]:
        view = self.view
        zones = view.zones
        changed: FourMaybe = (
            is_on if position == 0 else zones[0],
            is_on if position == 1 else zones[1],
            is_on if position == 2 else zones[2],
            is_on if position == 3 else zones[3],
        )
        causes = view.zone_causes
        because: list[Cause | None] = list(causes)
        because[position] = Cause.QUERY
        if zones[position] is not None and self.is_inferred:
            # A zone that moves is not held by anything.
            self.is_inferred = False
            view = replace(view, override=False)
        return self._become(
            replace(
                view,
                zones=changed,
                zone_causes=(because[0], because[1], because[2], because[3]),
            )
        )

    def hear_contact(self, is_closed: bool) -> Sequence[ClientEvent]:
        """Take where the contact is that tells of its manual override."""
        contact = self.module.override
        assert contact is not None, "only such a contact is listened to"
        is_override = is_closed is not contact.is_inverted
        if self.view.override is is_override:
            return _NOTHING
        return self._become(replace(self.view, override=is_override))

    def infer_override(self, is_override: bool) -> Sequence[ClientEvent]:
        """Take it that manual override is or is not there, because of what a command brought.

        Only where no contact tells of it, and only where that was asked for
        (`ProcessorSettings.infer_override`).
        """
        if self.module.override is not None:
            return _NOTHING
        self.is_inferred = is_override
        if self.view.override is is_override:
            return _NOTHING
        return self._become(replace(self.view, override=is_override))

    def set_presence(
        self, *, is_online: bool | None = None, is_fresh: bool | None = None
    ) -> Sequence[ClientEvent]:
        """Note whether the module is told of and was read; return what follows."""
        view = self.view
        online = view.is_online if is_online is None else is_online
        fresh = view.is_fresh if is_fresh is None else is_fresh
        if online is view.is_online and fresh is view.is_fresh:
            return _NOTHING
        return self._become(replace(view, is_online=online, is_fresh=fresh))

    def _become(self, view: ModuleView) -> Sequence[ClientEvent]:
        previous, self.view = self.view, view
        if view == previous:
            return _NOTHING
        return [ModuleChanged(self.address, view, previous), *self._differences(previous)]

    def _differences(self, previous: ModuleView) -> Iterator[ClientEvent]:
        """Yield what has happened; from unknown to known nothing has."""
        address, view = self.address, self.view
        if view.zones is not previous.zones:
            for zone, was_on, is_on in zip(ZONES, previous.zones, view.zones, strict=True):
                if was_on is not None and is_on is not None and was_on is not is_on:
                    yield ZoneSwitched(address, zone, is_on, Cause.QUERY)
        if view.override is not previous.override and None not in (
            view.override,
            previous.override,
        ):
            yield OverrideEntered(address) if view.override else OverrideLeft(address)
        was_closed, is_closed = previous.cco_closed, view.cco_closed
        if was_closed is not None and is_closed is not None and is_closed is not was_closed:
            yield CcoChanged(address, is_closed)
