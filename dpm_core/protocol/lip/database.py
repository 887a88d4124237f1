"""Reading a processor's XML database into a `ProcessorProject`.

An element that cannot be read is left out and said, and the rest is kept. A file that is cut off,
is none, or is larger than `DATABASE_OCTETS_MAX` is refused. No project has a document type or an
entity of its own, so that a file with one is refused before anything in it could grow.

House rule: what the file looks like is known here and nowhere else. Attributes that nobody needs
(the dealer's and the owner's data among them) are never kept.

Source: integration-protocol.md 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, NoReturn
from xml.parsers import expat

from dpm_core.errors import DatabaseDamaged, DatabaseTooLarge, InvalidAddress
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip.project import (
    ProcessorProject,
    ProjectArea,
    ProjectButton,
    ProjectContact,
    ProjectOutput,
    ProjectWallstation,
    Skipped,
)

__all__ = ["DATABASE_END", "DATABASE_OCTETS_MAX", "DATABASE_PATH", "DEPTH_MAX", "parse_database"]

DATABASE_PATH: Final = "/DbXmlInfo.xml"
"""Where a processor serves it. Source: integration-protocol.md 1.1."""

DATABASE_END: Final = b"</Project>"
"""How every one ends. Source: integration-protocol.md 5, "HTTP quirks"."""

DATABASE_OCTETS_MAX: Final = 32 * 1024 * 1024
"""Largest file that is read. Decided here: that of a house has somewhat more than a megabyte."""

DEPTH_MAX: Final = 200
"""Deepest nesting of elements. Decided here: a project of 20 areas in each other has 80."""

NAME_MAX: Final = 200
"""Longest name that is kept, in characters. Decided here."""

_TEXTS: Final = frozenset({"AppVer", "DbExportDate", "DbExportTime"})
_TEXT_MAX: Final = 100

_Attributes = Mapping[str, str]


def parse_database(octets: bytes) -> ProcessorProject:
    """Return the project that a database describes.

    Raises:
        DatabaseTooLarge: It has more than `DATABASE_OCTETS_MAX` octets.
        DatabaseDamaged: It is cut off, or no project; the line is its attribute.
    """
    if len(octets) > DATABASE_OCTETS_MAX:
        raise DatabaseTooLarge(len(octets), DATABASE_OCTETS_MAX)
    # Whatever a transfer left before the declaration and behind the end means nothing.
    octets = octets.lstrip(b" \t\r\n\0")
    if not octets:
        raise DatabaseDamaged("it is empty")
    before, end, _ = octets.rpartition(DATABASE_END)
    reader = _Reader()
    try:
        reader.parser.Parse(before + end if end else octets, True)
    except expat.ExpatError as error:
        words = f"it is no XML ({expat.errors.messages[error.code]})"
        reason = "it is cut off" if reader.is_project and not end else words
        raise DatabaseDamaged(reason, error.lineno) from error
    except (LookupError, ValueError) as error:
        # What expat does not know itself it asks Python for, which knows no such encoding.
        raise DatabaseDamaged("its characters are encoded in an unknown way", 1) from error
    return reader.project()


class _Reader:
    """Takes elements as they come, and keeps what a project is made of."""

    def __init__(self) -> None:
        self.parser = parser = expat.ParserCreate()
        # Texts would otherwise come in pieces as small as the sender likes.
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        self.is_project = False
        self._open: list[str] = []
        self._texts: dict[str, str] = {}
        # Each with those around it: outputs of one area share one value.
        self._paths: list[tuple[str, ...]] = [()]
        self._locations: list[str] = []
        self._device: _Device | None = None
        self._component: tuple[int, str] | None = None
        self._name = ""
        self._areas: list[ProjectArea] = []
        self._outputs: list[ProjectOutput] = []
        self._wallstations: list[ProjectWallstation] = []
        self._left_out: list[Skipped] = []
        self._taken: set[IntegrationId] = set()
        self._starts: Final[Mapping[str, Callable[[_Attributes], None]]] = {
            "ProjectName": self._start_project_name,
            "Area": self._start_area,
            "DeviceGroup": self._start_group,
            "Device": self._start_device,
            "Component": self._start_component,
            "Button": self._start_button,
            "LED": self._start_led,
            "CCI": self._start_contact,
            "Output": self._start_output,
        }
        self._ends: Final[Mapping[str, Callable[[], None]]] = {
            "Area": self._end_area,
            "DeviceGroup": self._end_group,
            "Device": self._end_device,
            "Component": self._end_component,
        }

    def project(self) -> ProcessorProject:
        """Return what was read."""
        date, time = self._texts.get("DbExportDate", ""), self._texts.get("DbExportTime", "")
        return ProcessorProject(
            name=self._name,
            software_version=_shown(self._texts.get("AppVer", "")),
            exported=_shown(f"{date} {time}"),
            areas=tuple(self._areas),
            outputs=tuple(self._outputs),
            wallstations=tuple(self._wallstations),
            left_out=tuple(self._left_out),
        )

    # --- the parser's side ------------------------------------------------------------------

    def _start(self, tag: str, attributes: _Attributes) -> None:
        if not self._open:
            if tag != "Project":
                self._refuse(f"it begins with {_shown(tag)!r}, and a project begins with 'Project'")
            self.is_project = True
        if len(self._open) >= DEPTH_MAX:
            self._refuse(f"its elements are nested deeper than {DEPTH_MAX}")
        self._open.append(tag)
        start = self._starts.get(tag)
        if start is not None:
            start(attributes)

    def _end(self, tag: str) -> None:
        self._open.pop()
        end = self._ends.get(tag)
        if end is not None:
            end()

    def _text(self, text: str) -> None:
        tag = self._open[-1]
        if tag in _TEXTS and len(self._open) == 2:
            self._texts[tag] = (self._texts.get(tag, "") + text)[:_TEXT_MAX]

    def _refuse_document_type(self, *_: object) -> NoReturn:
        self._refuse("it has a document type, which no project has; nothing of it was read")

    def _refuse(self, reason: str) -> NoReturn:
        raise DatabaseDamaged(reason, self.parser.CurrentLineNumber)

    def _leave_out(self, what: str, reason: str) -> None:
        self._left_out.append(Skipped(self.parser.CurrentLineNumber, what, reason))

    # --- what a project is made of ----------------------------------------------------------

    def _start_project_name(self, attributes: _Attributes) -> None:
        self._name = _shown(attributes.get("ProjectName", ""))

    def _start_area(self, attributes: _Attributes) -> None:
        name = _shown(attributes.get("Name", ""))
        self._paths.append((*self._paths[-1], name))
        number = attributes.get("IntegrationID", "0")
        try:
            area_id = _id_of(number)
        except InvalidAddress:
            # What is in it does not suffer.
            self._leave_out(f"the id of area {name!r}", f"{_shown(number)!r} is no integration id")
            area_id = None
        self._areas.append(ProjectArea(area_id, self._paths[-1]))

    def _end_area(self) -> None:
        self._paths.pop()

    def _start_group(self, attributes: _Attributes) -> None:
        self._locations.append(_shown(attributes.get("Name", "")))

    def _end_group(self) -> None:
        self._locations.pop()

    def _start_output(self, attributes: _Attributes) -> None:
        what = f"output {_shown(attributes.get('Name', ''))!r}"
        output_id = self._new_id(what, attributes)
        if output_id is None:
            return
        kind = _shown(attributes.get("OutputType", "")).upper()
        if not kind:
            self._leave_out(what, "it has no type")
            return
        self._taken.add(output_id)
        self._outputs.append(
            ProjectOutput(
                id=output_id,
                name=_shown(attributes.get("Name", "")),
                area=self._paths[-1],
                type=kind,
                watts=self._watts(what, attributes.get("Wattage", "0")),
            )
        )

    def _watts(self, what: str, text: str) -> float | None:
        try:
            watts = float(text)
        except ValueError:
            watts = math.nan
        if not 0 <= watts < math.inf:
            self._leave_out(f"the watts of {what}", f"{_shown(text)!r} is no power")
            return None
        return watts or None

    def _start_device(self, attributes: _Attributes) -> None:
        what = f"device {_shown(attributes.get('Name', ''))!r}"
        device_id = self._new_id(what, attributes)
        if device_id is None:
            return
        self._taken.add(device_id)
        location = [place for place in self._locations[-1:] if place]
        self._device = _Device(
            device_id,
            _shown(attributes.get("Name", "")),
            (*self._paths[-1], *location),
            _shown(attributes.get("DeviceType", "")).upper(),
        )

    def _end_device(self) -> None:
        device, self._device = self._device, None
        if device is not None and (device.buttons or device.leds or device.contacts):
            self._wallstations.append(device.finished())

    def _start_component(self, attributes: _Attributes) -> None:
        if self._device is None:
            return
        text = attributes.get("ComponentNumber", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
        if not number:
            self._leave_out(
                f"a component of device {self._device.name!r}",
                f"{_shown(text)!r} is no component number",
            )
            return
        self._component = (number, attributes.get("ComponentType", "").upper())

    def _end_component(self) -> None:
        self._component = None

    def _start_button(self, attributes: _Attributes) -> None:
        if self._device and self._component and self._component[1] == "BUTTON":
            name = _engraved(attributes)
            self._device.buttons[self._component[0]] = ProjectButton(self._component[0], name)

    def _start_led(self, attributes: _Attributes) -> None:
        if self._device and self._component and self._component[1] == "LED":
            self._device.leds[self._component[0]] = None

    def _start_contact(self, attributes: _Attributes) -> None:
        if self._device and self._component and self._component[1] == "CCI":
            name = _engraved(attributes)
            self._device.contacts[self._component[0]] = ProjectContact(self._component[0], name)

    def _new_id(self, what: str, attributes: _Attributes) -> IntegrationId | None:
        """Return an element's id, if it has one that nothing else has; 0 is no damage."""
        text = attributes.get("IntegrationID", "")
        try:
            found = _id_of(text)
        except InvalidAddress:
            self._leave_out(what, f"{_shown(text)!r} is no integration id")
            return None
        if found in self._taken:
            self._leave_out(what, f"something else has its integration id {found}")
            return None
        return found


class _Device:
    """A device as far as it was read. A component that comes twice counts once."""

    def __init__(
        self, device_id: IntegrationId, name: str, area: tuple[str, ...], kind: str
    ) -> None:
        self.id = device_id
        self.name = name
        self.area = area
        self.type = kind
        self.buttons: dict[int, ProjectButton] = {}
        self.leds: dict[int, None] = {}
        self.contacts: dict[int, ProjectContact] = {}

    def finished(self) -> ProjectWallstation:
        return ProjectWallstation(
            id=self.id,
            name=self.name,
            area=self.area,
            type=self.type,
            buttons=tuple(self.buttons.values()),
            leds=tuple(self.leds),
            contacts=tuple(self.contacts.values()),
        )


def _id_of(text: str) -> IntegrationId | None:
    """Return an id; None for 0, which marks what cannot be addressed.

    Raises:
        InvalidAddress: It is none.
    """
    if text.strip() == "0":
        return None
    return IntegrationId.parse(text)


def _engraved(attributes: _Attributes) -> str:
    return _shown(attributes.get("Engraving", "")) or _shown(attributes.get("Name", ""))


def _shown(text: str) -> str:
    """Return a text in one line, without what would play tricks on a screen."""
    words = "".join(char if char.isprintable() else " " for char in text[: NAME_MAX * 2]).split()
    return " ".join(words)[:NAME_MAX]
