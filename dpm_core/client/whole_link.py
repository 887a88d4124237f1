"""Whether the modules that were added are all that there are on the link.

A group or broadcast command is obeyed by every module that hears it, known or not. So where it
stands for single commands, everybody who would obey it must be known.

House rule: what was found and heard only; what follows is decided where the commands are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dpm_core.client.link_room import LinkRoom
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import SerialNumber


class WholeLink:
    """What is known of who is on the link.

    Args:
        records: The modules that were added.
        room: What else was said to be there.
    """

    __slots__ = ("_others", "_records", "_room", "_was_searched")

    def __init__(self, records: Mapping[SerialNumber, ModuleRecord], room: LinkRoom) -> None:
        self._records = records
        self._room = room
        self._was_searched = False
        self._others: set[SerialNumber] = set()

    @property
    def is_known(self) -> bool:
        """Whether a search found nobody, and nobody was heard since, who was not added.

        Other devices with zones may obey as well, so there must be none.
        """
        if not self._was_searched or self._room.other_zones:
            return False
        return not self._others or self._others <= self._records.keys()

    def searched(self, found: Iterable[SerialNumber]) -> None:
        """Take what a whole search has found."""
        self._was_searched = True
        self._others = set(found)

    def heard(self, serial: SerialNumber) -> None:
        """Note that a module was heard that was not added."""
        if self._was_searched:
            self._others.add(serial)
