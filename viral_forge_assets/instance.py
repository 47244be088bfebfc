"""The Dagster instance in the studio's home folder, and the processes that serve it."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from viral_forge_resources.contracts.errors import Misconfigured

_STOP_WITHIN_S = 20


def prepare_dagster_home(home: Path, project: Path) -> Path:
    """Dagster's folder under ``home``, with the project's ``dagster.yaml`` linked into it.

    Raises:
        Misconfigured: ``project`` holds no ``dagster.yaml``.
    """
    config = (project / "dagster.yaml").resolve()
    if not config.is_file():
        raise Misconfigured(f"there is no dagster.yaml in {project}: start from the project's root")
    folder = (home / "dagster").resolve()
    if not folder.exists():
        _set_up(folder, config)
    _link(folder, config)
    return folder


def _set_up(folder: Path, config: Path) -> None:
    """Dagster's databases, there whole or not at all.

    Dagster makes them table by table: killed on the way, it would ask for a migration by hand.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".dagster-", dir=folder.parent) as scratch:
        whole = Path(scratch) / folder.name
        whole.mkdir()
        _link(whole, config)
        with dg.DagsterInstance.from_config(str(whole)):
            pass  # opening makes them
        try:
            whole.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first
                raise


def _link(folder: Path, config: Path) -> None:
    link = folder / "dagster.yaml"
    if not link.is_symlink() or link.resolve() != config:
        link.unlink(missing_ok=True)
        link.symlink_to(config)


def open_instance(home: Path, project: Path) -> dg.DagsterInstance:
    """The instance that ``viral-forge up`` shows."""
    return dg.DagsterInstance.from_config(str(prepare_dagster_home(home, project)))


def serve(commands: Sequence[Sequence[str]], *, dagster_home: Path) -> int:
    """Run ``commands`` beside each other until one ends or Ctrl-C; then stop the others.

    Returns:
        The exit status of the one that ended first; 0 after Ctrl-C or a request to terminate.
    """
    for request in (signal.SIGTERM, signal.SIGHUP):  # else the others would live on, unseen
        if signal.getsignal(request) is not signal.SIG_IGN:  # as nohup asks
            signal.signal(request, signal.default_int_handler)
    with_home = ["env", f"DAGSTER_HOME={dagster_home}"]
    running = [
        subprocess.Popen([*with_home, *command], start_new_session=True)  # noqa: S603  our own words
        for command in commands
    ]
    try:
        return _first_to_end(running)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(running)


def _first_to_end(running: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for process in running:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue


def _stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    for process in running:
        try:
            process.wait(timeout=_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with what it started itself
