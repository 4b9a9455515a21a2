"""Settings are read strictly: a misspelt one is refused, and each has its line in the operators' page."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from repository import ROOT
from standclear.config import NAMES, Config, read_config
from standclear.errors import Malformed

PAGE = (ROOT / "docs" / "operations" / "configuration.md").read_text("utf-8")


def test_the_command_line_stands_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('listen = "127.0.0.1:1"\nname = "File"\norigin = "file.example/log"\n')
    environment = {"STANDCLEAR_NAME": "Environment", "STANDCLEAR_LISTEN": "127.0.0.1:2", "HOME": "/"}
    config = read_config(file, environment, {"listen": "127.0.0.1:3", "name": None})
    assert ("127.0.0.1:3", "Environment", "file.example/log") == (config.listen, config.name, config.origin)


def test_the_variables_of_a_desk_are_no_settings_of_the_service() -> None:
    assert Config() == read_config(None, {"STANDCLEAR_HOME": "/x", "STANDCLEAR_PASSPHRASE": "y"}, {})


@pytest.mark.parametrize(
    ("file", "environment", "field"),
    [
        ("listne = 'x'", {}, "listne"),
        ("listen = 8440", {}, "listen"),
        ("listen = 'nowhere'", {}, "listen"),
        ("listen = '127.0.0.1:70000'", {}, "listen"),
        ("exercise = 'yes'", {}, "exercise"),
        ("address_rate_s = 0", {}, "address_rate_s"),
        ("address_rate_s = 1.5", {}, "address_rate_s"),
        ("log_level = 'loud'", {}, "log_level"),
        ("reply_url = 'http://line.example'", {}, "reply_url"),
        ("reply_url = 'line.example'", {}, "reply_url"),
        ("reply_url = 'https://line.example/?a=b'", {}, "reply_url"),
        ("reply_url = 'https://line.example:port'", {}, "reply_url"),
        ("reply_url = 'https://[::1'", {}, "reply_url"),
        ("name = ", {}, "config"),
        ("", {"STANDCLEAR_LISTNE": "x"}, "STANDCLEAR_LISTNE"),
        ("", {"STANDCLEAR_EXERCISE": "1"}, "exercise"),
        ("", {"STANDCLEAR_SESSION_RATE_S": "many"}, "session_rate_s"),
    ],
)
def test_what_is_no_setting_or_not_of_its_kind_is_refused_with_its_name_and_a_remedy(
    tmp_path: Path, file: str, environment: dict[str, str], field: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(file)
    with pytest.raises(Malformed) as refused:
        read_config(path, environment, {})
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as refused:
        read_config(tmp_path / "none.toml", {}, {})
    assert refused.value.field == "config"


@pytest.mark.parametrize("url", ["https://line.example/north", "http://127.0.0.1:8440", "http://[::1]:8440"])
def test_links_lead_through_tls_or_stay_on_this_machine(url: str) -> None:
    assert url == read_config(None, {"STANDCLEAR_REPLY_URL": url}, {}).reply_url


@pytest.mark.parametrize(
    ("listen", "expected"), [("127.0.0.1:0", ("127.0.0.1", 0)), ("[::1]:8440", ("::1", 8440))]
)
def test_an_address_is_a_host_and_a_port(listen: str, expected: tuple[str, int]) -> None:
    assert expected == read_config(None, {"STANDCLEAR_LISTEN": listen}, {}).host_and_port()


def told(value: Any) -> str:
    """A default as the page writes it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if str(value) else "none"


def test_the_page_lists_every_setting_with_its_variable_and_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\S+) \| (.{10,}) \|$", PAGE, re.MULTILINE)
    assert [(name, f"STANDCLEAR_{name.upper()}") for name in NAMES] == [
        (name, variable) for name, variable, _, _ in rows
    ]
    defaults = {field.name: told(getattr(Config(), field.name)) for field in dataclasses.fields(Config)}
    assert defaults == {name: default for name, _, default, _ in rows}
