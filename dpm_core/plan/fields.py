"""A YAML document as fields that know where they stand, so that an error can name file and line.

Every scalar is read as text and made what it is meant to be here, so that `on`, `no` or a serial
of digits mean what they say and not what YAML makes of them.

House rule: how a document is written belongs here; what a plan consists of does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NoReturn, TypeVar

import yaml

from dpm_core.errors import InvalidDocument

_Choice = TypeVar("_Choice", bound=Enum)

_TRUE: Final = frozenset({"yes", "true", "on"})
_FALSE: Final = frozenset({"no", "false", "off"})
_CHOSEN_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_FOUND_MAX: Final = 60
"""Longest part of a document that an error repeats, in characters. Decided here."""


class Value:
    """One value of a document, with its place.

    Args:
        file: What the document is called.
        path: The field, such as `modules.hall.zones.1`.
        node: What YAML found there.
        named_at: Where its name stands, which is where a block of several lines begins.
    """

    def __init__(
        self, file: str, path: str, node: yaml.Node, named_at: yaml.Mark | None = None
    ) -> None:
        self.file: Final = file
        self.path: Final = path
        self.node: Final = node
        self._named_at = named_at

    @property
    def line(self) -> int:
        """The line it begins on, from 1."""
        mark = self.node.start_mark
        if self._named_at is not None and not isinstance(self.node, yaml.ScalarNode):
            mark = self._named_at
        return int(mark.line) + 1

    @property
    def found(self) -> str:
        """What stands there, as an error repeats it."""
        if isinstance(self.node, yaml.ScalarNode):
            text = str(self.node.value)
            return text if len(text) <= _FOUND_MAX else f"{text[:_FOUND_MAX]}..."
        return "several values" if isinstance(self.node, yaml.SequenceNode) else "names with values"

    def refuse(self, allowed: str) -> NoReturn:
        """Say that this value is not one of those allowed.

        Raises:
            InvalidDocument: Always.
        """
        raise InvalidDocument(self.file, self.line, self.path, self.found, allowed)

    def refuse_name(self, name: str, allowed: str) -> NoReturn:
        """Say that the name before this value is not one of those allowed.

        Raises:
            InvalidDocument: Always.
        """
        raise InvalidDocument(self.file, self.line, self.path, name[:_FOUND_MAX], allowed)

    def text(self, allowed: str = "one line of text") -> str:
        """Return the text that stands there, which is one line and not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.isprintable():
            self.refuse(allowed)
        text = str(self.node.value)
        if not text:
            self.refuse(allowed)
        return text

    def number(self, lowest: float, highest: float, unit: str) -> float:
        """Return a number from lowest to highest."""
        allowed = f"a number from {lowest:g} to {highest:g}{f' {unit}' if unit else ''}"
        try:
            number = float(self.text(allowed))
        except ValueError:
            self.refuse(allowed)
        if not lowest <= number <= highest:  # NaN fails this too
            self.refuse(allowed)
        return number

    def whole(self, lowest: int, highest: int, unit: str = "") -> int:
        """Return a whole number from lowest to highest."""
        allowed = f"a whole number from {lowest} to {highest}{f' {unit}' if unit else ''}"
        text = self.text(allowed)
        if not text.isascii() or not text.isdigit() or len(text) > len(str(highest)):
            self.refuse(allowed)
        if not lowest <= int(text) <= highest:
            self.refuse(allowed)
        return int(text)

    def flag(self) -> bool:
        """Return whether it says yes."""
        word = self.text("yes or no").lower()
        if word not in _TRUE | _FALSE:
            self.refuse("yes or no")
        return word in _TRUE

    def choice(self, choices: Iterable[_Choice]) -> _Choice:
        """Return the member of an enumeration whose value is the word that stands there."""
        by_word = {str(choice.value): choice for choice in choices}
        allowed = one_of(by_word)
        word = self.text(allowed).lower()
        if word not in by_word:
            self.refuse(allowed)
        return by_word[word]

    def values(self, allowed: str) -> list[Value]:
        """Return the values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse(allowed)
        return [
            Value(self.file, f"{self.path}.{number}", node)
            for number, node in enumerate(self.node.value, start=1)
        ]

    @property
    def is_section(self) -> bool:
        """Whether names with values stand there."""
        return isinstance(self.node, yaml.MappingNode)

    def section(self) -> Section:
        """Return the names with values that stand there."""
        return Section(self.file, self.path, self.node, self._named_at)


class Section(Value):
    """Names with values; what was taken is known, what is left at the end is refused.

    Raises:
        InvalidDocument: Something else stands there, or a name stands there twice.
    """

    def __init__(
        self, file: str, path: str, node: yaml.Node, named_at: yaml.Mark | None = None
    ) -> None:
        super().__init__(file, path, node, named_at)
        self._known: list[str] = []
        self._left: dict[str, Value] = {}
        if is_nothing(node):
            return
        if not isinstance(node, yaml.MappingNode):
            self.refuse("names with values")
        for key, value in node.value:
            name = Value(file, path, key).text("a name")
            if name in self._left:
                Value(file, path, key).refuse("each name once")
            field = f"{path}.{name}" if path else name
            self._left[name] = Value(file, field, value, key.start_mark)

    def take(self, name: str) -> Value | None:
        """Take the value of that name; None when there is none, or nothing stands behind it."""
        self._known.append(name)
        value = self._left.pop(name, None)
        return None if value is None or is_nothing(value.node) else value

    def need(self, name: str, allowed: str) -> Value:
        """Take the value of that name, which must be there."""
        value = self.take(name)
        if value is None:
            path = f"{self.path}.{name}" if self.path else name
            raise InvalidDocument(self.file, self.line, path, "missing", allowed)
        return value

    def part(self, name: str) -> Section:
        """Take the names with values behind that name; none when there are none."""
        value = self.take(name)
        if value is not None:
            return value.section()
        path = f"{self.path}.{name}" if self.path else name
        nothing = yaml.ScalarNode("tag:yaml.org,2002:null", "", self.node.start_mark)
        return Section(self.file, path, nothing)

    def items(self) -> Iterator[tuple[str, Value]]:
        """Take everything that is left, each with the name that the installer chose for it."""
        left, self._left = self._left, {}
        for name, value in left.items():
            # A name becomes the name of a picture's file, too.
            if not _CHOSEN_NAME.fullmatch(name):
                value.refuse_name(name, "a name of up to 40 letters, digits, - and _")
            yield name, value

    def done(self) -> None:
        """Refuse what nobody took.

        Raises:
            InvalidDocument: Something is left, which no plan knows.
        """
        for name, value in self._left.items():
            raise InvalidDocument(self.file, value.line, value.path, name, one_of(self._known))


def is_nothing(node: yaml.Node) -> bool:
    """Return whether nothing stands there: a name with no value behind it."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~")


def one_of(words: Iterable[str]) -> str:
    """Return the words as a person lists what is allowed."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def read_root(text: str, file: str) -> Section:
    """Return the names with values of a document's text.

    Raises:
        InvalidDocument: It is no YAML, more than one document, or no names with values.
    """
    nodes = _nodes(text, file)
    if len(nodes) != 1:
        raise InvalidDocument(file, 1, "", f"{len(nodes)} documents", "one document")
    return Section(file, "", nodes[0])


def read_roots(text: str, file: str) -> list[Section]:
    """Return the names with values of each document of a text; empty ones are left out.

    Raises:
        InvalidDocument: It is no YAML, or a document is no names with values.
    """
    return [Section(file, "", node) for node in _nodes(text, file) if not is_nothing(node)]


def _nodes(text: str, file: str) -> list[yaml.Node]:
    try:
        return list(yaml.compose_all(text, yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else int(mark.line) + 1
        raise InvalidDocument(file, line, "", error.problem or "this", "YAML") from error
    except yaml.YAMLError as error:
        raise InvalidDocument(file, 1, "", "this", "YAML, of characters that print") from error
    except RecursionError as error:
        raise InvalidDocument(file, 1, "", "this", "YAML that is not nested so deep") from error


def upgraded(
    root: Section, key: str, upgrades: Sequence[Callable[[yaml.Node], None]], what: str
) -> Section:
    """Return the root of the newest version, brought up to date where it was an older one.

    Args:
        root: The document, whose version is not taken yet.
        key: Where its version stands.
        upgrades: Function n makes a document of version n + 2 of one of version n + 1, in place.
        what: What it is a document of, in one word.

    Raises:
        InvalidDocument: It has no version, or one that is newer than this library.
    """
    newest = len(upgrades) + 1
    value = root.need(key, f"{newest}, which says how to read the rest")
    version = value.whole(1, 999_999)
    if version > newest:
        versions = f"1 to {newest}" if newest > 1 else "1"
        value.refuse(
            f"{versions}: a newer version of lutron-dpm wrote this {what}, so update this one"
        )
    if version == newest:
        return root
    for upgrade in upgrades[version - 1 :]:
        upgrade(root.node)
    current = Section(root.file, root.path, root.node)
    current.take(key)
    return current
