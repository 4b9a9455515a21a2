"""A strict reader of JSON objects: every field is asked for by name, and what nobody asked for is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from standclear.errors import Malformed
from standclear.limits import INTEGER_MAX
from standclear.statements.canonical import Value, from_b64u

T = TypeVar("T")

TEXT_MAX = 2_000  # letters of one free text: a notice is read at 3 a.m.


class Fields:
    """One JSON object being read; `done()` refuses whatever was not asked for.

    Every method raises `Malformed` naming the whole path of the field.
    """

    __slots__ = ("_left", "path")

    def __init__(self, value: Value, path: str) -> None:
        if type(value) is not dict:
            raise Malformed(path or "value", "not an object", "send a JSON object")
        self.path = path
        self._left: dict[str, Value] = dict(value)

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> Value:
        """The value of a field that must be there."""
        try:
            return self._left.pop(name)
        except KeyError:
            raise Malformed(
                self._at(name), "missing", "every field of the format is written, null where it may be"
            ) from None

    def integer(self, name: str, least: int = 0, most: int = INTEGER_MAX) -> int:
        value = self.take(name)
        if type(value) is not int or not least <= value <= most:
            raise Malformed(
                self._at(name), f"not an integer from {least} to {most}", "mend the number or its unit"
            )
        return value

    def integer_or_none(self, name: str, least: int = 0, most: int = INTEGER_MAX) -> int | None:
        if self._left.get(name, 0) is None:
            self.take(name)
            return None
        return self.integer(name, least, most)

    def text(self, name: str, most: int = TEXT_MAX, least: int = 0) -> str:
        value = self.take(name)
        if type(value) is not str or not least <= len(value) <= most:
            raise Malformed(
                self._at(name), f"not a text of {least} to {most} letters", "shorten it or fill it in"
            )
        return value

    def text_or_none(self, name: str, most: int = TEXT_MAX) -> str | None:
        if self._left.get(name, "") is None:
            self.take(name)
            return None
        return self.text(name, most)

    def flag(self, name: str) -> bool:
        value = self.take(name)
        if type(value) is not bool:
            raise Malformed(self._at(name), "neither true nor false", "write true or false")
        return value

    def choice(self, name: str, words: Sequence[str] | frozenset[str]) -> str:
        value = self.take(name)
        if type(value) is not str or value not in words:
            raise _not_one_of(self._at(name), value, words)
        return value

    def raw(self, name: str, size: int | None) -> bytes:
        """Bytes written as base64url."""
        return from_b64u(self.take(name), size, self._at(name))

    def raw_or_none(self, name: str, size: int | None) -> bytes | None:
        if self._left.get(name, "") is None:
            self.take(name)
            return None
        return self.raw(name, size)

    def many(self, name: str, read: Callable[[Value, str], T], most: int, least: int = 0) -> tuple[T, ...]:
        """A list, each element read by `read(value, path)`."""
        value = self.take(name)
        path = self._at(name)
        if type(value) is not list or not least <= len(value) <= most:
            raise Malformed(path, f"not a list of {least} to {most}", "split it or fill it in")
        return tuple(read(one, f"{path}[{place}]") for place, one in enumerate(value))

    def many_or_none(
        self, name: str, read: Callable[[Value, str], T], most: int, least: int = 0
    ) -> tuple[T, ...] | None:
        if self._left.get(name, "") is None:
            self.take(name)
            return None
        return self.many(name, read, most, least)

    def one(self, name: str, read: Callable[[Value, str], T]) -> T:
        return read(self.take(name), self._at(name))

    def one_or_none(self, name: str, read: Callable[[Value, str], T]) -> T | None:
        if self._left.get(name, "") is None:
            self.take(name)
            return None
        return self.one(name, read)

    def done(self) -> None:
        """Refuse fields that nobody asked for: a reader that skips a field has not read the statement."""
        if self._left:
            name = sorted(map(str, self._left))[0]
            raise Malformed(self._at(name), "unknown field", "this version of the format has no such field")


def raw_reader(size: int) -> Callable[[Value, str], bytes]:
    """A reader of base64url texts of `size` bytes, for `Fields.many`."""
    return lambda value, path: from_b64u(value, size, path)


def choice_reader(words: frozenset[str]) -> Callable[[Value, str], str]:
    """A reader of one of these words, for `Fields.many`."""

    def read(value: Value, path: str) -> str:
        if type(value) is not str or value not in words:
            raise _not_one_of(path, value, words)
        return value

    return read


def read_count(value: Value, path: str) -> int:
    """An integer from 0 to 2^53 - 1, for `Fields.many`."""
    if type(value) is not int or not 0 <= value <= INTEGER_MAX:
        raise Malformed(path, f"not an integer from 0 to {INTEGER_MAX}", "mend the number or its unit")
    return value


def _not_one_of(path: str, value: Value, words: Sequence[str] | frozenset[str]) -> Malformed:
    known = ", ".join(sorted(words))
    return Malformed(path, f"{str(value)[:40]!r} is not one of: {known}", "use one of these words")


def text_reader(most: int) -> Callable[[Value, str], str]:
    """A reader of texts of 1 to `most` letters, for `Fields.many`."""

    def read(value: Value, path: str) -> str:
        if type(value) is not str or not 1 <= len(value) <= most:
            raise Malformed(path, f"not a text of 1 to {most} letters", "shorten it or fill it in")
        return value

    return read
