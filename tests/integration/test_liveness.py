"""A lock on a run ends with its process, however that ends."""

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from viral_forge_resources.state.liveness import hold, is_held

_PROGRAM = """
import sys
from viral_forge_resources.state.engine import open_engine
from viral_forge_resources.state.liveness import hold
with hold(open_engine(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _holder(state: sa.Engine, run_id: str) -> Generator[subprocess.Popen[str], None, None]:
    url = state.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    process = subprocess.Popen(  # noqa: S603  this file's own program
        [sys.executable, "-c", _PROGRAM, url, run_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def _locks(state: sa.Engine) -> list[Path]:
    return list((Path(str(state.url.database)).parent / "locks").iterdir())


def _becomes_free(state: sa.Engine, run_id: str) -> bool:
    # PostgreSQL notices within moments that the other end of a connection is gone.
    for _ in range(200):
        if not is_held(state, run_id):
            return True
        Event().wait(0.02)
    return False


def test_a_run_is_held_until_its_process_is_killed(state):
    with _holder(state, "run-1") as process:
        held_before = is_held(state, "run-1")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        assert held_before
        assert _becomes_free(state, "run-1")


def test_a_run_is_held_inside_the_with_and_not_after(state):
    with hold(state, "run-1"):
        assert is_held(state, "run-1")
    assert not is_held(state, "run-1")


def test_one_run_says_nothing_of_another(state):
    with hold(state, "run-1"):
        assert not is_held(state, "run-2")


def test_a_run_is_held_until_its_last_holder_lets_go(state):
    with hold(state, "run-1"):
        with hold(state, "run-1"):
            pass
        assert is_held(state, "run-1")
    assert not is_held(state, "run-1")


def test_a_run_that_failed_is_not_held(state):
    def fail() -> None:
        with hold(state, "run-1"):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert not is_held(state, "run-1")


def test_what_is_no_run_id_is_held_by_nobody_and_cannot_be(state):
    assert not is_held(state, "../state.db")
    with pytest.raises(ValueError, match="no run id"), hold(state, "../state.db"):
        pass


def test_a_held_run_keeps_no_connection_from_others(postgres_state):
    runs = [f"run-{number}" for number in range(20)]
    with ExitStack() as held:
        for run_id in runs:
            held.enter_context(hold(postgres_state, run_id))
        assert all(is_held(postgres_state, run_id) for run_id in runs)


def test_no_lock_file_of_a_finished_run_stays(sqlite_state):
    with hold(sqlite_state, "run-1"):
        assert len(_locks(sqlite_state)) == 1
    assert _locks(sqlite_state) == []


def test_no_lock_file_of_a_killed_run_stays_once_somebody_looked(sqlite_state):
    with _holder(sqlite_state, "run-1") as process:
        process.kill()
        process.wait(timeout=10)
        assert len(_locks(sqlite_state)) == 1
        assert not is_held(sqlite_state, "run-1")
        assert _locks(sqlite_state) == []


def test_a_program_that_a_run_started_does_not_hold_it(sqlite_state):
    with hold(sqlite_state, "run-1"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        assert not is_held(sqlite_state, "run-1")
        child.kill()
