"""The call sheet says whom to ring and what to say, is marked as an exercise, and is read back strictly."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from standclear.dialects.callsheet import Call, read_outcomes, script, to_csv, to_html, to_text
from standclear.errors import Malformed

NASTY = '=HYPERLINK("x")<script>&'


def call(number: int = 1, name: str = "Group F") -> Call:
    return Call(
        party=bytes([number]) * 16,
        name=name,
        numbers=("+88 16 000", "+88 16 001"),
        sid=bytes([number]) * 32,
        about="site, 1 released",
        words="A clinic at the spring.",
    )


def filled(*calls: Call, **cells: str) -> str:
    """The table of some calls, with cells of its first row filled in."""
    rows = list(csv.DictReader(StringIO(to_csv(calls, exercise=True, caller="North"))))
    rows[0] |= cells
    out = StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_code_is_four_digits_of_this_statement_and_this_party() -> None:
    codes = {call(number).code() for number in range(50)}
    assert all(len(one) == 7 and one.replace("-", "").isdecimal() for one in codes)
    assert len(codes) >= 48
    assert call(7).code() == call(7).code()


def test_every_form_of_it_says_the_numbers_the_words_and_the_code() -> None:
    for text in (
        to_text([call()], exercise=True, caller="North"),
        to_html([call()], exercise=True, caller="North", made="now"),
        to_csv([call()], exercise=True, caller="North"),
    ):
        for said in ("+88 16 000", "+88 16 001", "A clinic at the spring.", call().code(), "This is North"):
            assert said in text


def test_an_exercise_begins_and_ends_so_and_nothing_else_does() -> None:
    assert script(call(), exercise=True, caller="North").startswith("EXERCISE EXERCISE EXERCISE")
    assert script(call(), exercise=True, caller="North").endswith("EXERCISE.")
    assert to_text([call()], exercise=True, caller="N").startswith("EXERCISE")
    assert "EXERCISE" in to_html([call()], exercise=True, caller="N", made="now")
    for text in (
        to_text([call()], exercise=False, caller="N"),
        to_html([call()], exercise=False, caller="N", made="now"),
        to_csv([call()], exercise=False, caller="N"),
    ):
        assert "EXERCISE" not in text


def test_no_text_acts() -> None:
    assert "<script>" not in to_html([call(name=NASTY)], exercise=True, caller=NASTY, made=NASTY)
    cells = next(csv.DictReader(StringIO(to_csv([call(name=NASTY)], exercise=True, caller="N"))))
    assert cells["party"].startswith("'=")


def test_who_has_no_number_is_on_the_sheet_all_the_same() -> None:
    nobody = Call(party=bytes(16), name="F", numbers=(), sid=bytes(32), about="site", words="")
    assert "no number is on record" in to_text([nobody], exercise=True, caller="N")


RIGHT = {"read_back": call().code()}
READ: dict[str, tuple[dict[str, str], str]] = {
    "the code alone": (RIGHT, "read_back_correct"),
    "the code without its marks": ({"read_back": call().code().replace("-", " ")}, "read_back_correct"),
    "another code": ({"read_back": "0-0-0-0-0"}, "read_back_wrong"),
    "answered, and the code": ({"result": "answered"} | RIGHT, "read_back_correct"),
    "a word": ({"result": "no answer"}, "no_answer"),
    "a word with capitals": ({"result": "Answered"}, "answered"),
    "refused": ({"result": "refused"} | RIGHT, "refused"),
}


@pytest.mark.parametrize("name", READ)
def test_what_came_of_a_call_is_read_and_a_code_is_compared(name: str) -> None:
    cells, result = READ[name]
    (one,) = read_outcomes(filled(call(), call(2), **cells))
    assert (one.row, one.party, one.sid, one.result, one.channel) == (
        2,
        call().party,
        call().sid,
        result,
        "call",
    )


def test_rows_that_say_nothing_were_not_rung() -> None:
    assert read_outcomes(to_csv([], exercise=True, caller="N")) == ()
    assert read_outcomes(to_csv([call(), call(2)], exercise=True, caller="N")) == ()


WRONG: dict[str, tuple[str, str]] = {
    "no table of ours": ("a,b\n1,2\n", "sheet"),
    "nothing": ("", "sheet"),
    "an unknown result": (filled(call(), result="reached"), "sheet, row 2, result"),
    "an unknown channel": (filled(call(), result="told", channel="pigeon"), "sheet, row 2, channel"),
    "a code that is said to be right and is not": (
        filled(call(), result="read_back_correct", read_back="0-0-0-0-0"),
        "sheet, row 2, read_back",
    ),
    "a right code that nobody wrote": (filled(call(), result="read_back_correct"), "sheet, row 2, read_back"),
    "a time, and nothing else": (filled(call(), at="09:12Z"), "sheet, row 2, result"),
    "a row of no statement": (filled(call(), result="told", sid="x"), "sheet, row 2, sid"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_table_that_does_not_say_what_came_of_it_is_refused_by_its_row(name: str) -> None:
    text, field = WRONG[name]
    with pytest.raises(Malformed) as refused:
        read_outcomes(text)
    assert refused.value.fields["field"] == field
