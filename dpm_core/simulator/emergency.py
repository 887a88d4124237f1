"""Emergency contacts: each is wired to the CCIs of up to 32 modules, in parallel, and moves them all.

Nothing of it goes over the link: what the modules share is the wire to the contact. A contact
stands outside the modules, so it stays where it is while they have no power, and a module that
powers up reads it.

House rule: the wire only; what an open CCI does is the module's business.

Source: 3691060c, "Wiring: Manual Override Contact Closure Input and Contact Closure Output".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import ContactState, EmergencyContact, SerialNumber

from .module import SimulatedModule

_NAME_MAX: Final = 40
"""Characters of the longest name of a contact. Decided here."""

_ALLOWED: Final = "a name, =, and serial numbers of eight hexadecimal digits with commas between"


def parse_emergency(text: str) -> EmergencyContact:
    """Return the contact that `NAME=SERIAL,SERIAL` stands for.

    Raises:
        UnsupportedSetting: It is no such text, or names a module twice.
        GroupFull: It would hold the CCIs of more than 32 modules.
    """
    name, equals, serials = text.partition("=")
    words = [word.strip() for word in serials.split(",")]
    try:
        found = [SerialNumber.parse(word) for word in words]
    except InvalidAddress as error:
        raise UnsupportedSetting("emergency contact", text, _ALLOWED) from error
    if not equals or len(set(found)) < len(found):
        raise UnsupportedSetting("emergency contact", text, _ALLOWED)
    return EmergencyContact(_checked_name(name.strip()), frozenset(found))


def check_contacts(
    contacts: Iterable[EmergencyContact], modules: Iterable[SerialNumber]
) -> tuple[EmergencyContact, ...]:
    """Return the contacts if they can be wired to these modules.

    Raises:
        UnsupportedSetting: Two have the same name, or one has none, or no module, or is wired to
            a module that is not on the link.
    """
    contacts, modules = tuple(contacts), frozenset(modules)
    names: set[str] = set()
    for contact in contacts:
        if _checked_name(contact.name) in names:
            raise UnsupportedSetting("emergency contact", contact.name, "each name once")
        names.add(contact.name)
        if not contact.serials:
            raise UnsupportedSetting("emergency contact", contact.name, "one module or more")
        for serial in sorted(contact.serials - modules):
            raise UnsupportedSetting(
                f"emergency contact {contact.name}", str(serial), "modules of this link"
            )
    return contacts


def _checked_name(name: str) -> str:
    if not (0 < len(name) <= _NAME_MAX and name.isprintable() and name == name.strip()):
        raise UnsupportedSetting(
            "name of an emergency contact", name, f"1 to {_NAME_MAX} printable characters"
        )
    return name


class EmergencyContacts:
    """The emergency contacts of a simulated link, closed at rest.

    Args:
        contacts: The contacts, checked by `check_contacts()`.
        modules: The modules that are there; those without power too.
    """

    def __init__(
        self,
        contacts: Iterable[EmergencyContact],
        modules: Mapping[SerialNumber, SimulatedModule],
    ) -> None:
        self._contacts = {contact.name: contact for contact in contacts}
        self._modules = modules

    def __getitem__(self, name: str) -> EmergencyContact:
        return self._contacts[name]

    @property
    def names(self) -> tuple[str, ...]:
        """What the contacts are called."""
        return tuple(self._contacts)

    def move(self, name: str, contact: ContactState) -> None:
        """Open or close a contact: the CCIs of all its modules move together.

        Their debounce follows, so modules that are programmed alike enter and leave manual
        override at the same instant. A module on two contacts is open while either of them is.

        Raises:
            UnsupportedSetting: There is no contact of this name.
        """
        if name not in self._contacts:
            names = ", ".join(self._contacts) or "none: this link has no emergency contact"
            raise UnsupportedSetting("emergency contact", name, names)
        moved = self._contacts[name] = replace(self._contacts[name], contact=contact)
        for serial in sorted(moved.serials):
            if serial in self._modules:
                self._modules[serial].move_cci(self.reads(serial))

    def reads(self, serial: SerialNumber) -> ContactState:
        """Return what the contacts at a module's CCI make of it."""
        is_open = any(
            serial in each.serials and each.contact is ContactState.OPEN
            for each in self._contacts.values()
        )
        return ContactState.OPEN if is_open else ContactState.CLOSED

    def snapshot(self, name: str) -> dict[str, Any]:
        """Return where a contact is and what it holds, in words that JSON can carry.

        Raises:
            KeyError: There is no contact of this name.
        """
        contact = self._contacts[name]
        return {
            "name": name,
            "contact": contact.contact.value,
            "modules": [str(serial) for serial in sorted(contact.serials)],
        }


def ask_contact(contacts: EmergencyContacts, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a request of the control socket: move a contact, or tell how all are.

    Raises:
        UnsupportedSetting: It names no contact of this link, or no position.
    """
    if "name" not in request:
        return {"contacts": [contacts.snapshot(name) for name in contacts.names]}
    name = str(request["name"])
    positions = {contact.value: contact for contact in ContactState}
    if "contact" in request:
        position = request["contact"]
        if not isinstance(position, str) or position not in positions:
            raise UnsupportedSetting("contact", position, '"open" or "closed"')
        contacts.move(name, positions[position])
    elif name not in contacts.names:
        raise UnsupportedSetting("emergency contact", name, ", ".join(contacts.names) or "none")
    return contacts.snapshot(name)
