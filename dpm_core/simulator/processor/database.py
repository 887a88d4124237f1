"""The project as the XML that the processor serves at `/DbXmlInfo.xml`.

House rule: pure; how it goes over HTTP, and how that goes wrong, is in `http_server.py`.

Source: integration-protocol.md 5. The file is invented throughout; no real one is copied.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from typing import Final

from .project import (
    AREA_ID,
    AREA_NAME,
    CONTACT_COMPONENT,
    LED_OFFSET,
    NAME,
    OLD_SOFTWARE,
    WALLSTATION_BUTTONS,
    Project,
    ProjectModule,
    ProjectWallstation,
)

PATH: Final = "/DbXmlInfo.xml"
"""Where the database is. Source: integration-protocol.md 1.1."""

_NOTICE: Final = "Made by a simulator. It describes no building."
_DATE: Final = "%m/%d/%Y"
_TIME: Final = "%H:%M:%S"
_ZONE_TYPE: Final = "NON_DIM"
"""What a switched zone is called; which of several a real project has is not documented."""

# UUIDs never change with the ids: clients keep their entities by them.
_UUID_PROJECT: Final = 1
_UUID_ROOT_AREA: Final = 2
_UUID_AREA: Final = 3
_UUID_STRIDE: Final = 100


def export_date(project: Project) -> str:
    """Return the date of the export, as the processor writes it."""
    return project.exported.strftime(_DATE)


def export_time(project: Project) -> str:
    """Return the time of the export, as the processor writes it."""
    return project.exported.strftime(_TIME)


def write_database(project: Project) -> bytes:
    """Return the project as the processor serves it: UTF-8, in one line behind the declaration."""
    has_uuids = project.software != OLD_SOFTWARE
    root = ET.Element("Project")
    _add(root, "ProjectName", has_uuids, _UUID_PROJECT, ProjectName=NAME)
    for tag, text in (
        ("Copyright", _NOTICE),
        ("GUID", _guid(project)),
        ("ProductType", "4"),
        ("AppVer", project.software),
        ("XMLVer", "1.0"),
        ("DbExportDate", export_date(project)),
        ("DbExportTime", export_time(project)),
        ("IsConnectEnabled", "False"),
    ):
        ET.SubElement(root, tag).text = text
    areas = ET.SubElement(root, "Areas")
    house = _area(areas, NAME, 0, _UUID_ROOT_AREA, has_uuids)
    _area_contents(ET.SubElement(house, "Areas"), project, has_uuids)
    ET.SubElement(root, "OccupancyGroups")
    ET.SubElement(root, "Timeclocks")
    ET.SubElement(root, "HVACs")
    ET.SubElement(root, "GreenModes")
    octets: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return octets


def _guid(project: Project) -> str:
    """Return what stays the same for these modules, whatever is transferred."""
    serials = ",".join(str(module.serial) for module in project.modules)
    return hashlib.sha256(serials.encode()).hexdigest()[:32]


def _add(parent: ET.Element, tag: str, has_uuids: bool, uuid: int, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    if has_uuids:
        element.set("UUID", str(uuid))
    return element


def _area(parent: ET.Element, name: str, number: int, uuid: int, has_uuids: bool) -> ET.Element:
    return _add(
        parent,
        "Area",
        has_uuids,
        uuid,
        Name=name,
        IntegrationID=str(number),
        OccupancyGroupAssignedToID="",
        SortOrder="0",
    )


def _area_contents(areas: ET.Element, project: Project, has_uuids: bool) -> None:
    area = _area(areas, AREA_NAME, AREA_ID, _UUID_AREA, has_uuids)
    groups = ET.SubElement(area, "DeviceGroups")
    for number, module in enumerate(project.modules):
        if project.has_contacts:
            _contact(groups, number, module, has_uuids)
    for number, wallstation in enumerate(project.wallstations):
        _wallstation(groups, len(project.modules) + number, wallstation, project, has_uuids)
    ET.SubElement(area, "Scenes")
    ET.SubElement(area, "ShadeGroups")
    outputs = ET.SubElement(area, "Outputs")
    for number, module in enumerate(project.modules):
        _outputs(outputs, number, module, has_uuids)


def _contact(groups: ET.Element, number: int, module: ProjectModule, has_uuids: bool) -> None:
    group = ET.SubElement(groups, "DeviceGroup", Name=module.name, SortOrder=str(number))
    uuid = _UUID_STRIDE * (number + 1) + 10
    device = _add(
        ET.SubElement(group, "Devices"),
        "Device",
        has_uuids,
        uuid,
        Name="Manual Override",
        IntegrationID=str(module.contact),
        DeviceType="QS_IO_INTERFACE",
        GangPosition="0",
        SortOrder="0",
    )
    if has_uuids:
        device.set("SerialNumber", "0")
    component = _component(ET.SubElement(device, "Components"), CONTACT_COMPONENT, "CCI")
    contact = _add(
        component,
        "CCI",
        has_uuids,
        uuid + 1,
        Name=f"CCI {CONTACT_COMPONENT}",
        Engraving="Manual Override",
        ButtonType="Momentary",
    )
    ET.SubElement(contact, "Notes")


def _wallstation(
    groups: ET.Element,
    number: int,
    wallstation: ProjectWallstation,
    project: Project,
    has_uuids: bool,
) -> None:
    serials = [module.serial for module in project.modules]
    place = serials.index(wallstation.module)
    names = project.modules[place].zone_names
    group = ET.SubElement(groups, "DeviceGroup", Name=wallstation.name, SortOrder=str(number))
    uuid = _UUID_STRIDE * (place + 1) + 20
    device = _add(
        ET.SubElement(group, "Devices"),
        "Device",
        has_uuids,
        uuid,
        Name=f"CSD {place + 1:03}",
        IntegrationID=str(wallstation.device),
        DeviceType="SEETOUCH_KEYPAD",
        GangPosition="0",
        SortOrder="0",
    )
    if has_uuids:
        device.set("SerialNumber", "0")
    components = ET.SubElement(device, "Components")
    for button in WALLSTATION_BUTTONS:
        component = _component(components, button, "BUTTON")
        is_programmed = button <= len(names)
        _add(
            component,
            "Button",
            has_uuids,
            uuid + button,
            Name=f"Button {button}",
            Engraving=names[button - 1] if is_programmed else "",
            ButtonType="Toggle" if is_programmed else "",
            LedLogic="1" if is_programmed else "0",
        )
    for button in WALLSTATION_BUTTONS:
        component = _component(components, LED_OFFSET + button, "LED")
        _add(component, "LED", has_uuids, uuid + 10 + button, isReverseLogic="false")


def _component(components: ET.Element, number: int, kind: str) -> ET.Element:
    return ET.SubElement(components, "Component", ComponentNumber=str(number), ComponentType=kind)


def _outputs(outputs: ET.Element, number: int, module: ProjectModule, has_uuids: bool) -> None:
    cco_type = "CCO_PULSED" if module.is_cco_pulsed else "CCO_MAINTAINED"
    rows = [
        *zip(module.zone_names, module.zones, [_ZONE_TYPE] * len(module.zones), strict=True),
        (f"{module.name} CCO", module.cco, cco_type),
    ]
    for place, (name, output, output_type) in enumerate(rows):
        _add(
            outputs,
            "Output",
            has_uuids,
            _UUID_STRIDE * (number + 1) + place,
            Name=name,
            IntegrationID=str(output),
            OutputType=output_type,
            Wattage="0",
            SortOrder=str(number * len(rows) + place),
        )
