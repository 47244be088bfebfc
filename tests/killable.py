"""The whole chain in a process of its own that can be killed at named moments.

A server that has imported everything forks one process a run: a run costs what it does, not what
importing costs. The moments: the name of each job as it starts, ``stored GROUP/FILE``, and
``claimed`` and ``posted`` around handing the post to its publisher.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil
import pytest

_PROJECT = Path(__file__).parents[1]
_FFMPEG_COMES_WITHIN_S = 60
_IMPORTED_ONCE = ["tests.killable", "tests.studio", "viral_forge_assets.operating", "av", "PIL"]


def start(home: Path, video: Path, *, dies_at: str | None = None) -> BaseProcess:
    """A process that takes the video through the chain, up to its post and its results."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(_IMPORTED_ONCE)
    process = processes.Process(target=_run, args=(home, video, dies_at))
    process.start()
    return process


def wait_for_ffmpeg(process: BaseProcess) -> list[psutil.Process]:
    """All that the process had started at the moment when FFmpeg was among it."""
    for _ in range(_FFMPEG_COMES_WITHIN_S * 100):
        process.join(0.01)
        started = psutil.Process(process.pid).children(recursive=True)
        if any("ffmpeg" in _name(each) for each in started):
            return started
    raise AssertionError("FFmpeg never ran")


def _run(home: Path, video: Path, dies_at: str | None) -> None:
    from tests.studio import tiny_recipes
    from viral_forge_assets.definitions import build_definitions, open_state
    from viral_forge_assets.demo import Demo
    from viral_forge_assets.instance import open_instance
    from viral_forge_resources.publishers.folder import FolderPublisher
    from viral_forge_resources.settings import Settings
    from viral_forge_resources.storage.local import LocalStorage
    from viral_forge_resources.voices import espeak

    def moment(name: str) -> None:
        if name == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    class Storage(LocalStorage):
        def put_file(self, path: Path, key: str) -> Any:
            return _told(super().put_file(path, key), moment, key)

        def put_bytes(self, content: bytes, key: str) -> Any:
            return _told(super().put_bytes(content, key), moment, key)

    class Publisher(FolderPublisher):
        def submit(self, post: Any, session: Any) -> Any:
            moment("claimed")
            answer = super().submit(post, session)
            moment("posted")
            return answer

    here = pytest.MonkeyPatch()
    here.setenv("VIRAL_FORGE_HOME", str(home))
    here.chdir(home)  # where no .env is
    settings = Settings(whisper_model="off")
    definitions = build_definitions(
        settings,
        recipes=tiny_recipes(),
        storage=Storage(home / "storage"),
        publishers={
            "folder": Publisher(path=home / "published", reports=home / "reports"),
        },
    )
    with open_instance(home, _PROJECT) as instance:
        Demo(
            definitions=definitions,
            instance=instance,
            state=open_state(settings),
            inbox=home / "inbox",
            say=lambda text: moment(text.partition(" ")[0]),
        ).run(
            video,
            voice=espeak.open_plugin(espeak.Settings()),
            licence="LicenseRef-Own",
            is_approved=True,
        )


def _told(stored: Any, moment: Callable[[str], None], key: str) -> Any:
    moment(f"stored {'/'.join(key.split('/')[-2:])}")
    return stored


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:  # ended since it was listed
        return ""
