"""Every error of the library, in one tree.

`DpmError` has three branches: the call was wrong and can be corrected (`CallError`), the world was
unkind and the call may be tried again (`LinkError`), or we were at fault (`ProtocolViolation`).
Facts are attributes; the message names the module and the zone and says what to do next.

House rule: nothing else in the library defines an exception.
"""

from __future__ import annotations


class DpmError(Exception):
    """Base of every error that the library raises on purpose."""


# --- The call was wrong: correct it -------------------------------------------------------


class CallError(DpmError):
    """The caller asked for something that cannot be; nothing was sent or changed."""


class InvalidZone(CallError):
    """There is no such zone: a module has zones 1 to 4."""

    def __init__(self, zone: object) -> None:
        self.zone = zone
        super().__init__(f"There is no zone {zone!r}: a module has zones 1 to 4.")


class InvalidAddress(CallError):
    """A serial number or group number that cannot be an address on the link."""

    def __init__(self, address: object, allowed: str) -> None:
        self.address = address
        self.allowed = allowed
        super().__init__(f"{address!r} is not an address on the link: {allowed}.")


class InvalidLevel(CallError):
    """A level outside 0 to 100 percent."""

    def __init__(self, level: object) -> None:
        self.level = level
        super().__init__(f"Level {level!r} is refused: a level is a number from 0 to 100 percent.")


class UnsupportedSetting(CallError):
    """A setting whose value is not allowed; `allowed` says what is."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        self.name = name
        self.value = value
        self.allowed = allowed
        super().__init__(f"{name} cannot be {value!r}: allowed is {allowed}.")


class InvalidDocument(CallError):
    """A document that cannot be read; the file, the line and the field say where."""

    def __init__(self, file: str, line: int, field: str, found: object, allowed: str) -> None:
        self.file = file
        self.line = line
        self.field = field
        self.found = found
        self.allowed = allowed
        super().__init__(
            f"{file}, line {line}: {field or 'the document'} cannot be {found!r}: "
            f"allowed is {allowed}."
        )


class SendingNotAllowed(CallError):
    """The link is listen-only: nobody has said yet that we may send."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The link at {url} is listen-only, so nothing was sent. "
            "Allow sending for this link first."
        )


class ExtensionNotAllowed(CallError):
    """The command exists only in this project's own messages, which are not allowed here."""

    def __init__(self, url: str, command: str) -> None:
        self.url = url
        self.command = command
        super().__init__(
            f"{command} needs this project's own messages (class 7D), which the link at {url} "
            "does not allow, so nothing was sent. No Lutron device is known to understand them."
        )


class NotThroughProcessor(CallError):
    """The processor's protocol has no word for this; only the QS link itself can do it."""

    def __init__(self, url: str, command: str) -> None:
        self.url = url
        self.command = command
        super().__init__(
            f"{command} is not possible through the processor at {url}, so nothing was sent: its "
            "integration protocol has no word for it. Use the QS link itself."
        )


class LipInputError(CallError):
    """A line that a processor refuses; `number` is what its `~ERROR` tells.

    Source: integration-protocol.md 3.8.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        reasons = {
            1: "it has too many fields, or too few",
            2: "there is no such object",
            3: "there is no such action",
            4: "a value is out of its range",
            5: "a value cannot be read",
        }
        super().__init__(
            f"The line is refused with error {number}: "
            f"{reasons.get(number, 'there is no such command')}."
        )


class DatabaseTooLarge(CallError):
    """A processor's database that is larger than this library reads."""

    def __init__(self, octets: int, octets_max: int) -> None:
        self.octets = octets
        self.octets_max = octets_max
        super().__init__(
            f"The database has {octets} octets or more, and at most {octets_max} are read: "
            "check that it is the processor's DbXmlInfo.xml."
        )


class DatabaseDamaged(CallError):
    """A processor's database that cannot be read, or not in whole."""

    def __init__(self, reason: str, line: int = 0) -> None:
        self.reason = reason
        self.line = line
        where = f", line {line}" if line else ""
        super().__init__(
            f"The database cannot be read{where}: {reason}. "
            "Fetch the processor's DbXmlInfo.xml again."
        )


class UnknownModule(CallError):
    """No module with this serial number is known on the link."""

    def __init__(self, serial: object) -> None:
        self.serial = serial
        super().__init__(
            f"No module {serial} is known on this link: add it by its serial number first."
        )


class LinkFull(CallError):
    """The link would hold more devices or zones than a QS link may."""

    def __init__(self, devices: int, devices_max: int, zones: int, zones_max: int) -> None:
        self.devices = devices
        self.devices_max = devices_max
        self.zones = zones
        self.zones_max = zones_max
        super().__init__(
            f"The link would hold {devices} devices (at most {devices_max}, the processor "
            f"among them) and {zones} zones (at most {zones_max})."
        )


class GroupFull(CallError):
    """An emergency contact would hold the CCIs of more modules than it may."""

    def __init__(self, contact: str, modules: int, modules_max: int) -> None:
        self.contact = contact
        self.modules = modules
        self.modules_max = modules_max
        super().__init__(
            f"The emergency contact {contact} would hold {modules} CCIs: "
            f"at most {modules_max} modules in parallel."
        )


# --- The world was unkind: handle it ------------------------------------------------------


class LinkError(DpmError):
    """Something on the way to the module, or in it, stood in the way."""


class LinkUnavailable(LinkError):
    """The link cannot be opened, or was lost."""

    def __init__(self, url: str, detail: str = "") -> None:
        self.url = url
        self.detail = detail
        super().__init__(f"The link at {url} is not available{': ' + detail if detail else ''}.")


class ProcessorUnavailable(LinkUnavailable):
    """A HomeWorks QS processor cannot be used now; each cause has a class of its own."""


class NoRoute(ProcessorUnavailable):
    """Nobody answers where the processor should be."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            url,
            f"{detail}; check that the processor has power, its address, and that both are on "
            "the same subnet",
        )


class LoginRefused(ProcessorUnavailable):
    """The processor refused user name or password. It is tried again only rarely."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "the processor refused the login; check user and password in the programming "
            "software. Many wrong logins can lock it for a quarter of an hour",
        )


class SessionTaken(ProcessorUnavailable):
    """The processor ends our sessions: another program uses its login, or all its sessions."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "the processor ends the session by itself; most likely another program uses the same "
            "login, or all sessions are taken: give this one a login of its own",
        )


class WrongPrompt(ProcessorUnavailable):
    """What answers is no HomeWorks QS processor, or none that this library knows."""

    def __init__(self, url: str, prompt: str) -> None:
        self.prompt = prompt
        super().__init__(
            url,
            f"it answers with {prompt!r}, and a HomeWorks QS processor answers with 'QNET>'; "
            "check the address",
        )


class SafeMode(ProcessorUnavailable):
    """The processor is in safe mode and takes no command."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "the processor is in safe mode and takes no command; transfer its project to it, or "
            "restart it",
        )


class SessionHung(ProcessorUnavailable):
    """The connection stands, but the processor says nothing any more."""

    def __init__(self, url: str, silent_s: float) -> None:
        self.silent_s = silent_s
        super().__init__(
            url,
            f"the processor has said nothing for {silent_s:.0f} s though it was asked; check its "
            "network, and restart it if this lasts",
        )


class DatabaseTransfer(ProcessorUnavailable):
    """The processor ended the session and takes no new one: a transfer, or a restart."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "the processor has closed the session and takes no new one yet; most likely a project "
            "is being transferred to it, or it starts again: wait some minutes",
        )


class BusSilent(ProcessorUnavailable):
    """The processor answers, but tells of none of the modules."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "the processor answers, but says nothing of any module; check the wiring of the QS "
            "link, and that the modules' integration ids are those of its project",
        )


class DatabaseUnavailable(ProcessorUnavailable):
    """The processor's database could not be fetched."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            url, f"{detail}; the database can also be saved with a browser and read from the file"
        )


class NoReply(LinkError):
    """A module did not answer; whether it acted is unknown, but it will not act later."""

    def __init__(self, address: str, command: str, waited_s: float) -> None:
        self.address = address
        self.command = command
        self.waited_s = waited_s
        super().__init__(
            f"Module {address} did not answer {command} within {waited_s:.3g} s. "
            "Check its power and the link wiring."
        )


class Rejected(LinkError):
    """A module answered that it will not do what it was asked."""

    def __init__(self, address: str, command: str, reason: str) -> None:
        self.address = address
        self.command = command
        self.reason = reason
        super().__init__(f"Module {address} refused {command}: {reason}.")


class OverrideActive(Rejected):
    """A module is in manual override, so no control changes it; nothing is applied later."""

    def __init__(self, address: str, command: str) -> None:
        super().__init__(
            address,
            command,
            "it is in manual override (its CCI is open); close the contact and try again, "
            "nothing was kept for later",
        )


class LoadsNotKept(Rejected):
    """A module does not know what it is wired to, so its program cannot hold loads."""

    def __init__(self, address: str, command: str) -> None:
        super().__init__(
            address,
            command,
            "it does not know the messages of loads (class 7D from 20 up); nothing was written, "
            "so leave the loads out",
        )


class NotConfirmed(LinkError):
    """A module accepted a command, but what it reported afterwards disagrees."""

    def __init__(self, address: str, command: str, reported: str) -> None:
        self.address = address
        self.command = command
        self.reported = reported
        super().__init__(
            f"Module {address} accepted {command}, but then reported {reported}: "
            "something else may have switched it in between."
        )


class MemoryDamaged(LinkError):
    """A module's power-failure memory cannot be read."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"The memory {where} cannot be read: {reason}.")


class MemoryInUse(LinkError):
    """Another simulator already uses this memory directory."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"The state directory {where} is in use by another simulator: "
            "end that one first, or choose another directory."
        )


# --- We were at fault: report it ----------------------------------------------------------


class ProtocolViolation(DpmError):
    """We were about to put something on the link that the protocol cannot carry."""

    def __init__(self, octets: bytes, reason: str) -> None:
        self.octets = octets
        self.reason = reason
        super().__init__(f"Refused to send {octets.hex(' ') or 'nothing'}: {reason}.")
