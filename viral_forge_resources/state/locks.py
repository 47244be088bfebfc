"""Locks that one process holds at a time; whoever dies lets go of them.

No transaction is open while one is held: what happens inside may take as long as a network call.
"""

import fcntl
import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.state.engine import sqlite_folder


@contextmanager
def alone(engine: sa.Engine, name: str) -> Generator[None]:
    """Inside, nobody else holds ``name``: no other process, and no other thread of this one.

    Waits until it is free. It is a file's lock beside SQLite, an advisory lock in PostgreSQL.
    """
    digest = hashlib.sha256(b"viral_forge lock " + name.encode()).digest()
    folder = sqlite_folder(engine)
    if folder is None:
        with _alone_in_postgresql(engine, int.from_bytes(digest[:8], "big", signed=True)):
            yield
        return
    # The file stays: one that is removed while another process waits for it would lock nobody out.
    path = folder / "locks" / f"alone-{digest.hex()[:32]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _alone_in_postgresql(engine: sa.Engine, key: int) -> Generator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # a connection of its own: the pool's few are for statements
        connection.execute(sa.select(sa.func.pg_advisory_lock(key)))
        try:
            yield
        finally:
            with suppress(Unreachable):  # where the connection broke, so did the lock
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
