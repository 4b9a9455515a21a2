"""Reading the fields of a value: exact keys, whole numbers in their range, errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping

from standclear.errors import Malformed


def whole(value: object, field: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`; a bool, a float or a text is none.

    Raises:
        Malformed: naming the field and the range.
    """
    if type(value) is not int:
        raise Malformed(field, "not a whole number", f"give a whole number from {least} to {most}")
    if not least <= value <= most:
        raise Malformed(field, f"{value} is out of range", f"give a whole number from {least} to {most}")
    return value


def entries(value: object, names: tuple[str, ...], field: str) -> Mapping[str, object]:
    """The entries of an object that has exactly the given names.

    Raises:
        Malformed: if it is no object, or a name is missing or not known.
    """
    wanted = "give " + ", ".join(names) + " and nothing else"
    if not isinstance(value, dict):
        raise Malformed(field, "not an object", wanted)
    for name in names:
        if name not in value:
            raise Malformed(below(field, name), "missing", wanted)
    for name in value:
        if name not in names:
            raise Malformed(below(field, str(name)), "not a known field", wanted)
    return value


def below(field: str, name: str) -> str:
    """The path of a field within another: `volume.band` and `lower_cm` give `volume.band.lower_cm`."""
    return f"{field}.{name}" if field else name


def placed(error: Malformed, field: str) -> Malformed:
    """The same error, with its field told from further up."""
    return Malformed(below(field, error.field), error.reason, str(error.fields["remedy"]))
