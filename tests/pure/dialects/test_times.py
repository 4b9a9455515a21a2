"""Times are read with their zone, or refused with every reading; nothing is assumed and nothing converted silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.clocks.dates import read_time_of_day
from standclear.dialects.clocks.entered import time_from_value, time_to_value
from standclear.dialects.clocks.zones import MILITARY, echo
from standclear.dialects.times import read_time, read_window
from standclear.errors import Ambiguous, Malformed

HOUR = 3_600_000
FIVE = 1_582_866_000_000  # 2020-02-28 05:00 UTC

READ = {  # text, what the caller states, hours after five o'clock UTC
    "RFC 3339": ("2020-02-28T05:00:00Z", {}, 0),
    "with an offset": ("2020-02-28T05:00:00+03:00", {}, -3),
    "with a blank": ("2020-02-28 05:00:00Z", {}, 0),
    "with an offset of nought": ("2020-02-28T05:00:00-00:00", {}, 0),
    "with half an hour": ("2020-02-28T05:30:00+03:30", {}, -3),
    "behind UTC": ("2020-02-28T05:00:00-03:00", {}, 3),
    "behind UTC by less than the time of day": ("2020-02-28 05:00-03:00", {}, 3),
    "without seconds": ("2020-02-28T05:00Z", {}, 0),
    "small letters": ("2020-02-28t05:00z", {}, 0),
    "a short offset": ("2020-02-28T05:00+03", {}, -3),
    "an offset without colon": ("2020-02-28T05:00+0300", {}, -3),
    "basic ISO": ("20200228T050000Z", {}, 0),
    "year first with slashes": ("2020/02/28 05:00 UTC", {}, 0),
    "hours without colon": ("2020-02-28 0500Z", {}, 0),
    "a named zone": ("2020-02-28 05:00 Europe/Istanbul", {}, -3),
    "a named zone in brackets": ("2020-02-28 05:00 (Asia/Damascus)", {}, -2),
    "a named zone with am in it": ("2020-02-28 05:00 America/New_York", {}, 5),
    "the caller's named zone": ("2020-02-28 05:00", {"zone": "Europe/Istanbul"}, -3),
    "the caller's offset": ("2020-02-28 05:00", {"zone": "+02:00"}, -2),
    "a stated zone goes before the caller's": ("2020-02-28 05:00Z", {"zone": "Europe/Istanbul"}, 0),
    "UTC and hours": ("2020-02-28 05:00 UTC+3", {}, -3),
    "GMT": ("2020-02-28 05:00 GMT", {}, 0),
    "a date-time group": ("280500ZFEB20", {}, 0),
    "a date-time group with blanks": ("280500Z FEB 2020", {}, 0),
    "a date-time group in small letters": ("280500zfeb2020", {}, 0),
    "a date-time group with seconds": ("28050000ZFEB20", {}, 0),
    "a date-time group in zone C": ("280500CFEB20", {}, -3),
    "a date-time group in zone R": ("280500RFEB20", {}, 5),
    "day first with stops": ("28.02.2020 05:00 Europe/Kyiv", {}, -2),
    "day first with slashes, the only way": ("28/02/2020 05:00Z", {}, 0),
    "month first, the only way": ("02/28/2020 05:00Z", {}, 0),
    "the same either way": ("02/02/2020 05:00Z", {}, -26 * 24),
    "day first as stated": ("02/03/2020 05:00Z", {"date_order": "dmy"}, 3 * 24),
    "month first as stated": ("02/03/2020 05:00Z", {"date_order": "mdy"}, -25 * 24),
    "month in words": ("28 February 2020 05:00 Z", {}, 0),
    "month in words, first": ("Feb 28, 2020 05:00 Z", {}, 0),
    "in the afternoon": ("28 Feb 2020 5:00 pm Z", {}, 12),
    "in the morning": ("28 Feb 2020 5 am Z", {}, 0),
    "French": ("28 février 2020 05:00 Z", {}, 0),
    "Russian": ("28 февраля 2020 05:00 Europe/Moscow", {}, -3),
    "Ukrainian": ("28 лютого 2020 05:00 Europe/Kyiv", {}, -2),
    "Turkish": ("28 Şubat 2020 05:00 Europe/Istanbul", {}, -3),
    "Turkish in capitals": ("28 ŞUBAT 2020 05:00 Z", {}, 0),
    "Arabic": ("28 شباط 2020 05:00 Asia/Damascus", {}, -2),
    "Arabic with Arabic digits": ("٢٨ فبراير ٢٠٢٠ ٠٥:٠٠ Asia/Aden", {}, -3),
    "in summer": ("2020-07-28 05:00 Asia/Damascus", {}, 151 * 24 - 3),
    "just before a gap": ("2020-03-29 02:59 Europe/Kyiv", {}, None),
    "just after a gap": ("2020-03-29 04:00 Europe/Kyiv", {}, None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stated", "hours"), READ.values(), ids=READ)
def test_a_time_that_says_one_instant_is_read(text: str, stated: dict[str, str], hours: int | None) -> None:
    time = read_time(text, field="start", **stated)  # type: ignore[arg-type]
    assert text == time.text
    assert "gregorian" == time.calendar
    if hours is not None:
        assert FIVE + hours * HOUR == time.utc_ms


AMBIGUOUS = {
    "day and month can change places": ("03/04/2020 05:00Z", {}, ["2020-04-03 (day first)", "2020-03-04 (month first)"]),
    "an hour that was shown twice": (
        "2020-10-25 03:30 Europe/Kyiv",
        {},
        ["2020-10-25 00:30:00Z (read at +03:00)", "2020-10-25 01:30:00Z (read at +02:00)"],
    ),
    "an hour that was never shown": (
        "2020-03-29 03:30 Europe/Kyiv",
        {},
        ["2020-03-29 01:30:00Z (read at +02:00)", "2020-03-29 00:30:00Z (read at +03:00)"],
    ),
    "twelve in the afternoon": ("28 Feb 2020 12:00 pm Z", {}, ["00:00 (midnight)", "12:00 (noon)"]),
    "a date-time group without its month": (
        "280500Z",
        {"now_ms": FIVE},
        ["2020-01-28 05:00Z", "2020-02-28 05:00Z", "2020-03-28 05:00Z"],
    ),
    "a day that the months beside have not": ("310500Z", {"now_ms": FIVE}, ["2020-01-31 05:00Z", "2020-03-31 05:00Z"]),
    "an offset or the end of a window": (
        "2020-02-28 05:00-07:00",
        {},
        ["2020-02-28 05:00, 07:00 behind UTC", "2020-02-28, from 05:00 to 07:00"],
    ),
    "an offset or the end of a window, without colons": (
        "28 Feb 2020 0500-0700",
        {},
        ["2020-02-28 05:00, 07:00 behind UTC", "2020-02-28, from 05:00 to 07:00"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stated", "readings"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_time_with_several_readings_is_refused_with_every_one(
    text: str, stated: dict[str, int], readings: list[str]
) -> None:
    with pytest.raises(Ambiguous) as caught:
        read_time(text, field="start", **stated)  # type: ignore[arg-type]
    assert readings == list(caught.value.readings)
    assert caught.value.fields["remedy"]


REFUSED = {
    "nothing": ("", {}, "is empty"),
    "words": ("tomorrow at five", {}, "no time in a form"),
    "no zone": ("2020-02-28 05:00", {}, "states no zone"),
    "no zone, date-time group": ("280500FEB20", {}, "no time in a form"),
    "local time of nobody's place": ("280500JFEB20", {}, "not of which place"),
    "a date-time group without month": ("280500Z", {}, "names no month"),
    "a date-time group of no month": ("280500ZFBE20", {}, "no month of a date-time group"),
    "a date-time group on no day": ("300500ZFEB20", {}, "there is no 2020-02-30"),
    "an abbreviation of several zones": ("2020-02-28 05:00 IST", {}, "can be several"),
    "an unknown zone": ("2020-02-28 05:00 Europe/Nowhere", {}, "zone data"),
    "a zone that counts the wrong way": ("2020-02-28 05:00 Etc/GMT-3", {}, "wrong way round"),
    "a zone that counts leap seconds": ("2020-02-28 05:00 right/Europe/Kyiv", {}, "may count leap seconds"),
    "an offset that is none": ("2020-02-28 05:00+15:00", {}, "beyond 14 hours"),
    "the caller's zone is none": ("2020-02-28 05:00", {"zone": "EET"}, "can be several"),
    "a date only": ("2020-02-28", {}, "without a time of day"),
    "a year of two digits": ("28/02/20 05:00Z", {}, "year of two digits"),
    "24:00": ("2020-02-28 24:00Z", {}, "end of one day"),
    "2400 in a date-time group": ("282400ZFEB20", {}, "end of one day"),
    "24:01": ("2020-02-28 24:01Z", {}, "no time of day"),
    "hour 25": ("2020-02-28 25:00Z", {}, "no time of day"),
    "minute 60": ("2020-02-28 05:60Z", {}, "no time of day"),
    "a leap second": ("2016-12-31T23:59:60Z", {}, "leap second"),
    "a day that is none": ("2021-02-29 05:00Z", {}, "there is no 2021-02-29"),
    "a month that is none": ("2020-13-01 05:00Z", {}, "there is no 2020-13-01"),
    "finer than a millisecond": ("2020-02-28T05:00:00.0001Z", {}, "finer than a millisecond"),
    "hour 13 in the afternoon": ("28 Feb 2020 13:00 pm Z", {}, "does not go with am or pm"),
    "Solar Hijri": ("1398-12-09 05:00Z", {}, "Solar Hijri"),
    "Hijri": ("1441-07-04 05:00Z", {}, "the Hijri calendar"),
    "Buddhist": ("2563-02-28 05:00Z", {}, "the Buddhist calendar"),
    "another calendar, stated": ("1441-07-04 05:00Z", {"calendar": "hijri"}, "hijri calendar, which is not converted"),
    "before computers": ("1914-07-28 05:00Z", {}, "not between 1970"),
    "words after it": ("2020-02-28T05:00Z sharp", {}, "no time in a form"),
    "too long": ("2020-02-28T05:00Z" + " " * 100, {}, "is longer than"),
    "digits of two scripts": ("2٠20-02-28T05:00Z", {}, "digits of two scripts"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stated", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_time_is_refused_with_the_reason(text: str, stated: dict[str, str], reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_time(text, field="start", **stated)  # type: ignore[arg-type]
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_a_time_of_day_stands_alone_or_is_refused() -> None:
    with pytest.raises(Malformed, match="no time of day"):
        read_time_of_day("noon", field="start", verbatim="noon")


def test_the_zone_is_asked_for_by_its_three_forms() -> None:
    with pytest.raises(Malformed) as caught:
        read_time("2020-02-28 05:00", field="start")
    assert all(form in caught.value.remedy for form in ("Z", "+03:00", "Europe/Istanbul"))


PRECISION = {
    "05:00": 60_000,
    "0500": 60_000,
    "05:00:00": 1_000,
    "05:00:00.5": 100,
    "05:00:00.25": 10,
    "05:00:00.125": 1,
}


@pytest.mark.parametrize(("clock", "precision_ms"), PRECISION.items())
def test_the_last_field_says_how_fine_a_time_is(clock: str, precision_ms: int) -> None:
    assert precision_ms == read_time(f"2020-02-28 {clock}Z", field="start").precision_ms


def test_a_time_keeps_its_text_its_zone_and_who_said_it() -> None:
    stated = read_time("280500CFEB20", field="start")
    assert ("280500CFEB20", "C", True, 10_800) == (
        stated.text,
        stated.zone,
        stated.zone_is_stated,
        stated.offset_s,
    )
    passed = read_time("2020-02-28 05:00", field="start", zone="Europe/Istanbul")
    assert ("Europe/Istanbul", False, 10_800) == (passed.zone, passed.zone_is_stated, passed.offset_s)


def test_the_letters_of_the_zones_are_those_of_the_signal_book() -> None:
    assert 25 == len(MILITARY)
    assert "J" not in MILITARY
    some = {letter: MILITARY[letter] for letter in "ACIKMNRYZ"}
    assert {"A": 1, "C": 3, "I": 9, "K": 10, "M": 12, "N": -1, "R": -5, "Y": -12, "Z": 0} == some


@pytest.mark.parametrize(
    ("utc_ms", "zone", "expected"),
    [
        (FIVE, "Europe/Istanbul", "2020-02-28 05:00:00Z = 2020-02-28 08:00:00 +03:00 Europe/Istanbul"),
        (FIVE + 20 * HOUR, "+03:30", "2020-02-29 01:00:00Z = 2020-02-29 04:30:00 +03:30"),
        (FIVE + 5, "Z", "2020-02-28 05:00:00.005Z = 2020-02-28 05:00:00.005 +00:00"),
        (FIVE, "America/New_York", "2020-02-28 05:00:00Z = 2020-02-28 00:00:00 -05:00 America/New_York"),
    ],
)
def test_an_instant_is_echoed_in_utc_and_in_local_time(utc_ms: int, zone: str, expected: str) -> None:
    assert expected == echo(utc_ms, zone)


def test_a_zone_that_is_not_known_echoes_nothing() -> None:
    with pytest.raises(Malformed):
        echo(FIVE, "Europe/Nowhere")


# --- windows --------------------------------------------------------------------------------------

WINDOWS = {  # text, what is stated, start and end in hours after five o'clock UTC
    "two ISO times": ("2020-02-28T05:00Z/2020-02-28T07:00Z", {}, (0, 2)),
    "two ISO times in words": ("2020-02-28 05:00 +03:00 to 2020-02-28 07:00 +03:00", {}, (-3, -1)),
    "two ISO times behind UTC": ("2020-02-28T05:00-03:00/2020-02-28T07:00-03:00", {}, (3, 5)),
    "two date-time groups": ("280500ZFEB20-280700ZFEB20", {}, (0, 2)),
    "two date-time groups, one month": ("280500Z-280700ZFEB20", {}, (0, 2)),
    "a date and two times": ("2020-02-28 0500-0700Z", {}, (0, 2)),
    "a date and two times with colons": ("2020-02-28 05:00-07:00 +03:00", {}, (-3, -1)),
    "day first and a named zone": ("28.02.2020 05:00-07:00 Europe/Istanbul", {}, (-3, -1)),
    "two times and a stated day": ("0500-0700", {"day": "2020-02-28", "zone": "UTC"}, (0, 2)),
    "two times with to": ("0500 to 0700Z", {"day": "2020-02-28"}, (0, 2)),
    "over midnight, as stated": ("2300-0100", {"day": "2020-02-28", "zone": "UTC", "is_overnight": True}, (18, 20)),
    "one instant": ("0500-0500Z", {"day": "2020-02-28"}, (0, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stated", "hours"), WINDOWS.values(), ids=WINDOWS)
def test_a_window_is_two_times(text: str, stated: dict[str, str], hours: tuple[int, int]) -> None:
    window = read_window(text, field="when", **stated)  # type: ignore[arg-type]
    assert tuple(FIVE + hour * HOUR for hour in hours) == (window.start.utc_ms, window.end.utc_ms)
    assert text == window.text


WINDOWS_REFUSED = {
    "no date": ("0500-0700Z", {}, Malformed, "names no date"),
    "two dates": ("2020-02-28 0500-0700Z", {"day": "2020-02-28"}, Malformed, "another was stated"),
    "a date stated beside dates": (
        "280500ZFEB20-280700ZFEB20", {"day": "2020-02-28"}, Malformed, "another was stated"
    ),
    "no zone": ("2020-02-28 0500-0700", {}, Malformed, "states no zone"),
    "the end before the start": ("280700ZFEB20-280500ZFEB20", {}, Malformed, "ends before it starts"),
    "over midnight": ("2300-0100Z", {"day": "2020-02-28"}, Ambiguous, "of the next day"),
    "no window": ("at dawn", {}, Malformed, "no window"),
    "one time": ("2020-02-28T05:00Z", {}, Malformed, "no window"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stated", "kind", "telling"), WINDOWS_REFUSED.values(), ids=WINDOWS_REFUSED)
def test_what_is_no_window_is_refused(
    text: str, stated: dict[str, str], kind: type[Exception], telling: str
) -> None:
    with pytest.raises(kind) as caught:
        read_window(text, field="when", **stated)  # type: ignore[arg-type]
    assert telling in str(caught.value)


# --- properties -----------------------------------------------------------------------------------

instants = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(instants, offsets)
def test_an_iso_time_comes_back_to_the_millisecond(instant: datetime, offset: timedelta) -> None:
    instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    local = instant + offset
    sign, minutes = ("-" if offset < timedelta(0) else "+"), abs(offset) // timedelta(minutes=1)
    text = f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    assert (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) == read_time(
        text, field="t"
    ).utc_ms


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)), st.sampled_from(sorted(MILITARY)))
def test_a_date_time_group_comes_back_to_the_minute(local: datetime, letter: str) -> None:
    text = f"{local:%d%H%M}{letter}{local:%b%y}".upper()
    utc = local.replace(second=0, microsecond=0, tzinfo=UTC) - timedelta(hours=MILITARY[letter])
    assert utc == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=read_time(text, field="t").utc_ms)


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2030, 12, 30)), st.sampled_from(["Europe/Kyiv", "Asia/Gaza"])
)
def test_a_local_time_is_read_only_if_its_echo_shows_it_again(local: datetime, zone: str) -> None:
    text = f"{local:%Y-%m-%d %H:%M:%S} {zone}"
    try:
        time = read_time(text, field="t")
    except Ambiguous as doubled:
        assert 2 == len(set(doubled.readings))  # noqa: PT017 - both outcomes are right
        return
    assert f"= {local:%Y-%m-%d %H:%M:%S} " in echo(time.utc_ms, zone)


@given(st.text("0123456789:-/.TZ+ zJFEBfebAMPamp,;٠١ Europe/Kyiv", max_size=40))
def test_any_text_is_a_time_or_refused_and_never_breaks_the_reader(text: str) -> None:
    for read in (read_time, read_window):
        try:
            assert text == read(text, field="t", zone="Europe/Kyiv").text
        except (Malformed, Ambiguous):
            continue


@given(instants)
def test_a_time_goes_into_json_and_comes_back(instant: datetime) -> None:
    time = read_time(f"{instant:%Y-%m-%dT%H:%M:%S}Z", field="t")
    assert time == time_from_value(time_to_value(time), field="t")


@pytest.mark.parametrize("change", [{"utc_ms": "1"}, {"format": "?"}, {"zone_is_stated": 1}, {"more": 1}])
def test_an_altered_time_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        time_from_value(time_to_value(read_time("280500ZFEB20", field="t")) | change, field="t")
