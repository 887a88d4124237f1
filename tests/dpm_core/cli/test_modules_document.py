"""The modules document is read as it is written, and what is wrong in it is named."""

import pytest

from dpm_core.cli.modules_document import (
    is_modules_document,
    read_modules_document,
    write_modules,
)
from dpm_core.client import OverrideContact, ProcessorModule
from dpm_core.errors import DpmError, InvalidAddress, UnsupportedSetting
from dpm_core.model import CcoType, IntegrationId

pytestmark = pytest.mark.requirement("E8", "G4")

IDS = tuple(map(IntegrationId, (101, 102, 103, 104)))
WHOLE = ProcessorModule(
    zones=(IDS[0], IDS[1], IDS[2], IDS[3]),
    cco=IntegrationId(105),
    cco_type=CcoType.MAINTAINED,
    cco_pulse_s=0.75,
    override=OverrideContact(IntegrationId(110), 2, is_inverted=True),
    name="Hall: panel #1",
)
BARE = ProcessorModule(zones=(None, IntegrationId(7), None, None))


@pytest.mark.parametrize("modules", [(WHOLE,), (BARE,), (WHOLE, BARE)])
def test_what_is_written_is_read(modules: tuple[ProcessorModule, ...]) -> None:
    text = write_modules(modules)
    assert is_modules_document(text)
    assert read_modules_document(text) == modules


def test_the_example_of_the_docs_is_read() -> None:
    import dpm_core.cli.modules_document as documented

    assert documented.__doc__
    text = documented.__doc__.partition("```yaml\n")[2].partition("```")[0]
    (module,) = read_modules_document(text)
    assert (module.name, module.cco, module.cco_pulse_s) == ("Hall panel", 105, 0.5)
    assert module.override == OverrideContact(IntegrationId(110), 1)


@pytest.mark.parametrize("text", ["", "<Project>", "modules: []", "# lutron_dpm_modules"])
def test_another_file_is_no_such_document(text: str) -> None:
    assert not is_modules_document(text)


def document(module: str) -> str:
    return f"lutron_dpm_modules: 1\nmodules:\n  - {module}\n"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("lutron_dpm_modules: 2\nmodules: []", "lutron_dpm_modules"),
        ("lutron_dpm_modules: [1]\n", "lutron_dpm_modules"),
        ("- 1", "lutron_dpm_modules"),
        ("lutron_dpm_modules: 1", "modules"),
        ("lutron_dpm_modules: 1\nmodules: []", "modules"),
        ("lutron_dpm_modules: 1\nmodules: {}\nmore: 1", "the modules document"),
        ("lutron_dpm_modules: [", "the modules document"),
        ("lutron_dpm_modules: 1\n" + " " * (1 << 20), "the modules document"),
        (document("x"), "modules[1]"),
        (document("{zones: [101]}"), "modules[1].zones"),
        (document("{zones: 101}"), "modules[1].zones"),
        (document("{zones: [101, 102, 103, 104], color: red}"), "modules[1]"),
        (document("{zones: [101, 102, 103, 104], cco_type: latching}"), "modules[1].cco_type"),
        (document("{zones: [101, 102, 103, 104], cco_pulse_s: soon}"), "modules[1].cco_pulse_s"),
        (document("{zones: [101, 102, 103, 104], name: [x]}"), "modules[1].name"),
        (document("{zones: [101, 102, 103, 104], override: 110}"), "modules[1].override"),
        (
            document("{zones: [101, 102, 103, 104], override: {device: 1, inverted: perhaps}}"),
            "modules[1].override.inverted",
        ),
        (
            document("{zones: [101, 102, 103, 104], override: {device: 1, component: x}}"),
            "modules[1].override.component",
        ),
        (document("{zones: [101, 102, 103, 104], override: {place: 1}}"), "modules[1].override"),
        (document("{zones: [-, -, -, -]}"), "zones"),
        (document("{zones: [101, 101, -, -]}"), "outputs"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, where: str) -> None:
    with pytest.raises(UnsupportedSetting) as caught:
        read_modules_document(text)
    assert caught.value.name == where


@pytest.mark.parametrize("number", ["0", "x", "-1", "1.5"])
def test_an_id_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(InvalidAddress):
        read_modules_document(document(f"{{zones: [{number}, 102, 103, 104]}}"))


def test_nothing_in_it_is_made_but_text() -> None:
    with pytest.raises(DpmError):
        read_modules_document(document("!!python/object/apply:os.getcwd []"))
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
    with pytest.raises(DpmError):
        read_modules_document(f"lutron_dpm_modules: 1\n{bomb}modules: [*b]")
