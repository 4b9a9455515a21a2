"""A volume is a core with a radius, a band and an interval."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from standclear.errors import Malformed
from standclear.limits import RADIUS_CM_MAX
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from strategies import volumes

VALUE: dict[str, Any] = {
    "core": {"type": "point", "at": [377_000_000, 553_000_000]},
    "radius_cm": 50_000,
    "band": {"lower_cm": 0, "upper_cm": 30_000, "reference": "sfc"},
    "interval": {"start_ms": 0, "end_ms": 1},
}


@given(volumes())
def test_a_value_gives_the_volume_back(volume: Volume) -> None:
    assert volume == volume_from_value(volume_to_value(volume), "volume")


def test_the_largest_radius_is_taken() -> None:
    volume = volume_from_value(VALUE | {"radius_cm": RADIUS_CM_MAX}, "")
    assert RADIUS_CM_MAX == volume.radius_cm


REFUSED: dict[str, tuple[Any, str]] = {
    "a negative radius": (VALUE | {"radius_cm": -1}, "volumes[2].radius_cm"),
    "too large a radius": (VALUE | {"radius_cm": RADIUS_CM_MAX + 1}, "volumes[2].radius_cm"),
    "a bool for a radius": (VALUE | {"radius_cm": True}, "volumes[2].radius_cm"),
    "a bad core": (VALUE | {"core": {"type": "point", "at": [0, "0"]}}, "volumes[2].core.at"),
    "a bad band": (VALUE | {"band": VALUE["band"] | {"reference": ""}}, "volumes[2].band.reference"),
    "a bad interval": (VALUE | {"interval": {"start_ms": 1, "end_ms": 0}}, "volumes[2].interval.end_ms"),
    "a field too many": (VALUE | {"name": "Lyman"}, "volumes[2].name"),
    "a field too few": ({name: VALUE[name] for name in VALUE if name != "band"}, "volumes[2].band"),
    "nothing": (None, "volumes[2]"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=list(REFUSED))
def test_a_bad_volume_is_refused_with_its_field(value: Any, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        volume_from_value(value, "volumes[2]")
    assert field == refused.value.field
    assert refused.value.fields["remedy"]


def test_a_field_at_the_top_is_named_alone() -> None:
    with pytest.raises(Malformed) as refused:
        volume_from_value(VALUE | {"radius_cm": -1}, "")
    assert refused.value.field == "radius_cm"
