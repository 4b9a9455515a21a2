"""Every row of a list has a fate: accepted, doubtful with its reasons, or returned; none is dropped or mended."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from standclear.dialects.lists import fates_csv, read_sites
from standclear.dialects.sites.categories import CATEGORIES, category_of
from standclear.dialects.sites.columns import ROLES, find_columns
from standclear.dialects.sites.neighbours import near_pairs
from standclear.dialects.sites.rows import REASONS, Intake
from standclear.dialects.tables import read_table
from standclear.dialects.worklist import Answer, Answers, answer, worklist_of
from standclear.errors import Ambiguous, Malformed
from standclear.spacetime.shape import Area

E7 = 10_000_000
GEOD = Geod(ellps="WGS84")
IDLIB = Area(rings=(((360_000_000, 353_000_000), (372_000_000, 353_000_000), (372_000_000, 362_000_000),
                     (360_000_000, 362_000_000)),))  # fmt: skip
HEADER = "Name,Type,Lat,Long,Admin1,Country"


def intake_of(*rows: str, header: str = HEADER, **stated: object) -> Intake:
    content = "\n".join((header, *rows)).encode()
    return read_sites(read_table(content, field="list", delimiter=","), datum="WGS84", **stated)  # type: ignore[arg-type]


def reasons_of(*rows: str, **stated: object) -> dict[int, list[str]]:
    intake = intake_of(*rows, **stated)
    return {row.listed.number: [reason.code for reason in row.reasons] for row in intake.doubtful}


ONE_ROW = {
    "five decimals": ("Clinic,Clinic,35.93021,36.63377,Idlib,Syria", []),
    "marks": ("Clinic,Clinic,35°55'48\"N,36°38'01\"E,Idlib,Syria", []),
    "no position": ("Clinic,Clinic,,,Idlib,Syria", ["no-position"]),
    "words for no position": ("Clinic,Clinic,N/A,-,Idlib,Syria", ["no-position"]),
    "no latitude": ("Clinic,Clinic,,36.63377,Idlib,Syria", ["half-a-position"]),
    "words": ("Clinic,Clinic,near the bakery,36.63377,Idlib,Syria", ["unreadable"]),
    "out of range": ("Clinic,Clinic,135.93021,36.63377,Idlib,Syria", ["unreadable"]),
    "several readings": ("Clinic,Clinic,35.53.02,36.63377,Idlib,Syria", ["several-readings"]),
    "nought and nought": ("Clinic,Clinic,0.00000,0.00000,Idlib,Syria", ["null-island", "whole-minutes"]),
    "one decimal": ("Clinic,Clinic,35.9,36.63377,Idlib,Syria", ["few-decimals"]),
    "two decimals": ("Clinic,Clinic,35.93021,36.63,Idlib,Syria", ["few-decimals"]),
    "three decimals": ("Clinic,Clinic,35.937,36.637,Idlib,Syria", []),
    "whole minutes with marks": ("Clinic,Clinic,35°55'N,36°38'E,Idlib,Syria", ["few-decimals"]),
    "whole minutes in disguise": ("Clinic,Clinic,35.9166667,36.6333333,Idlib,Syria", ["whole-minutes"]),
    "one whole minute only": ("Clinic,Clinic,35.9166667,36.6337712,Idlib,Syria", []),
    "too many cells": ("Clinic,Clinic,35.93021,36.63377,Idlib,Syria,more", ["ragged"]),
    "too few cells": ("Clinic,Clinic,35.93021,36.63377", ["ragged"]),
}  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), ONE_ROW.values(), ids=ONE_ROW)
def test_a_row_by_itself(row: str, expected: list[str]) -> None:
    assert expected == reasons_of(row).get(2, [])


def test_an_accepted_row_says_all_that_it_says() -> None:
    (row,) = intake_of("Al-Amal,Hospital,35.93021, 36.63377,Idlib,Syria").accepted
    assert ("Al-Amal", "hospital", "Hospital", "Idlib", "Syria", 2) == (
        row.listed.name,
        row.listed.category,
        row.listed.category_words,
        row.listed.admin,
        row.listed.country,
        row.listed.number,
    )
    assert "35.93021\t 36.63377" == row.listed.entered
    assert (359_302_100, 366_337_700) == (row.position.lat_e7, row.position.lon_e7)
    assert row.radius_cm == row.position.uncertainty_cm


THEATRE = {
    "inside": ("A,Clinic,35.93021,36.63377,Idlib,Syria", []),
    "turned round": ("A,Clinic,36.93021,35.63377,Idlib,Syria", ["variant-fits", "outside-theatre"]),
    "south for north": ("A,Clinic,-35.93021,36.63377,Idlib,Syria", ["variant-fits", "outside-theatre"]),
    "elsewhere": ("A,Clinic,15.93021,44.63377,Idlib,Syria", ["outside-theatre"]),
}


@pytest.mark.parametrize(("row", "expected"), THEATRE.values(), ids=THEATRE)
def test_a_row_is_held_against_the_theatre(row: str, expected: list[str]) -> None:
    assert expected == reasons_of(row, theatre=IDLIB).get(2, [])


def test_a_row_is_held_against_the_country_that_it_names() -> None:
    rows = (
        "A,Clinic,35.93021,36.63377,Idlib,syria",
        "B,Clinic,35.93021,36.63377,,Lebanon",
        "C,Clinic,1.12345,2.12345,,Syria",
    )
    lebanon = Area(
        rings=(((350_000_000, 330_000_000), (366_000_000, 330_000_000), (366_000_000, 347_000_000)),)
    )
    found = reasons_of(*rows, bounds={"Syria": IDLIB, "Lebanon": lebanon})
    assert {3: ["outside-country", "same-position"], 2: ["same-position"], 4: ["outside-country"]} == found


def test_the_variant_that_fits_is_shown_and_not_taken() -> None:
    intake = intake_of("A,Clinic,36.93021,35.63377,Idlib,Syria", theatre=IDLIB)
    (row,) = intake.doubtful
    assert (369_302_100, 356_337_700) == row.reasons[0].variant
    assert row.position is not None
    assert (369_302_100, 356_337_700) == (row.position.lat_e7, row.position.lon_e7)
    assert () == intake.accepted


def test_a_row_far_from_its_area_is_asked_about_with_the_variant_that_is_not() -> None:
    rows = [f"Clinic {i},Clinic,-1.1{i}123,36.7{i}321,Kiambu,Kenya" for i in range(9)]
    found = reasons_of(
        *rows, "Gituamba,Dispensary,1.12345,36.71234,Kiambu,Kenya", "X,Clinic,5.12345,11.12345,Kiambu,Kenya"
    )
    assert {11: ["variant-fits", "far-from-area"], 12: ["far-from-area"]} == found


def test_an_area_of_few_rows_says_nothing_about_where_they_should_be() -> None:
    rows = [f"Clinic {i},Clinic,-1.1{i}123,36.7{i}321,Kiambu,Kenya" for i in range(5)]
    assert {} == reasons_of(*rows, "Far,Clinic,1.12345,36.71234,Kiambu,Kenya")


NEAR = {
    "the same name": ("Al-Amal,Clinic,35.93021,36.63377,,", "AL AMAL,Clinic,35.93051,36.63377,,", "near-same-name"),
    "a similar name": ("Al-Amal Clinic,Clinic,35.93021,36.63377,,", "Al-Amal Hospital,Hospital,35.93051,36.63377,,", ""),
    "the same name but for its kind": (
        "Amal Clinic,Clinic,35.93021,36.63377,,", "Amal Post,Post,35.93051,36.63377,,", "near-similar-name"
    ),
    "one letter different": ("Saraqib,Clinic,35.93021,36.63377,,", "Saraqeb,Clinic,35.93051,36.63377,,", "near-similar-name"),
    "accents only": ("Santé,Clinic,35.93021,36.63377,,", "Sante,Clinic,35.93051,36.63377,,", "near-same-name"),
    "another name": ("Al-Amal,Clinic,35.93021,36.63377,,", "Maternity,Clinic,35.93051,36.63377,,", ""),
    "the same name, 200 m away": ("Al-Amal,Clinic,35.93021,36.63377,,", "Al-Amal,Clinic,35.93221,36.63377,,", ""),
    "the very same": ("Al-Amal,Clinic,35.93021,36.63377,,", "Al-Amal,Clinic,35.93021,36.63377,,", "exact-duplicate"),
    "the same place, another name": ("Al-Amal,Clinic,35.93021,36.63377,,", "Maternity,Clinic,35.93021,36.63377,,", "same-position"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), [c for n, c in NEAR.items() if n != "a similar name"])
def test_rows_near_each_other_are_asked_about_if_their_names_are_alike(
    one: str, other: str, expected: str
) -> None:
    found = reasons_of(one, other)
    assert ({2: [expected], 3: [expected]} if expected else {}) == found


def test_neighbours_with_other_names_are_accepted_and_say_so() -> None:
    intake = intake_of(*NEAR["another name"][:2])
    assert [("near row 3",), ("near row 2",)] == [row.marks for row in intake.accepted]
    assert (1, 2) == (intake.near_pairs, intake.near_rows)


places = st.tuples(st.integers(-1_799_999_000, 1_799_999_000), st.integers(-850_000_000, 850_000_000))


@given(
    places,
    st.lists(st.tuples(st.integers(-30_000, 30_000), st.integers(-20_000, 20_000)), min_size=2, max_size=12),
)
def test_the_grid_finds_every_pair_within_100_m(
    middle: tuple[int, int], steps: list[tuple[int, int]]
) -> None:
    rows = [(middle[0] + dx, middle[1] + dy) for dx, dy in steps]
    found = set(near_pairs(rows))
    for i, one in enumerate(rows):
        for j in range(i + 1, len(rows)):
            other = rows[j]
            metres = GEOD.inv(one[0] / E7, one[1] / E7, other[0] / E7, other[1] / E7)[2]
            if metres < 99:
                assert (i, j) in found
            if metres > 101:
                assert (i, j) not in found


FULL = "name category latitude longitude admin country"
HEADERS = {
    "English": ("Facility name,Facility type,Latitude,Longitude,Governorate,Country", FULL),
    "short": ("name,type,lat,lon,adm1,country", FULL),
    "x and y": ("site,kind,y,x", "name category latitude longitude"),
    "underscores and units": ("Site_Name,Site_Type,LAT_DD (WGS84),LON_DD (WGS84)", "name category latitude longitude"),
    "French": ("Nom du site,Catégorie,Latitude,Longitude,Région,Pays,Source des coordonnées", f"{FULL} source"),
    "Russian": ("Название,Тип,Широта,Долгота,Область,Страна", FULL),
    "Ukrainian": ("Назва,Категорія,Широта,Довгота,Область,Країна", FULL),
    "Turkish": ("Adı,Tür,Enlem,Boylam,İl,Ülke", FULL),
    "Arabic": ("الاسم,النوع,خط العرض,خط الطول,المحافظة,البلد", FULL),
    "one column": ("Name,Coordinates", "name position"),
    "one column of grids": ("Name,MGRS,Datum", "name position datum"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "roles"), HEADERS.values(), ids=HEADERS)
def test_columns_are_known_by_their_names(header: str, roles: str) -> None:
    assert {role: i for i, role in enumerate(roles.split())} == find_columns(
        header.split(","), (), None, field="list"
    )


def test_no_name_of_a_column_means_two_things() -> None:
    names = [name for spellings in ROLES.values() for name in spellings.split("|")]
    assert len(names) == len(set(names))


def test_columns_are_known_by_their_tags() -> None:
    table = read_table(b"a,b,c\n#loc+name,#geo+lat,#geo+lon\nClinic,35.93021,36.63377\n", field="list")
    assert 1 == len(read_sites(table).accepted)


def test_columns_are_those_that_the_caller_states() -> None:
    intake = intake_of("A,35.93021,36.63377,0,0", header="who,north,east,lat,lon",
                       columns={"name": "who", "latitude": "north", "longitude": "east"})  # fmt: skip
    assert [("A", 359_302_100)] == [(row.listed.name, row.position.lat_e7) for row in intake.accepted]


COLUMNS_REFUSED = {
    "no position": ("name,type", None, Malformed, "no column of positions"),
    "half a position": ("name,lat", None, Malformed, "only half of one"),
    "two latitudes": ("lat,latitude,lon", None, Ambiguous, "latitude is column 2"),
    "a position and its halves": ("lat,lon,mgrs", None, Ambiguous, "position is column 3"),
    "a stated role that is none": ("a,b", {"height": "a"}, Malformed, "is no role"),
    "a stated column that is not there": (
        "a,b",
        {"latitude": "c", "longitude": "b"},
        Malformed,
        "0 columns are named",
    ),
    "a stated half": ("a,b", {"latitude": "a"}, Malformed, "only half of one"),
}


@pytest.mark.parametrize(
    ("header", "stated", "kind", "telling"), COLUMNS_REFUSED.values(), ids=COLUMNS_REFUSED
)
def test_columns_that_do_not_say_one_position_are_refused(
    header: str, stated: dict[str, str] | None, kind: type[Exception], telling: str
) -> None:
    with pytest.raises(kind) as caught:
        find_columns(header.split(","), (), stated, field="list")
    assert telling in str(caught.value)


def test_positions_in_one_column_are_read_as_the_caller_knows_them() -> None:
    rows = ('A,"35,93021 36,63377"', "B,36S YE 12345 67890", 'C,"36,53377 E 35,83021 N"')
    found = intake_of(*rows, header="name,position", order="lat_lon")
    assert [2, 3, 4] == [row.listed.number for row in found.accepted]
    assert {2: ["several-readings"]} == reasons_of(*rows, header="name,position")


def test_the_datum_of_a_row_goes_before_that_of_the_list() -> None:
    header = "name,lat,lon,datum"
    intake = intake_of(
        "A,35.93021,36.63377,ED50", "B,35.83021,36.53377,", "C,35.73021,36.43377,NAD27", header=header
    )
    assert ["ED50", "WGS84"] == [row.position.datum for row in intake.accepted]
    assert ["unreadable"] == [row.reasons[0].code for row in intake.doubtful]


KINDS = {
    "Hospital": "hospital", "Hôpital Général de Référence": "hospital", "Больница": "hospital", "Лікарня": "hospital",
    "Devlet Hastanesi": "hospital", "مستشفى": "hospital", "University Teaching Hospital": "hospital",
    "Health Post": "primary_health_centre", "Centre de Santé": "primary_health_centre", "Dispensaire": "primary_health_centre",
    "Posto de Saúde": "primary_health_centre", "عيادة": "primary_health_centre", "Поликлиника": "primary_health_centre",
    "Mobile clinic": "mobile_clinic", "École primaire": "school", "Школа": "school", "مدرسة": "school", "IDP camp": "idp_camp",
    "Warehouse": "warehouse", "Склад": "warehouse", "Mosque": "religious", "Borehole": "well", "Bakery": "bakery_food_production",
    "": "other", "Tower": "other",
}  # fmt: skip


@pytest.mark.parametrize(("words", "category"), KINDS.items())
def test_the_words_for_a_kind_of_site_are_known_in_several_languages(words: str, category: str) -> None:
    assert category == category_of(words)
    assert category in CATEGORIES


def test_the_fate_of_every_line_goes_back_to_whoever_sent_the_list() -> None:
    rows = (
        "=HYPERLINK(1),Clinic,35.93021,36.63377,Idlib,Syria",
        "B,Clinic,,,Idlib,Syria",
        ",,,,,",
        "C,Clinic,35.9,36.6,Idlib,Syria",
    )
    intake = intake_of(*rows)
    lines = list(csv.DictReader(io.StringIO(fates_csv(intake))))
    assert [("2", "accepted"), ("3", "doubtful"), ("4", "no row"), ("5", "doubtful")] == [
        (line["row"], line["fate"]) for line in lines
    ]
    assert {intake.sha256} == {line["file_sha256"] for line in lines}
    assert ("'=HYPERLINK(1)", "35.9302100", "1") == (
        lines[0]["name"],
        lines[0]["latitude"],
        lines[0]["radius_m"],
    )
    assert "half a kilometre" in lines[3]["words"]


def test_what_a_person_said_goes_back_with_the_row() -> None:
    asked = worklist_of(intake_of("B,Clinic,,,Idlib,Syria"))
    answers = Answers(groups={"no-position": Answer(choice="leave_out", words="please measure it")})
    (line,) = csv.DictReader(io.StringIO(fates_csv(answer(asked, answers))))
    assert ("returned", "please measure it; no position is given") == (line["fate"], line["words"])


def test_every_reason_has_its_sentence_and_is_met() -> None:
    met = {code for _, codes in (*ONE_ROW.values(), *THEATRE.values()) for code in codes}
    met |= {expected for _, _, expected in NEAR.values() if expected} | {"outside-country", "far-from-area"}
    assert set(REASONS) == met


cells = st.sampled_from(
    ["", "A", "B", "35.93021", "36.63377", "35.9", "0", "x", "35,9", "N/A", "36 E", "-0", "999", "35.4.3"]
)


@given(st.lists(st.lists(cells, min_size=1, max_size=7), max_size=12))
def test_every_row_has_exactly_one_fate(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER.split(","), *rows])
    table = read_table(out.getvalue().encode(), field="list", delimiter=",")
    intake = read_sites(table, theatre=IDLIB)
    fates = [row.listed.number for row in (*intake.accepted, *intake.doubtful)] + [
        n for n, _ in intake.set_aside
    ]
    assert list(range(2, len(rows) + 2)) == sorted(fates)
