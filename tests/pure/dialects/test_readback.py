"""A read-back is in another format, as fine as what was entered, and reads as the same place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.coordinates import read_position
from standclear.dialects.places.doubts import apart_cm
from standclear.dialects.places.readback import SECOND_FORMAT, read_back
from standclear.errors import Malformed

E7 = 10_000_000

CASES = {
    "decimals as MGRS": ("35.83222 N 35.35087 E", None, "36S YE 12345 67890"),
    "MGRS as seconds": ("36SYE1234567890", None, "35°49'55.99\"N 035°21'03.15\"E"),
    "decimals as seconds": ("50.45000 S 30.52333 W", "dms", "50°27'00.00\"S 030°31'23.99\"W"),
    "decimals as minutes": ("50.45000 N 30.52333 E", "ddm", "50°27.0000'N 030°31.3998'E"),
    "decimals as ICAO": ("50.45000 N 30.52333 E", "icao", "502700N0303124E"),
    "three decimals as MGRS": ("35.832 N 35.351 E", "mgrs", "36S YE 123 678"),
    "two decimals as MGRS": ("35.83 N 35.35 E", "mgrs", "36S YE 12 67"),
    "seconds near sixty are never sixty": ("35.99999990 N 36.99999990 E", "icao", "360000N0370000E"),
    "near the pole there is no grid": ("85.00000 N 30.00000 E", None, "85°00'00.00\"N 030°00'00.00\"E"),
    "seconds near the pole": ("85°00'00.0\"N 30°00'00.0\"E", None, "85°00.0000'N 030°00.0000'E"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "form", "expected"), CASES.values(), ids=CASES)
def test_a_position_is_read_back_in_a_second_format(text: str, form: str | None, expected: str) -> None:
    assert expected == read_back(read_position(text, field="place"), form)


@pytest.mark.parametrize(
    ("text", "form"),
    [("36SYE1234567890", "mgrs"), ("50°27'00\"N 30°31'24\"E", "dms"), ("502700N0303124E", "icao")],
)
def test_the_format_that_was_entered_is_no_read_back(text: str, form: str) -> None:
    with pytest.raises(Malformed, match="in another"):
        read_back(read_position(text, field="place"), form)


def test_a_format_that_is_not_written_is_refused() -> None:
    with pytest.raises(Malformed, match="is not written"):
        read_back(read_position("35.9 N 36.6 E", field="place"), "utm")


def test_a_grid_near_the_pole_is_refused_when_asked_for() -> None:
    with pytest.raises(Malformed, match="polar grids"):
        read_back(read_position("85.0 N 36.6 E", field="place"), "mgrs")


def test_no_format_is_its_own_second() -> None:
    assert [] == [name for name, second in SECOND_FORMAT.items() if name == second]


@given(
    st.integers(-80 * E7, 84 * E7 - 1),
    st.integers(-180 * E7, 180 * E7),
    st.sampled_from(["mgrs", "dms", "ddm"]),
)
def test_what_is_read_back_says_the_same_place_within_what_it_leaves_open(
    lat: int, lon: int, form: str
) -> None:
    entered = read_position(f"lat {lat / E7:.7f} lon {lon / E7:.7f}", field="place", datum="WGS84")
    again = read_position(read_back(entered, form), field="place", datum="WGS84")
    away_cm = apart_cm((entered.lon_e7, entered.lat_e7), (again.lon_e7, again.lat_e7))
    assert away_cm <= (entered.precision_cm + again.precision_cm) * 1.01 + 2
