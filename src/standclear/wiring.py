"""Wiring: the one place that reads the clock and chance, opens the store, chooses the index, and puts the parts together.

The life of a process, numbered here and at the code:

1. Refuse `python -O`: the assertions are part of the program.
2. The seed: read from the directory, or made there on the first start. It never leaves the file.
3. The store is opened, and the service built from it: everything is derived again and compared.
4. The charter is written, if the log is new; a log that is there must be the one that was meant.
5. The policy file is written, for readers to be given by another way.
6. Requests are taken until a signal, or until the service fails: then the process ends and says so.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import httpx2
import structlog
import uvicorn
import uvloop

from standclear.channels.gateway import MESSAGES, GatewayChannel
from standclear.channels.settings import ChannelSettings, read_channels
from standclear.channels.smtp import SmtpChannel
from standclear.channels.webhook import WebhookChannel
from standclear.config import Config
from standclear.conflicts.candidates import CandidateIndex
from standclear.errors import Fatal, Malformed, ServiceUnavailable, WrongLog
from standclear.flow.clock import Clock, GuardedClock
from standclear.flow.deliver import Deliverer
from standclear.flow.evidence import policy_of
from standclear.flow.identity import service_keys
from standclear.flow.outbox import Channel, Directory
from standclear.flow.ringing import Ringer
from standclear.flow.service import LogDescription, Service
from standclear.keys import sha256
from standclear.limits import CONNECTIONS_MAX, KEEP_ALIVE_S, STOPPING_MS
from standclear.statements.canonical import b64u, from_b64u
from standclear.stores.outbox import SqliteOutbox
from standclear.stores.rtree import RTreeIndex
from standclear.stores.sqlite import SqliteLogStore
from standclear.web.app import Door
from standclear.web.front import Front, front_of

SEED_FILE: Final = "service.seed"
POLICY_FILE: Final = "log.policy"
_SEED_MARK: Final = "standclear-service-seed/v1 "
_ORIGIN: Final = "origin"
_COLLECTED_EVERY: Final = 50_000
"""New objects between two looks of the collector: statements make many that live, and hardly a cycle."""
_EXERCISE_ORIGIN: Final = "exercise.standclear.example/trial"
_EXERCISE_NAME: Final = "EXERCISE trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A service that is running, with its store and its directory."""

    service: Service
    store: SqliteLogStore
    policy: Path

    async def close(self) -> None:
        """Stop the service and release the store."""
        try:
            await self.service.stop()
        finally:
            self.store.close()


def wall_ms() -> int:
    """Now by this machine's clock: Unix milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic_ms() -> int:
    """Milliseconds of a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000


def require_assertions() -> None:
    """Refuse to run without assertions: a broken invariant must stop the process.

    Raises:
        Fatal: Python was started with -O.
    """
    if sys.flags.optimize:  # 1
        raise Fatal(
            reason="python -O leaves out the assertions", remedy="start without -O and without PYTHONOPTIMIZE"
        )


# --- the service ----------------------------------------------------------------------------------


async def open_service(config: Config, clock: Clock | None = None) -> Opened:
    """The service of a directory, running; a new log is begun where there is none.

    `clock` is this machine's, guarded, unless another is given: an exercise may be played at another time.

    Raises:
        Malformed, WrongLog: the settings do not fit the log that is there.
        StoreUnavailable, Fatal: it cannot be opened, or must not be.
    """
    require_assertions()
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = SqliteLogStore(config.data)
    try:
        service = _built(config, store, clock)
        await service.start()
        if store.read_head().size == 0:  # 4
            await service.begin(_description(config))
        return Opened(service=service, store=store, policy=_write_policy(config.data, service))
    except BaseException:
        store.close()
        raise


def _built(config: Config, store: SqliteLogStore, given: Clock | None) -> Service:
    head = store.read_head()
    kept = store.find_setting(_ORIGIN)
    origin = config.origin or (kept or b"").decode("utf-8") or (_EXERCISE_ORIGIN if config.exercise else "")
    if not origin:
        raise Malformed("origin", "a new log needs an origin", "name it: --origin log.example.org/province")
    if kept is None:
        store.put_setting(_ORIGIN, origin.encode("utf-8"))
    elif kept.decode("utf-8") != origin:
        raise WrongLog(
            field="origin",
            theirs=origin,
            ours=kept.decode("utf-8"),
            remedy="name another directory or this origin",
        )
    index_name, make_index = _index()
    clock = given or GuardedClock(wall_ms, monotonic_ms, head.last_ms)
    seed = _read_seed(config.data / SEED_FILE, is_new=head.size == 0)  # 2
    keys = service_keys(origin, seed)
    gc.set_threshold(_COLLECTED_EVERY, 50, 100)
    service = Service(  # 3
        store=store,
        keys=keys,
        clock=clock,
        fresh=os.urandom,
        make_index=make_index,
        index_name=index_name,
        parses_apart=(os.cpu_count() or 1) > 1,
        room=lambda: free_bytes(config.data),
    )
    gc.freeze()  # what was rebuilt lives as long as the process: the collector need not visit it again
    charter = service.book.roll.charter
    if charter is not None and charter.service_root != keys.root.public:
        raise WrongLog(
            field="seed", reason="the seed is not that of this log", remedy="put the log's own seed file back"
        )
    if charter is not None and config.exercise and not charter.exercise:
        raise WrongLog(
            field="exercise", reason="this log is real", remedy="give an exercise a directory of its own"
        )
    return service


def free_bytes(directory: Path) -> int:
    """How many bytes are free on a directory's disk for who is not root."""
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize


def _description(config: Config) -> LogDescription:
    name = config.name or (_EXERCISE_NAME if config.exercise else "")
    if not name:
        raise Malformed("name", "a new log needs a name", "name it: --name 'Northern province'")
    return LogDescription(name=name, service_name=config.service_name or name, exercise=config.exercise)


def _index() -> tuple[str, Callable[[], CandidateIndex]]:
    """The native engine where it is installed, else SQLite's R*Tree; the start, /health and /v1/log say which."""
    if find_spec("standclear_engine") is None:
        return "rtree", RTreeIndex
    from standclear.stores.native import NativeIndex

    return "native", NativeIndex


def read_service_seed(directory: Path) -> bytes:
    """The seed of a service's directory: for its keeper's own acts, such as admitting a party.

    Raises:
        Fatal: there is none, others may read it, or it is not a seed.
    """
    return _read_seed(directory / SEED_FILE, is_new=False)


def _read_seed(path: Path, *, is_new: bool) -> bytes:
    """The service's 32-byte seed, from a file that its owner alone may read; made where a log is new.

    Raises:
        Fatal: the file is readable by others, is missing beside a log, or is not a seed.
    """
    if not path.exists():
        if not is_new:
            raise Fatal(
                file=str(path), reason="the log is here and its seed is not", remedy="put the seed file back"
            )
        _write_seed(path, os.urandom(32))
    if path.stat().st_mode & 0o077:
        raise Fatal(file=str(path), reason="others may read the service's seed", remedy=f"chmod 600 {path}")
    line = path.read_text("ascii", errors="replace").strip()
    try:
        return from_b64u(line.removeprefix(_SEED_MARK), 32, "seed")
    except Malformed:
        raise Fatal(file=str(path), reason="not a service's seed", remedy="put the seed file back") from None


def _write_seed(path: Path, seed: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{_SEED_MARK}{b64u(seed)}\n")
        file.flush()
        os.fsync(file.fileno())


def _write_policy(directory: Path, service: Service) -> Path:
    """The log's keys as a policy file: what a reader must be given by another way than the log itself."""
    path = directory / POLICY_FILE
    path.write_bytes(policy_of(service))
    return path


# --- the process ----------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """Uvicorn without its own way with signals: ours ends the live streams first, and the store is closed after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield


def log_to_stderr(level: str) -> Any:
    """The service's structured log: one JSON object a line, on stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    return structlog.get_logger()


def run_until_stopped(
    config: Config,
    told: Callable[[str, Path], None],
    beside: Callable[[Service], Awaitable[None]] | None = None,
    clock: Clock | None = None,
) -> None:
    """`serve` in an event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(config, told, beside, clock))


async def serve(
    config: Config,
    told: Callable[[str, Path], None],
    beside: Callable[[Service], Awaitable[None]] | None = None,
    clock: Clock | None = None,
) -> None:
    """Run the service until a signal; `told(address, policy file)` is called once it listens.

    `beside` runs in the same loop once requests are taken (the demo's story); its end does not end the service.

    Raises:
        StandclearError: it could not start, or it failed while it ran.
    """
    log = log_to_stderr(config.log_level)
    listening = _listen(config)
    opened = await open_service(config, clock)
    service = opened.service
    shown = front_of(service, address_rate_s=config.address_rate_s, session_rate_s=config.session_rate_s)
    server = _Server(_uvicorn_config(config, Door(shown, log)))
    _stop_on_signals(server, shown)
    log.info("started", address=_address(listening), index=service.index_name, size=service.size)
    told(_address(listening), opened.policy)
    watched = [service.failure(), *([beside(service)] if beside else [])]
    try:
        async with carrying(config, service) as deliverer:
            shown.deliverer = deliverer
            await serve_until_stopped(
                server, listening, [*watched, *([] if deliverer is None else [deliverer.run()])]
            )  # 6
    finally:
        shown.close()
        await opened.close()
        log.info("stopped", size=service.size)


@asynccontextmanager
async def carrying(config: Config, service: Service) -> AsyncIterator[Deliverer | None]:
    """The service's channels with their outbox, as the settings name them; None where there are none.

    Raises:
        Malformed: the file of the channels cannot be read, or something in it is wrong.
        StoreUnavailable: the outbox cannot be opened.
    """
    if not config.channels:
        yield None
        return
    settings = read_channels(_text_of(Path(config.channels)))
    outbox = SqliteOutbox(config.data)
    try:
        async with httpx2.AsyncClient() as client:
            deliverer = Deliverer(
                service=service,
                outbox=outbox,
                channels=_channels(settings, client),
                directory=Directory(settings.addresses),
                code_key=sha256(b"standclear/codes/v1\n", read_service_seed(config.data)),
                reply_url=f"{config.reply_url.rstrip('/')}/v1/reply" if config.reply_url else "",
                gateway_secret=settings.gateway.signing_key.encode() if settings.gateway else b"",
            )
            service.ahead = Ringer(deliverer)
            yield deliverer
            service.ahead = None
    finally:
        outbox.close()


def _channels(settings: ChannelSettings, client: httpx2.AsyncClient) -> dict[str, Channel]:
    found: list[Channel] = [WebhookChannel(client, settings.secrets, wall_ms)]
    if settings.smtp is not None:
        found.append(SmtpChannel(settings.smtp))
    if settings.gateway is not None:
        found += [
            GatewayChannel(name, client, settings.gateway.url, settings.gateway.token) for name in MESSAGES
        ]
    return {one.name: one for one in found}


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise Malformed("channels", f"{path}: others may read its secrets", f"chmod 600 {path}")
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Malformed("channels", f"{path}: {error}", "name a file that can be read") from None


def _stop_on_signals(server: uvicorn.Server, shown: Front) -> None:
    """A signal takes no more requests, ends the live streams, and lets answers under way be given."""

    def stop() -> None:
        server.should_exit = True
        shown.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def serve_until_stopped(
    server: uvicorn.Server, listening: socket.socket, watched: list[Awaitable[None]]
) -> None:
    """Serve until the server ends; if something that is watched fails, end it, and raise what that failed with."""
    serving = asyncio.create_task(server.serve([listening]))
    others = {asyncio.ensure_future(one) for one in watched}
    failed: BaseException | None = None
    while not serving.done():
        done, _ = await asyncio.wait({serving, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in done & others:
            others.discard(task)
            failed = failed or task.exception()
        server.should_exit = server.should_exit or failed is not None
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    if failed is not None:
        raise failed
    serving.result()


def _uvicorn_config(config: Config, door: Door) -> uvicorn.Config:
    return uvicorn.Config(
        door,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(config.proxies),
        forwarded_allow_ips=config.proxies or None,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOPPING_MS // 1000,
    )


def _listen(config: Config) -> socket.socket:
    host, port = config.host_and_port()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(CONNECTIONS_MAX)  # who comes before the first accept waits, and is not refused
    except OSError as error:
        listening.close()
        raise ServiceUnavailable(
            address=config.listen, reason=error.strerror, remedy="listen elsewhere: --listen HOST:PORT"
        ) from error
    listening.set_inheritable(False)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
