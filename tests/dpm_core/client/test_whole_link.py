"""Whether everybody on the link is known."""

from dpm_core.client.link_room import LinkRoom
from dpm_core.client.module_record import ModuleRecord
from dpm_core.client.whole_link import WholeLink
from tests.dpm_core.client.links import ONE, THREE, TWO


def test_only_a_search_that_found_nobody_else_makes_it_known_until_somebody_else_is_heard() -> None:
    records = {serial: ModuleRecord(serial, 2.0) for serial in (ONE, TWO)}
    whole = WholeLink(records, LinkRoom(0, 0))
    assert not whole.is_known
    whole.heard(THREE)
    whole.searched([ONE])
    assert whole.is_known, "one that does not answer may be added"
    whole.heard(THREE)
    assert not whole.is_known
    records[THREE] = ModuleRecord(THREE, 2.0)
    assert whole.is_known
    del records[TWO]
    assert whole.is_known
    whole.searched([ONE, TWO, THREE])
    assert not whole.is_known


def test_other_devices_with_zones_may_obey_too() -> None:
    room = LinkRoom(0, 0)
    whole = WholeLink({}, room)
    whole.searched([])
    assert whole.is_known
    room.count_others(3, 0, modules=0)
    assert whole.is_known, "wallstations obey nobody"
    room.count_others(3, 1, modules=0)
    assert not whole.is_known
