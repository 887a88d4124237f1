"""Sensors: what a zone's load is estimated to draw, and how often its relay has moved.

A module measures nothing. Power and energy come from the loads in its program and from where its
relays are, and are off until somebody wants them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import ClassVar, Final, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, Platform, UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval

from dpm_core.client import ModuleEvent, ModuleView
from dpm_core.model import ZONES, ZoneLoad, ZoneNumber

from .const import DOMAIN
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module
from .relay_counts import RelayCounts

PARALLEL_UPDATES: Final = 0

TICK: Final = timedelta(minutes=1)
"""How often the energy of a zone that is on is shown anew. Decided here: statistics are made every
five minutes."""

_S_IN_H: Final = 3600
_W_IN_KW: Final = 1000


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every module: the estimates only where a load is written down."""
    for module in entry.runtime_data.modules.values():
        sensors: list[SensorEntity] = []
        for zone, load in zip(ZONES, module.config.program.zone_loads, strict=True):
            if load is None:
                _forget_estimates(hass, module, zone)
            else:
                sensors += [EstimatedPower(module, zone, load), EstimatedEnergy(module, zone, load)]
        # Without the project's own messages a module cannot be asked.
        if module.hub.config.may_extend:
            counts = RelayCounts(module)
            sensors += [RelayOperations(module, zone, counts) for zone in ZONES]
        async_add_entities(sensors, config_subentry_id=module.subentry_id)


@callback
def _forget_estimates(hass: HomeAssistant, module: Module, zone: ZoneNumber) -> None:
    """Forget the estimates of a load that is written down no more."""
    registry = er.async_get(hass)
    for kind in (EstimatedPower, EstimatedEnergy):
        unique_id = f"{module.config.uid}_{kind.key_of(zone)}"
        if entity_id := registry.async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id):
            registry.async_remove(entity_id)


class ZoneSensor(ModuleEntity, SensorEntity):
    """One sensor of one zone."""

    _attr_entity_registry_enabled_default = False

    kind: ClassVar[str]
    """What it shows: a part of its unique id, and its key in the translations."""

    def __init__(self, module: Module, zone: ZoneNumber) -> None:
        """Take the name that the module has for its zone, if it has one."""
        super().__init__(module, self.key_of(zone))
        self._at = zone - 1
        name = module.config.zone_name(zone)
        self._attr_translation_key = f"{self.kind}_named" if name else self.kind
        self._attr_translation_placeholders = {"zone": name or str(int(zone))}

    @classmethod
    def key_of(cls, zone: ZoneNumber) -> str:
        """Return what the sensor of a zone is known by, within its module."""
        return f"zone_{zone}_{cls.kind}"


class EstimatedPower(ZoneSensor):
    """What the zone's load takes while its relay is closed, by what is written down of it."""

    kind = "power"

    _attr_device_class = SensorDeviceClass.POWER
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = UnitOfPower.WATT
    _attr_suggested_display_precision = 0

    def __init__(self, module: Module, zone: ZoneNumber, load: ZoneLoad) -> None:
        """Take what is written down of the load."""
        super().__init__(module, zone)
        self._load = load

    @override
    def shown(self, view: ModuleView) -> object:
        """Return where the relay is."""
        return view.zones[self._at]

    @property
    @override
    def native_value(self) -> float | None:
        """What it takes now, in watts; None while nobody knows where the relay is."""
        is_on = self.module.view.zones[self._at]
        return None if is_on is None else self._load.power_w() * is_on


class EstimatedEnergy(ZoneSensor, RestoreSensor):
    """What the zone's load has taken while its relay was seen to be closed."""

    kind = "energy"

    _attr_device_class = SensorDeviceClass.ENERGY
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_native_unit_of_measurement = UnitOfEnergy.KILO_WATT_HOUR
    _attr_suggested_display_precision = 2

    def __init__(self, module: Module, zone: ZoneNumber, load: ZoneLoad) -> None:
        """Begin with nothing; what was taken before is restored when the entity is added."""
        super().__init__(module, zone)
        self._power_kw = load.power_w() / _W_IN_KW
        self._taken_kwh = 0.0
        self._on_since: float | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was taken before, and from where the relay is now."""
        await super().async_added_to_hass()
        before = await self.async_get_last_sensor_data()
        if before is not None and isinstance(before.native_value, int | float):
            self._taken_kwh = before.native_value
        self._settle()
        self.async_on_remove(async_track_time_interval(self.hass, self._tick, TICK))

    @override
    def shown(self, view: ModuleView) -> object:
        """Return where the relay is."""
        return view.zones[self._at]

    @callback
    @override
    def heard(self, event: ModuleEvent | None) -> None:
        """Count until now as it was, and from now on as it is."""
        self._settle()
        super().heard(event)

    @property
    @override
    def native_value(self) -> float:
        """What it has taken until now, in kilowatt-hours."""
        # Home Assistant keeps this for its next start, between two ticks too.
        return round(self._taken_kwh + self._running_kwh(), 6)

    @callback
    def _tick(self, _now: datetime) -> None:
        if self._on_since is not None:
            self.async_write_ha_state()

    def _settle(self) -> None:
        self._taken_kwh += self._running_kwh()
        # What a module does while it cannot be seen is not guessed.
        is_on = self.module.is_available and self.module.view.zones[self._at]
        self._on_since = monotonic() if is_on else None

    def _running_kwh(self) -> float:
        # A clock that nobody sets: a corrected one would add years of use.
        since = self._on_since
        return 0.0 if since is None else self._power_kw * (monotonic() - since) / _S_IN_H


class RelayOperations(ZoneSensor):
    """How often the zone's relay has moved, as the module has counted for its whole life."""

    kind = "relay_operations"

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_suggested_display_precision = 0

    def __init__(self, module: Module, zone: ZoneNumber, counts: RelayCounts) -> None:
        """Take who reads the counts of the module."""
        super().__init__(module, zone)
        self._counts = counts

    @override
    async def async_added_to_hass(self) -> None:
        """Have the counts read from now on."""
        await super().async_added_to_hass()
        self.async_on_remove(self._counts.follow())

    @override
    def shown(self, view: ModuleView) -> object:
        """Return what was counted."""
        return view.counters and view.counters.relay_operations[self._at]

    @property
    @override
    def native_value(self) -> int | None:
        """How often it has moved; None until it was read."""
        counters = self.module.view.counters
        return None if counters is None else counters.relay_operations[self._at]
