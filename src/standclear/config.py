"""The service's settings: a TOML file, then STANDCLEAR_* variables over it, then what the command line says. Strictly.

A setting that nobody knows is refused: a misspelt limit must not be a limit that does not hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from standclear.errors import Malformed
from standclear.limits import ADDRESS_RATE_S, SESSION_RATE_S

PREFIX: Final = "STANDCLEAR_"
OF_A_DESK: Final = frozenset({"STANDCLEAR_HOME", "STANDCLEAR_PASSPHRASE"})
"""Variables of the desk's commands, which may be set where a service is started too."""

LOG_LEVELS: Final = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting of a service. docs/operations/configuration.md says what each is for, and a test compares."""

    data: Path = Path("var/standclear")
    listen: str = "127.0.0.1:8440"
    origin: str = ""
    name: str = ""
    service_name: str = ""
    exercise: bool = False
    address_rate_s: int = ADDRESS_RATE_S
    session_rate_s: int = SESSION_RATE_S
    proxies: str = ""
    log_level: str = "info"
    channels: str = ""
    reply_url: str = ""

    def host_and_port(self) -> tuple[str, int]:
        """Where to listen: `HOST:PORT`, an IPv6 host in brackets, port 0 for any that is free.

        Raises:
            Malformed: it is neither.
        """
        host, colon, port = self.listen.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65_536):
            raise Malformed(
                "listen",
                f"{self.listen!r} is not HOST:PORT",
                "write for example 127.0.0.1:8440 or [::1]:8440",
            )
        return host.removeprefix("[").removesuffix("]"), int(port)


NAMES: Final = tuple(one.name for one in fields(Config))


def read_config(file: Path | None, environment: Mapping[str, str], given: Mapping[str, Any]) -> Config:
    """The settings from a file, the environment and the command line, each over the one before.

    `given` holds settings by name; None stands for one that was not given.

    Raises:
        Malformed: an unknown setting, or a value that is not of its kind; the field says which and where.
    """
    found: dict[str, Any] = {} if file is None else _of_file(file)
    found |= _of_environment(environment)
    found |= {name: value for name, value in given.items() if value is not None}
    unknown = sorted(set(found) - set(NAMES))
    if unknown:
        raise Malformed(unknown[0], "no such setting", f"the settings are: {', '.join(NAMES)}")
    config = Config(**{name: _typed(name, value) for name, value in found.items()})
    config.host_and_port()
    _check_reply_url(config.reply_url)
    _one_of("log_level", config.log_level, LOG_LEVELS)
    return config


def _of_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Malformed("config", f"{file}: {error.strerror}", "name a file that can be read") from None
    except ValueError as error:
        raise Malformed("config", f"{file}: {error}", "mend the TOML") from None


def _of_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and variable not in OF_A_DESK:
            name = variable.removeprefix(PREFIX).lower()
            if name not in NAMES:
                raise Malformed(variable, "no such setting", f"unset it, or use one of: {', '.join(NAMES)}")
            found[name] = text
    return found


def _typed(name: str, value: Any) -> Any:
    """A value as its setting's kind: texts of the environment are read, those of the file must be of it already."""
    default = getattr(_DEFAULTS, name)
    if isinstance(default, Path) and isinstance(value, str | Path):
        return Path(value)
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise Malformed(name, f"{value!r} is neither true nor false", "write true or false")
    if isinstance(default, int):
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if type(number) is not int or not 1 <= number <= 1_000_000:
            raise Malformed(name, f"{value!r} is not a number from 1 to 1000000", "write a whole number")
        return number
    if type(value) is not str:
        raise Malformed(name, f"{value!r} is not a text", "put it in quotes")
    return value


_DEFAULTS: Final = Config()


def _check_reply_url(url: str) -> None:
    """Links carry a code each: they lead through TLS, or stay on this machine."""
    try:
        found = urlsplit(url)
        is_here = found.hostname in ("localhost", "127.0.0.1", "::1")
        is_plain = bool(found.hostname) and not (found.query or found.fragment or found.username)
        is_taken = is_plain and (found.scheme == "https" or (found.scheme == "http" and is_here))
        is_taken = is_taken and found.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        is_taken = False
    if url and not is_taken:
        raise Malformed("reply_url", f"{url!r} is no https address", "write for example https://line.example")


def _one_of(name: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise Malformed(name, f"{value!r} is not one of: {', '.join(words)}", "use one of these words")
