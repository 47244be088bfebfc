"""Opens the state database and brings its tables up to date."""

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from viral_forge_resources.contracts.errors import Misconfigured, Unreachable

HEAD = "0017"
"""Newest revision in ``migrations``; here, so that a start need not import Alembic."""

VERSION_TABLE = "viral_forge_version"
"""Not Alembic's usual name: Dagster keeps its own version under that one, maybe in our database."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_S = 30
_CONNECT_TIMEOUT_S = 10
_MIGRATION_LOCK = 0x76666D67  # an arbitrary number that nothing else in the database locks
_WRITES = "viral_forge_writes"
_MIGRATES = "viral_forge_migrates"
_NOT_OURS = (
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "unable to open database file",
    "file is not a database",
    "readonly database",
    "permission denied",
)


class _SqliteEngine(sa.Engine):
    """``begin()`` takes the write lock at once; ``connect()`` reads and is in nobody's way.

    A transaction that first reads and then wants to write would fail at once, without waiting,
    where another process wrote in between.
    """

    @contextmanager
    def begin(self) -> Generator[sa.Connection, None, None]:
        """A connection in a transaction that no other writer can start beside."""
        with (
            self.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection


def open_engine(url: str) -> sa.Engine:
    """The state database at ``url``; read with ``connect()``, write with ``begin()``.

    Safe to share between threads; a process that forks opens its own.

    Raises:
        Misconfigured: ``url`` names no database that can hold state.
    """
    parsed = _parse(url)
    engine = _open_sqlite(parsed) if _is_sqlite(parsed) else _open_postgresql(parsed)
    sa.event.listen(engine, "handle_error", _translate)
    return engine


def ping(engine: sa.Engine) -> None:
    """Ask the database for a sign of life.

    Raises:
        Unreachable: it does not answer.
        Misconfigured: it does not let us in.
    """
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def sqlite_folder(engine: sa.Engine) -> Path | None:
    """The folder that the SQLite file lies in; None on PostgreSQL."""
    return Path(str(engine.url.database)).parent if _is_sqlite(engine.url) else None


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date; any number of processes may do so at once.

    Raises:
        Misconfigured: a newer version of this program made the database.
        Unreachable: it does not answer.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    from alembic.command import upgrade
    from alembic.util import CommandError

    with migrating(engine) as config:
        try:
            upgrade(config, "head")
        except CommandError as error:
            raise Misconfigured(
                f"the state database at {_shown(engine.url)} cannot be brought up to date: {error}."
                " A newer version of viral_forge made it: install that one."
            ) from error


@contextmanager
def migrating(engine: sa.Engine) -> Generator[Any, None, None]:
    """Alembic's configuration for one transaction that migrates alone: all of it, or nothing."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    alone = engine.execution_options(**{_WRITES: True, _MIGRATES: True})
    with alone.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        yield config
        if connection.dialect.name == "sqlite":
            _check_references(connection)


def _check_references(connection: sa.Connection) -> None:
    broken = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if broken:
        raise Misconfigured(
            f"a migration left rows of {', '.join(sorted(broken))} without what they refer to;"
            " the state database is as it was."
        )


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    versions = sa.table(VERSION_TABLE, sa.column("version_num"))
    revision: str | None = connection.scalar(sa.select(versions.c.version_num))
    return revision


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise Misconfigured(
            "the state database's URL cannot be read. It reads sqlite:///PATH or"
            " postgresql://USER:PASSWORD@HOST/DATABASE."
        ) from error.with_traceback(None)
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg2")
    if not _is_sqlite(parsed):
        raise Misconfigured(f"state lives in SQLite or PostgreSQL, not in {_shown(parsed)}.")
    if parsed.database in {None, "", ":memory:"} or str(parsed.database).startswith("file:"):
        raise Misconfigured(
            "state outlives a process: give SQLite a file, such as sqlite:///state.db."
        )
    return parsed.set(database=str(Path(str(parsed.database)).expanduser().absolute()))


def _is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _shown(url: sa.URL) -> str:
    return url.render_as_string(hide_password=True)


def _open_sqlite(url: sa.URL) -> sa.Engine:
    _create_file(Path(str(url.database)))
    made = sa.create_engine(
        url,
        poolclass=NullPool,  # opening costs 0.2 ms; a kept connection would cross forks
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
        hide_parameters=True,
    )
    engine = _SqliteEngine(made.pool, made.dialect, made.url, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_file(path: Path) -> None:
    # SQLite does not wait for others while a file becomes a WAL one: the folder's lock does.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise Misconfigured(f"no state database can be kept at {path}: {error}.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Misconfigured(f"no state database can be kept at {path}: {error}.") from error
    finally:
        os.close(folder)


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001  SQLAlchemy passes it
    connection.isolation_level = None  # sqlite3 would begin late and by itself
    connection.execute("PRAGMA foreign_keys=ON")
    # Every commit reaches the disk: a claim lost with the power would be posted a second time.
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_MIGRATES, False):
        # A table made anew is dropped in between: what refers to it is checked at the end instead.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


def _open_postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(
            url,
            pool_size=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "viral_forge"},
            hide_parameters=True,
        )
    except NoSuchModuleError as error:
        raise Misconfigured(f"no driver opens {_shown(url)}.") from error


def _translate(context: Any) -> None:  # noqa: ANN401  SQLAlchemy's ExceptionContext, a mere protocol
    error = context.original_exception
    if context.is_pre_ping or not isinstance(error, context.dialect.loaded_dbapi.Error):
        return
    where = f"the state database at {_shown(context.engine.url)}"
    message = " ".join(str(error).split())
    is_opening = context.connection is None
    if is_opening and any(words in message for words in _NOT_OURS):
        raise Misconfigured(f"{where} does not let us in: {message}") from error
    if is_opening or context.is_disconnect or "database is locked" in message:
        raise Unreachable(f"{where} does not answer: {message}") from error
