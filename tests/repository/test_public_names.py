"""The integration and the command line use only what the library's packages offer."""

import ast
import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

PUBLIC_INSIDE = {"dpm_core.protocol.lip"}
"""Packages in a package that are public places of their own: a processor's protocol is another one,
with its own words, and its names would stand beside the link's."""


def imports_of_the_library(tree: ast.AST) -> Iterator[tuple[str, str | None, int]]:
    """Yield each imported module of `dpm_core` with the name taken from it, and the line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.split(".")[0] == "dpm_core":
                        yield alias.name, None, node.lineno
            case ast.ImportFrom(module=str(module), names=names, level=0):
                if module.split(".")[0] == "dpm_core":
                    for alias in names:
                        yield module, alias.name, node.lineno


def trespasses(source: str, inside: str | None = None) -> list[str]:
    """Name each import that reaches past a package's public list.

    Args:
        source: The text of a module.
        inside: The package that the module belongs to and may use freely.
    """
    found = []
    for module, name, line in imports_of_the_library(ast.parse(source)):
        if inside and (module == inside or module.startswith(f"{inside}.")):
            continue
        if name and f"{module}.{name}" == inside:
            continue
        # A single file directly under the library, like errors.py, is its own public place.
        if module.count(".") > 1 and module not in PUBLIC_INSIDE:
            found.append(f"line {line}: {module} is inside a package: import from the package")
        elif name and not (name in public_names(module) or is_a_file(f"{module}.{name}")):
            found.append(f"line {line}: {name} is not a public name of {module}")
    return found


def is_a_file(name: str) -> bool:
    """Say whether this is a single file directly under the library."""
    found = importlib.util.find_spec(name) if name.count(".") == 1 else None
    return found is not None and not found.submodule_search_locations


def public_names(name: str) -> set[str]:
    """Return what a module offers: its `__all__`, or for a file without one what has no underscore."""
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", None)
    if offered is None and not hasattr(module, "__path__"):
        offered = [public for public in vars(module) if not public.startswith("_")]
    return set(offered or ())


def test_a_name_past_the_public_list_is_found() -> None:
    assert trespasses("from dpm_core.protocol.frames import Frame")
    assert trespasses("from dpm_core.model import _hidden")
    assert trespasses("import dpm_core.client.client")


def test_public_names_and_a_packages_own_modules_are_free() -> None:
    assert not trespasses("from dpm_core import __version__")
    assert not trespasses("from dpm_core import errors")
    assert not trespasses("from dpm_core.protocol.lip import parse_database")
    assert trespasses("from dpm_core.protocol.lip.database import parse_database")
    assert trespasses("from dpm_core.protocol.lip import _hidden")
    assert not trespasses("import json\nfrom .hub import Hub")
    assert not trespasses("from dpm_core.cli.output import Output", inside="dpm_core.cli")


@pytest.mark.parametrize("folder", ["dpm_core/cli", "custom_components/lutron_dpm"])
def test_only_public_names_are_used(root: Path, folder: str) -> None:
    inside = "dpm_core.cli" if folder == "dpm_core/cli" else None
    files = sorted((root / folder).rglob("*.py"))
    assert files
    found = [
        f"{path.relative_to(root)}, {trespass}"
        for path in files
        for trespass in trespasses(path.read_text(), inside)
    ]
    assert not found


def test_every_package_states_its_public_names(root: Path) -> None:
    for path in sorted((root / "dpm_core").rglob("__init__.py")):
        name = ".".join(path.parent.relative_to(root).parts)
        module = importlib.import_module(name)
        assert isinstance(getattr(module, "__all__", None), list | tuple), name
        assert len(set(module.__all__)) == len(module.__all__), name
        for public in module.__all__:
            assert hasattr(module, public), f"{name}.{public}"


def test_home_assistant_is_imported_only_under_custom_components(root: Path) -> None:
    foreign = {"homeassistant", "voluptuous", "probatio", "voluptuous_serialize"}
    for path in sorted((root / "dpm_core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not foreign & {name.split(".")[0] for name in names}, path
