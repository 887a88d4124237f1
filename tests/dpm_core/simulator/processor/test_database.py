"""The XML of a project, as section 5 of the reference describes the real one."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from dpm_core.model import CcoType, Program
from dpm_core.protocol.lip import parse_database, suggest_modules
from dpm_core.simulator import parse_modules
from dpm_core.simulator.processor.database import export_date, export_time, write_database
from dpm_core.simulator.processor.project import OLD_SOFTWARE, Project

pytestmark = pytest.mark.requirement("G3")

ONE, TWO = parse_modules("00A1B2C3,00A1B2C4")
PROJECT = Project.made_for(
    {ONE: Program(name='Hall & "Stairs" <1>', cco_type=CcoType.MAINTAINED), TWO: Program()}
)


def read(project: Project = PROJECT) -> ET.Element:
    return ET.fromstring(write_database(project))


def area(project: Project = PROJECT) -> ET.Element:
    """The one area below the project's."""
    (below,) = read(project).findall("Areas/Area/Areas/Area")
    return below


def test_it_ends_as_every_database_does() -> None:
    assert write_database(PROJECT).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert write_database(PROJECT).endswith(b"</Project>")


def test_every_modules_zones_then_its_cco_stand_in_order_in_one_area() -> None:
    outputs = [(o.get("IntegrationID"), o.get("OutputType")) for o in area().iter("Output")]
    zones = "NON_DIM"
    assert outputs == [
        *[(str(101 + zone), zones) for zone in range(4)],
        ("105", "CCO_MAINTAINED"),
        *[(str(201 + zone), zones) for zone in range(4)],
        ("205", "CCO_PULSED"),
    ]
    assert [o.get("SortOrder") for o in area().iter("Output")] == [str(n) for n in range(10)]


def test_a_name_that_looks_like_markup_is_only_a_name() -> None:
    names = [output.get("Name") for output in area().iter("Output")]
    assert names[0] == 'Hall & "Stairs" <1> zone 1'
    assert names[4] == 'Hall & "Stairs" <1> CCO'


def test_each_modules_override_has_a_contact_in_a_group_of_its_name() -> None:
    groups = area().findall("DeviceGroups/DeviceGroup")
    assert [group.get("Name") for group in groups] == ['Hall & "Stairs" <1>', "Module 00A1B2C4"]
    device = groups[1].find("Devices/Device")
    assert device is not None
    assert (device.get("DeviceType"), device.get("IntegrationID")) == ("QS_IO_INTERFACE", "210")
    (component,) = device.iter("Component")
    assert component.attrib == {"ComponentNumber": "1", "ComponentType": "CCI"}
    assert component.find("CCI/Notes") is not None


def test_the_project_area_is_not_addressable() -> None:
    top = read().find("Areas/Area")
    assert top is not None
    assert top.get("IntegrationID") == "0"


def test_the_head_tells_versions_and_the_date_of_the_export() -> None:
    root = read()
    told = {tag: root.findtext(tag) for tag in ("ProductType", "AppVer", "XMLVer", "DbExportDate")}
    assert told == {
        "ProductType": "4",
        "AppVer": "15.9.0",
        "XMLVer": "1.0",
        "DbExportDate": "01/31/2026",
    }
    assert root.findtext("DbExportTime") == "12:00:00"
    assert (export_date(PROJECT), export_time(PROJECT)) == ("01/31/2026", "12:00:00")


def test_uuids_and_the_guid_survive_a_change_of_ids() -> None:
    def lasting(project: Project) -> list[str | None]:
        return [root.findtext("GUID") for root in [read(project)]] + [
            element.get("UUID") for element in read(project).iter() if "UUID" in element.attrib
        ]

    moved = PROJECT.transferred({ONE: Program(), TWO: Program()}, changes_ids=True)
    assert lasting(moved) == lasting(PROJECT)
    uuids = lasting(PROJECT)
    assert len(uuids) == len(set(uuids))


def test_another_panel_has_another_guid() -> None:
    other = Project.made_for({ONE: Program()})
    assert read(other).findtext("GUID") != read().findtext("GUID")
    assert len(read().findtext("GUID") or "") == 32


def test_old_software_knows_neither_uuids_nor_serial_numbers() -> None:
    root = read(replace(PROJECT, software=OLD_SOFTWARE))
    assert root.findtext("AppVer") == "9.4.0"
    assert not [e.tag for e in root.iter() if {"UUID", "SerialNumber"} & set(e.attrib)]


def test_a_wallstation_has_buttons_and_leds_named_after_the_zones() -> None:
    project = Project.made_for({ONE: Program(zone_names=("Porch", "", "", ""))}, wallstations=1)
    (device,) = (d for d in area(project).iter("Device") if d.get("IntegrationID") == "115")
    assert (device.get("DeviceType"), device.get("Name")) == ("SEETOUCH_KEYPAD", "CSD 001")
    kinds = [(c.get("ComponentType"), c.get("ComponentNumber")) for c in device.iter("Component")]
    assert kinds == [
        *[("BUTTON", str(button)) for button in range(1, 6)],
        *[("LED", str(led)) for led in range(81, 86)],
    ]
    engraved = [(b.get("Engraving"), b.get("ButtonType")) for b in device.iter("Button")]
    assert engraved[0] == ("Porch", "Toggle")
    assert engraved[4] == ("", "")
    uuids = [element.get("UUID") for element in read(project).iter() if "UUID" in element.attrib]
    assert len(uuids) == len(set(uuids))


def test_without_contacts_there_is_no_device() -> None:
    assert not list(read(replace(PROJECT, has_contacts=False)).iter("Device"))


@pytest.mark.requirement("E8")
@pytest.mark.parametrize("software", [PROJECT.software, OLD_SOFTWARE])
def test_our_own_reader_finds_every_module_with_its_name_and_contact(software: str) -> None:
    project = parse_database(write_database(replace(PROJECT, software=software)))
    assert project.skipped == 0
    assert project.exported == f"{export_date(PROJECT)} {export_time(PROJECT)}"
    assert project.is_software_too_old is (software == OLD_SOFTWARE)
    suggested = suggest_modules(project)
    assert [module.name for module in suggested] == ['Hall & "Stairs" <1>', "Module 00A1B2C4"]
    assert [module.zones for module in suggested] == [one.zones for one in PROJECT.modules]
    assert [module.cco for module in suggested] == [one.cco for one in PROJECT.modules]
    assert [module.contact for module in suggested] == [(one.contact, 1) for one in PROJECT.modules]


def test_our_own_reader_finds_the_wallstations() -> None:
    project = Project.made_for({ONE: Program(name="Hall")}, wallstations=1)
    (_, wallstation) = parse_database(write_database(project)).wallstations
    assert wallstation.area == ("Simulated Project", "Switching Panel", "Wallstation 1")
    assert [button.component for button in wallstation.buttons] == [1, 2, 3, 4, 5]
    assert wallstation.leds == (81, 82, 83, 84, 85)
    assert wallstation.buttons[0].name == "Hall zone 1"
