"""Locks that tell whether the process of a run still lives: whoever dies lets go of them."""

import fcntl
import hashlib
import os
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.state.engine import sqlite_folder

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


@contextmanager
def hold(engine: sa.Engine, run_id: str) -> Generator[None, None, None]:
    """Inside the ``with``, and while this process lives, the run counts as alive.

    Raises:
        ValueError: ``run_id`` is no run id.
    """
    if _RUN_ID.fullmatch(run_id) is None:
        raise ValueError(f"{run_id!r} is no run id")
    folder = sqlite_folder(engine)
    if folder is None:
        with _holding_in_postgresql(engine, run_id):
            yield
    else:
        with _holding_file(_lock_path(folder, run_id)):
            yield


def is_held(engine: sa.Engine, run_id: str) -> bool:
    """A living process holds the run; nobody can hold what is no run id."""
    if _RUN_ID.fullmatch(run_id) is None:
        return False
    folder = sqlite_folder(engine)
    if folder is not None:
        return not _is_free(_lock_path(folder, run_id))
    key = _lock_number(run_id)
    with engine.connect() as connection:
        return not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key)))


def _lock_path(folder: Path, run_id: str) -> Path:
    return folder / "locks" / run_id


@contextmanager
def _holding_file(path: Path) -> Generator[None, None, None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _lock_shared(path)
    try:
        yield
    finally:
        _remove_if_alone(path, descriptor)
        os.close(descriptor)


def _lock_shared(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if _is_still_there(path, descriptor):
            return descriptor
        os.close(descriptor)  # its last holder removed it while we waited


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        return _remove_if_alone(path, descriptor)
    finally:
        os.close(descriptor)


def _remove_if_alone(path: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if _is_still_there(path, descriptor):
        path.unlink()
    return True


def _is_still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextmanager
def _holding_in_postgresql(engine: sa.Engine, run_id: str) -> Generator[None, None, None]:
    key = _lock_number(run_id)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # a connection of its own, for as long as the run takes
        connection.execute(sa.select(sa.func.pg_advisory_lock_shared(key)))
        try:
            yield
        finally:
            with suppress(Unreachable):  # where the connection broke, so did the lock
                connection.execute(sa.select(sa.func.pg_advisory_unlock_shared(key)))


def _lock_number(run_id: str) -> int:
    digest = hashlib.sha256(b"viral_forge run " + run_id.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
