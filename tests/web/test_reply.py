"""The page that answers without a key: what it shows, what it takes, and every wrong way of using it (G1, G17)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from delivering import GATEWAY_SECRET, Carrying, addresses
from standclear.cli.cast import Said, told
from standclear.dialects.phrases import LANGUAGES
from standclear.flow.outbox import Address, Letter
from standclear.flow.phrasing import answer_phrase, catalogue
from standclear.flow.replying import short_code
from standclear.keys import hmac_sha256
from standclear.limits import (
    GATEWAY_SKEW_MS,
    REPLY_LIFE_MS,
    REPLY_REQUEST_BYTES,
    REPLY_WRONG_ALL_MAX,
    REPLY_WRONG_MAX,
    REPLY_WRONG_MS,
    SHORT_WRONG_ALL_MAX,
    SHORT_WRONG_MAX,
)
from standclear.obligations.attesting import OFFERS
from standclear.statements.asking import Inquiry
from standclear.statements.canonical import b64u
from stories.test_duties_of_time import call, emergency, say
from visiting import Reply, Visitor
from world import HOUR_MS, Party, World, circle, site

CALL, QUESTION, CHECK, RELEASE = OFFERS.values()
HTML = [("accept", "text/html,*/*;q=0.8")]
FORM = [("content-type", "application/x-www-form-urlencoded")]
JSON = [("content-type", "application/json")]


@dataclass
class Post:
    """A world whose messages reach desks, and somebody with a browser or a telephone."""

    world: World
    north: Party
    south: Party
    carrying: Carrying
    visitor: Visitor

    @classmethod
    def of(cls, world: World, *more: Address, **changed: Any) -> Post:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        listed = [replace(one, **changed) for one in addresses(north)]
        post = cls(world, north, south, Carrying(world, [*listed, *more]), Visitor(world))
        post.visitor.front.deliverer = post.carrying.deliverer
        return post

    def letters(self) -> list[Letter]:
        self.carrying.step()
        return self.carrying.mail.letters + self.carrying.phone.letters

    def link(self, kind: str = "deliver") -> str:
        """The path of the newest link that went out."""
        found = [one for one in self.letters() if one.parcel.kind == kind][-1].reply_url
        return found.removeprefix("https://line.example")

    def clinic(self) -> Said:
        return self.world.site(self.south, told(self.north))

    def give(self, path: str, answer: str, **more: Any) -> Reply:
        more.setdefault("headers", FORM)
        return self.visitor.post(path, f"answer={answer}".encode(), **more)

    def text(self, sender: str, message: str, **changed: Any) -> Reply:
        """A text, as the gateway of a telephone tells of it."""
        event = {"event": "sms:received", "payload": {"phoneNumber": sender, "message": message}}
        body = json.dumps(event | changed.pop("event", {})).encode()
        stamp = str(changed.pop("stamp", self.world.now_ms // 1000))
        signed = hmac_sha256(changed.pop("secret", GATEWAY_SECRET), body + stamp.encode()).hex()
        headers = [*JSON, ("x-timestamp", stamp), ("x-signature", signed)]
        return self.visitor.post("/v1/reply", changed.pop("body", body), headers=headers)

    def attested(self, sid: bytes) -> list[tuple[str, str, str]]:
        self.carrying.step()
        self.world.settle()
        ladder = self.world.service.book.ledger.of_sid[sid][0]
        assert ladder.rung() in ("released", "sent")
        return [(one.by, one.channel, one.answer) for one in ladder.attested]


def telephone(party: Party, to: str = "+0000000001") -> Address:
    return replace(addresses(party, channel="sms")[0], to=to)


# --- the page -------------------------------------------------------------------------------------


def test_a_link_leads_to_a_page_with_a_button_for_each_answer_and_no_place_on_it() -> None:
    with World() as world:
        post = Post.of(world)
        world.notice(post.south, site(world.now_ms, at=(36.63, 35.93), name="The clinic"), told(post.north))
        shown = post.visitor.get(post.link(), headers=HTML)
        text = shown.body.decode()
        assert (shown.status, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
        for code in RELEASE:
            assert f'<button type="submit" name="answer" value="{code}">' in text
        assert "<title>EXERCISE Answer without a key</title>" in text
        assert "EXERCISE EXERCISE EXERCISE" in text
        assert "An answer here is attested: your desk has not signed it" in text
        for hidden in ("36.6", "35.9", "366300000", "The clinic", "<script", "http://", "https://"):
            assert hidden not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language_of_the_address_and_runs_its_way(language: str) -> None:
    with World() as world:
        post = Post.of(world, language=language)
        post.clinic()
        link = post.link()
        direction = "rtl" if language == "ar" else "ltr"
        says = catalogue(language)
        for answer in (post.visitor.get(link), post.give(link, "noted", headers=[*FORM, *HTML])):
            text = answer.body.decode()
            assert f'<html lang="{language}" dir="{direction}">' in text
            assert f"<title>EXERCISE {says.phrase('reply', 'title')}</title>" in text.replace("&#x27;", "'")
            assert says.phrase("acknowledgements", "noted") in text.replace("&#x27;", "'")


def test_what_the_address_may_be_shown_is_on_the_page_and_nothing_more() -> None:
    with World() as world:
        post = Post.of(world, content="full")
        world.notice(
            post.south, site(world.now_ms, at=(36.63, 35.93), name="<b>The clinic"), told(post.north)
        )
        text = post.visitor.get(post.link()).body.decode()
        assert "<li>&lt;b&gt;The clinic</li><li>lat 35.93000, lon 36.63000, radius 100 m</li>" in text


def test_a_question_is_answered_in_full_only_with_a_key_and_a_call_with_what_a_desk_can_say() -> None:
    with World() as world:
        post = Post.of(world)
        here = circle((36.63, 35.93), 50_000, world.now_ms, world.now_ms + HOUR_MS)
        asked = Inquiry(volumes=(here,), answer_by_ms=world.now_ms + HOUR_MS, note=None)
        inquiry = say(world, post.south, asked, to=told(post.north))
        link = post.link()
        text = post.visitor.get(link).body.decode()
        assert text.count("<button") == len(QUESTION) == 1
        assert "A full answer needs your desk&#x27;s key" in text
        assert post.give(link, "none_that_we_declare").slug == "malformed"
        assert post.give(link, "heard").status == 200
        post.carrying.step()
        world.settle()
        matter = world.service.book.matters.of_sid[inquiry.sid]
        assert (matter.unanswered(), matter.is_silent(post.north.id)) == ({post.north.id}, False)
        made = call(world, post.south)
        world.run(post.carrying.deliverer.settle())
        ringing = post.visitor.get(post.link("ring")).body.decode()
        assert [code in ringing for code in CALL] == [True] * 5
        assert "ended by its owner" not in ringing
        say(world, post.south, emergency("end"), to=told(post.north), re=[made.sid])
        assert "ended by its owner" in post.visitor.get(post.link("ring")).body.decode()


def test_every_answer_that_is_offered_has_its_words_in_every_language() -> None:
    for language in LANGUAGES:
        said = [answer_phrase(catalogue(language), code) for codes in OFFERS.values() for code in codes]
        assert len(set(said)) == len({*CALL, *QUESTION, *CHECK, *RELEASE})


def test_who_owes_no_answer_has_no_link() -> None:
    with World() as world:
        post = Post.of(world)
        post.carrying.listed = addresses(post.north, post.south)
        post.visitor.front.deliverer = post.carrying.opened()
        clinic = post.clinic()
        world.acknowledge(post.north, sids=[clinic.sid], to=told(post.south))
        world.pass_ms(5 * HOUR_MS)
        for one in post.letters():
            owes = one.parcel.party == post.north.id
            assert (one.reply_url != "", one.answers != ()) == (owes, owes), one.parcel.kind


def test_looking_never_answers_however_often() -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        for method in ("GET", "HEAD", "GET"):
            assert post.visitor.ask(method, f"{link}?answer=noted", headers=HTML).status == 200
        assert post.attested(clinic.sid) == []
        for method in ("PUT", "DELETE", "PATCH"):
            refused = post.visitor.ask(method, link)
            assert (refused.status, refused.json()["type"]) == (405, "about:blank")
        assert post.attested(clinic.sid) == []


def test_the_page_says_when_what_it_is_about_has_been_replaced() -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        world.end(post.south, "site", [clinic.ref()])
        assert "ended by its owner" in post.visitor.get(link).body.decode()


def test_the_style_comes_from_the_service_itself() -> None:
    with World() as world:
        style = Visitor(world).get("/v1/reply/style.css")
        assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert b"url(" not in style.body


# --- an answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"answer=will_avoid", FORM),
        (b'{"answer": "will_avoid"}', JSON),
        (b"x=1&answer=will_avoid", [("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")]),
    ],
)
def test_an_answer_is_taken_once_and_on_record_as_attested(
    body: bytes, headers: list[tuple[str, str]]
) -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        taken = post.visitor.post(link, body, headers=headers)
        assert (taken.status, taken.json()["answer"], taken.json()["exercise"]) == (
            200,
            "will_avoid",
            "EXERCISE",
        )
        assert (taken.json()["attested"], taken.json()["signed"]) == (True, False)
        assert post.attested(clinic.sid) == [("link", "smtp", "will_avoid")]
        given_ms = taken.json()["at_ms"]
        world.pass_ms(HOUR_MS)
        again = post.give(link, "disputed")
        assert (again.status, again.slug) == (409, "reply-used")
        assert (again.json()["answer"], again.json()["answered_ms"]) == ("will_avoid", given_ms)
        assert "we will avoid it" in post.visitor.get(link).body.decode()
        assert post.attested(clinic.sid) == [("link", "smtp", "will_avoid")]
        assert 'standclear_replies_total{by="link"} 1.0' in post.visitor.get("/metrics").body.decode()
        shown = post.visitor.get("/health").json()["channels"]["replies"]
        assert shown == {"taken": 1, "used": 1, "unknown": 0, "expired": 0, "unsaid": 0, "locked": 0}


JUNK = {
    "nothing": (b"", FORM),
    "another word": (b"answer=agreed", FORM),
    "an answer to something else": (b"answer=ceased", FORM),
    "two answers": (b"answer=noted&answer=disputed", FORM),
    "no answer": (b"noted", FORM),
    "no sort": (b"answer=noted", []),
    "not UTF-8": (b"answer=\xff\xfe", FORM),
    "many fields": (b"&".join(b"a%d=1" % number for number in range(40)), FORM),
    "broken JSON": (b'{"answer": ', JSON),
    "a list": (b'["noted"]', JSON),
    "a number": (b'{"answer": 1}', JSON),
    "deep": (b"[" * 4_000, JSON),
}


@pytest.mark.parametrize("name", JUNK)
def test_what_is_no_answer_is_refused_and_uses_nothing_up(name: str) -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        body, headers = JUNK[name]
        refused = post.visitor.post(link, body, headers=headers)
        assert (refused.status, refused.slug, refused.json()["field"]) == (400, "malformed", "answer")
        assert post.attested(clinic.sid) == []
        assert post.give(link, "noted").status == 200


def test_too_much_is_refused_before_it_is_read() -> None:
    with World() as world:
        post = Post.of(world)
        post.clinic()
        link = post.link()
        refused = post.visitor.post(link, b"answer=" + b"x" * REPLY_REQUEST_BYTES, headers=FORM)
        assert (refused.status, refused.json()["limit"]) == (413, "REPLY_REQUEST_BYTES")


def test_a_person_is_told_in_their_language_why_nothing_was_taken() -> None:
    with World() as world:
        post = Post.of(world, language="fr")
        post.clinic()
        link = post.link()
        post.give(link, "noted")
        used = post.give(link, "noted", headers=[*FORM, *HTML])
        assert (used.status, used.headers["content-type"]) == (409, "text/html; charset=utf-8")
        assert "Ce lien a déjà servi à répondre" in used.body.decode()
        unknown = post.visitor.get(
            f"/v1/reply/{b64u(bytes(16))}", headers=[*HTML, ("accept-language", "de-DE, ar;q=0.8")]
        )
        assert (unknown.status, 'dir="rtl"' in unknown.body.decode()) == (404, True)
        junk = post.visitor.get(f"{link}", headers=[*HTML, ("accept-language", "\xff;;,q=")])
        assert junk.status == 200


def test_a_link_answers_for_a_week_and_a_key_for_ever() -> None:
    with World() as world:
        post = Post.of(world)
        first, second = post.clinic(), world.site(post.south, told(post.north), at=(37.0, 36.0))
        links = {one.parcel.sid: one.reply_url.removeprefix("https://line.example") for one in post.letters()}
        assert post.give(links[second.sid], "noted").status == 200
        world.pass_ms(REPLY_LIFE_MS + 2_000)
        for reply in (post.visitor.get(links[first.sid]), post.give(links[first.sid], "noted")):
            assert (reply.status, reply.slug) == (410, "reply-expired")
        assert post.visitor.get(links[second.sid]).status == 200  # what was answered stays shown
        world.acknowledge(post.north, sids=[first.sid])
        assert world.query.ladders(post.south.id, first.sid)[0].rung() == "acknowledged"


# --- guessing -------------------------------------------------------------------------------------


def guess(number: int) -> str:
    return f"/v1/reply/{b64u(number.to_bytes(16, 'big'))}"


@pytest.mark.parametrize("path", [guess(7), "/v1/reply/short", "/v1/reply/%FF", f"/v1/reply/{'A' * 400}"])
def test_a_code_that_is_none_is_unknown_whatever_it_looks_like(path: str) -> None:
    with World() as world:
        post = Post.of(world)
        for reply in (post.visitor.get(path), post.give(path, "noted")):
            assert (reply.status, reply.slug) == (404, "reply-unknown")


def test_without_channels_every_code_is_unknown() -> None:
    with World() as world:
        for reply in (Visitor(world).get(guess(7)), Visitor(world).post("/v1/reply")):
            assert (reply.status, reply.slug) == (404, "reply-unknown")


def test_an_address_that_guesses_is_not_looked_at_for_an_hour_and_others_are() -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        for number in range(REPLY_WRONG_MAX):
            assert post.visitor.get(guess(number)).slug == "reply-unknown"
        for path in (guess(99), link):
            assert (post.visitor.get(path).slug, post.give(path, "noted").status) == ("overloaded", 503)
        assert post.visitor.get("/health").json()["channels"]["replies"]["locked"] == 1
        assert post.give(link, "noted", address="203.0.113.9").status == 200
        assert post.attested(clinic.sid) == [("link", "smtp", "noted")]
        world.pass_ms(REPLY_WRONG_MS)
        assert post.visitor.get(link).status == 200


def test_guessing_from_many_addresses_is_refused_and_keeps_nobody_out() -> None:
    with World() as world:
        post = Post.of(world)
        clinic = post.clinic()
        link = post.link()
        slugs = [
            post.visitor.get(guess(number), address=f"198.51.100.{number}").slug
            for number in range(REPLY_WRONG_ALL_MAX + 3)
        ]
        assert slugs.index("overloaded") == REPLY_WRONG_ALL_MAX - 1
        assert set(slugs[REPLY_WRONG_ALL_MAX:]) == {"overloaded"}
        assert post.give(link, "noted", address="203.0.113.9").status == 200
        assert post.attested(clinic.sid) == [("link", "smtp", "noted")]
        assert ("warning", "refused") in {(level, event) for level, event, _ in post.visitor.lines.kept}


def test_a_broken_link_that_is_opened_again_and_again_is_one_guess() -> None:
    with World() as world:
        post = Post.of(world)
        post.clinic()
        for _ in range(REPLY_WRONG_MAX + 5):
            assert post.visitor.get(guess(7)).slug == "reply-unknown"
        assert post.visitor.get(post.link()).status == 200


def test_no_line_of_the_log_holds_a_code() -> None:
    with World() as world:
        post = Post.of(world)
        post.clinic()
        link = post.link()
        post.visitor.get(link)
        post.give(link, "noted")
        post.give(link, "noted")
        assert link.rpartition("/")[2] not in repr(post.visitor.lines.kept)
        assert "/v1/reply/{code}" in repr(post.visitor.lines.kept)


# --- by a text from a telephone -------------------------------------------------------------------


def texted(world: World, **changed: Any) -> tuple[Post, Said, str]:
    """A release that went to a telephone, and the short code in its text."""
    post = Post.of(world)
    post.carrying.listed = [replace(telephone(post.north), **changed)]
    post.visitor.front.deliverer = post.carrying.opened()
    clinic = post.clinic()
    return post, clinic, post.letters()[-1].reply_code


WAYS = {
    "a number": lambda code: f"{code} 2",
    "a word": lambda code: f"{code} will_avoid",
    "two words, lower case, no hyphen": lambda code: f" {code.replace('-', '').lower()}  will avoid. ",
    "in two pieces": lambda code: f"{code.replace('-', ' ')}, 2",
    "Arabic digits": lambda code: f"{code} \u0662",
    "what looks alike": lambda code: f"{code.replace('0', 'o').replace('1', 'l')} 2",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_text_with_the_code_answers_however_a_person_types_it(way: str) -> None:
    with World() as world:
        post, clinic, code = texted(world)
        taken = post.text("+0000000001", WAYS[way](code))
        assert (taken.status, taken.json()["answer"], taken.json()["by"]) == (200, "will_avoid", "code")
        assert post.attested(clinic.sid) == [("code", "sms", "will_avoid")]
        again = post.text("+0000000001", WAYS[way](code))  # a gateway sends twice what it is not sure of
        assert (again.status, again.slug) == (409, "reply-used")
        assert post.attested(clinic.sid) == [("code", "sms", "will_avoid")]


def test_the_link_of_a_text_and_its_code_are_one_answer() -> None:
    with World() as world:
        post, clinic, code = texted(world)
        assert post.give(post.link(), "noted").status == 200
        assert post.text("+0000000001", f"{code} 2").slug == "reply-used"
        assert post.attested(clinic.sid) == [("link", "sms", "noted")]


def test_a_code_counts_only_from_the_telephone_that_it_was_sent_to() -> None:
    with World() as world:
        post, clinic, code = texted(world)
        assert post.text("+0000000002", f"{code} 2").slug == "reply-unknown"
        assert post.text("desk@north.example", f"{code} 2").slug == "reply-unknown"
        assert post.attested(clinic.sid) == []


def test_wrong_codes_lock_a_telephone_for_an_hour_and_its_link_still_answers() -> None:
    with World() as world:
        post, clinic, code = texted(world)
        for number in range(SHORT_WRONG_MAX):
            assert post.text("+0000000001", f"0000-000{number} 1").slug == "reply-unknown"
        assert post.text("+0000000001", f"{code} 1").slug == "overloaded"
        world.pass_ms(REPLY_WRONG_MS)
        assert post.text("+0000000001", f"{code} 1").status == 200
        assert post.attested(clinic.sid) == [("code", "sms", "noted")]


def test_wrong_codes_from_many_telephones_lock_all_of_them_and_no_link() -> None:
    with World() as world:
        post, clinic, code = texted(world)
        link = post.link()
        for number in range(SHORT_WRONG_ALL_MAX):
            assert post.text(f"+1{number:09}", "0000-0000 1").slug == "reply-unknown"
        assert post.text("+0000000001", f"{code} 1").slug == "overloaded"
        assert post.give(link, "noted").status == 200
        assert post.attested(clinic.sid) == [("link", "sms", "noted")]


@pytest.mark.parametrize(
    ("message", "field"),
    [("", "message"), ("ok", "message"), ("{code}", "message"), ("{code} 6", "answer"), ("{code} 0", "answer"),
     ("{code} yes", "answer"), ("{code} 1 and more; it is long", "message"), ("\u0000" * 50, "message")],
)  # fmt: skip
def test_a_text_that_is_no_code_and_answer_is_refused_and_locks_nothing(message: str, field: str) -> None:
    with World() as world:
        post, clinic, code = texted(world)
        for _ in range(SHORT_WRONG_MAX + 1):
            refused = post.text("+0000000001", message.replace("{code}", code))
            assert (refused.slug, refused.json()["field"]) == ("malformed", field)
        assert post.text("+0000000001", f"{code} 1").status == 200
        assert post.attested(clinic.sid) == [("code", "sms", "noted")]


def test_only_the_gateway_may_tell_of_a_text_and_only_for_five_minutes() -> None:
    with World() as world:
        post, clinic, code = texted(world)
        old_s = (world.now_ms - GATEWAY_SKEW_MS) // 1000 - 1
        for changed in ({"secret": b"another"}, {"stamp": old_s}, {"stamp": "now"}, {"body": b"{}"}):
            refused = post.text("+0000000001", f"{code} 1", **changed)
            assert (refused.status, refused.slug) == (401, "bad-signature")
        assert post.visitor.post("/v1/reply", b"{}", headers=JSON).slug == "bad-signature"
        assert post.text("+0000000001", "x", event={"event": "sms:sent"}).json()["field"] == "event"
        assert post.text("+0000000001", "x", event={"payload": {}}).json()["field"] == "body"
        assert post.text("+0000000001", "x", event={"deep": json.loads("[" * 900 + "]" * 900)}).status == 400
        assert post.attested(clinic.sid) == []


def test_without_a_signing_key_no_text_is_taken_and_no_code_is_given_out() -> None:
    with World() as world:
        post, _, code = texted(world)
        post.carrying.deliverer.gateway_secret = b""
        assert post.text("+0000000001", f"{code} 1", secret=b"").slug == "bad-signature"
        world.site(post.south, told(post.north), at=(37.0, 36.0))
        assert post.letters()[-1].reply_code == ""


def test_a_short_code_says_nothing_of_the_link_and_looks_like_nothing_else() -> None:
    codes = [short_code(number.to_bytes(16, "big")) for number in range(2_000)]
    assert len(set(codes)) == 2_000
    assert {len(one) for one in codes} == {9}
    assert not set("".join(codes)) & set("ILOU")
