"""Invented databases, with the structure of real ones: integration-protocol.md 5.

Nothing in here is copied from a real project; its vendor calls one confidential.
"""

from typing import Final

NOTICE: Final = "Invented for a test."

SAMPLE_15: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<Project><ProjectName ProjectName="Example House" UUID="1"/>
 <Dealer/><DealerInformation Name="A Dealer" Email="somebody@example.net"/>
 <Latitude>0</Latitude><Longitude>0</Longitude><Copyright>{NOTICE}</Copyright>
 <GUID>00112233445566778899aabbccddeeff</GUID><ProductType>4</ProductType>
 <AppVer>15.9.0</AppVer><XMLVer>1.0</XMLVer>
 <DbExportDate>01/31/2026</DbExportDate><DbExportTime>12:00:00</DbExportTime>
 <IsConnectEnabled>False</IsConnectEnabled><Connect/><GlobalPreferences/>
 <Areas><Area Name="Example House" UUID="2" IntegrationID="0" OccupancyGroupAssignedToID="0"
   SortOrder="0"><Areas>
  <Area Name="Garage" UUID="10" IntegrationID="5" OccupancyGroupAssignedToID="12" SortOrder="0">
   <DeviceGroups>
    <DeviceGroup Name="Side Entry" SortOrder="0"><Devices>
     <Device Name="CSD 001" UUID="20" SerialNumber="0" IntegrationID="30"
       DeviceType="SEETOUCH_KEYPAD" GangPosition="0" SortOrder="0">
      <Components>
       <Component ComponentNumber="1" ComponentType="BUTTON">
        <Button Name="Button 1" UUID="21" Engraving="Work Light" ButtonType="AdvancedToggle"
          LedLogic="1"><Actions><Action><Presets><Preset><PresetAssignments>
          <PresetAssignment AssignmentName="" AssignmentType="2" UUID="24"><Fade>0</Fade>
          <Delay>0</Delay><Level>100</Level><IntegrationID>101</IntegrationID></PresetAssignment>
        </PresetAssignments></Preset></Presets></Action></Actions></Button></Component>
       <Component ComponentNumber="2" ComponentType="BUTTON">
        <Button Name="Button 2" UUID="25" Engraving="" ButtonType="" LedLogic="0"/></Component>
       <Component ComponentNumber="25" ComponentType="CCI"><CCI UUID="22"><Notes/></CCI></Component>
       <Component ComponentNumber="81" ComponentType="LED">
        <LED UUID="23" isReverseLogic="false"/></Component>
       <Component ComponentNumber="90" ComponentType="SCENE_CONTROLLER"><Scene/></Component>
      </Components></Device></Devices></DeviceGroup>
    <Device Name="Panel IO" UUID="40" SerialNumber="0" IntegrationID="31"
      DeviceType="QS_IO_INTERFACE" GangPosition="0" SortOrder="1">
     <Components><Component ComponentNumber="1" ComponentType="CCI">
      <CCI UUID="41" Name="CCI 1" Engraving="Alarm"><Notes/></CCI></Component></Components></Device>
    <Device Name="Sensor" UUID="42" IntegrationID="32" DeviceType="MOTION_SENSOR" SortOrder="2"/>
   </DeviceGroups><Scenes/><ShadeGroups/>
   <Outputs>
    <Output Name="Work Light" UUID="50" IntegrationID="101" OutputType="NON_DIM" Wattage="400"
      SortOrder="0"/>
    <Output Name="Shelf Light" UUID="51" IntegrationID="102" OutputType="NON_DIM_INC"
      Wattage="100" SortOrder="1"/>
    <Output Name="Tube Light" UUID="52" IntegrationID="103" OutputType="NON_DIM_FLUORESCENT"
      Wattage="80.5" SortOrder="2" Display="1" AddressOnLink="7"/>
    <Output Name="Vent Fan" UUID="53" IntegrationID="104" OutputType="SWITCHED_MOTOR"
      Wattage="0" SortOrder="3"/>
    <Output Name="Bell Pulse" UUID="54" IntegrationID="105" OutputType="CCO_PULSED" Wattage="0"
      SortOrder="4"/>
    <Output Name="Pump Relay" UUID="55" IntegrationID="106" OutputType="CCO_MAINTAINED"
      Wattage="0" SortOrder="5"/>
    <Output Name="Desk Lamp" UUID="56" IntegrationID="107" OutputType="ELV" Wattage="60"
      SortOrder="6"/>
   </Outputs></Area></Areas></Area></Areas>
 <OccupancyGroups><OccupancyGroup UUID="12" OccupancyGroupNumber="12"/></OccupancyGroups>
 <Timeclocks/><HVACs/><GreenModes/></Project>"""
"""As software 15.9.0 writes it: with UUIDs, in any layout."""

SAMPLE_9: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><Project><ProjectName ProjectName="Old House"/>'
    f"<Copyright>{NOTICE}</Copyright><GUID>00</GUID><AppVer>9.4.0</AppVer>"
    "<DbExportDate>03/02/2015</DbExportDate><DbExportTime>08:15:00</DbExportTime><Areas>"
    '<Area Name="Old House" IntegrationID="0" OccupancyGroupAssignedToID="" SortOrder="0"><Areas>'
    '<Area Name="Upstairs" IntegrationID="3" OccupancyGroupAssignedToID="" SortOrder="0"><Areas>'
    '<Area Name="Hall" IntegrationID="4" OccupancyGroupAssignedToID="" SortOrder="0">'
    '<DeviceGroups><DeviceGroup Name="" SortOrder="0"><Devices>'
    '<Device Name="Phantom" IntegrationID="60" GangPosition="0" SortOrder="0"><Components>'
    '<Component ComponentNumber="1" ComponentType="BUTTON"><Button Name="All off"'
    ' Engraving=""/></Component>'
    '<Component ComponentNumber="2001" ComponentType="LED"><LED ProgrammingModelID="9"/>'
    "</Component></Components></Device></Devices></DeviceGroup></DeviceGroups>"
    '<Outputs><Output Name="Ceiling" IntegrationID="70" OutputType="NON_DIM_MLV" Wattage="0"'
    ' SortOrder="0"/></Outputs></Area></Areas></Area></Areas></Area></Areas></Project>'
)
"""As software 9.4.0 writes it: no UUIDs, areas in areas, all in one line, a phantom wallstation."""


def project(body: str) -> bytes:
    """Return a database with this in its one area, Panel."""
    return (
        '<Project><ProjectName ProjectName="House"/><Areas><Area Name="House" IntegrationID="0">'
        f'<Areas><Area Name="Panel" IntegrationID="2">{body}</Area></Areas></Area></Areas>'
        "</Project>"
    ).encode()


def outputs(*names_and_types: tuple[str, str], first: int = 101) -> str:
    """Return an area's outputs, numbered from `first` on."""
    rows = "".join(
        f'<Output Name="{name}" IntegrationID="{number}" OutputType="{kind}"/>'
        for number, (name, kind) in enumerate(names_and_types, first)
    )
    return f"<Outputs>{rows}</Outputs>"
