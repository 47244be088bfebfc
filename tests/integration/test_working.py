import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fakes import jobs
from tests.fakes.quota import FakeQuotaLedger
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    QuotaSpent,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.working import ProcessWorkers

_BUCKET = Bucket(platform="p", name="search", limit=1, window=Window.DAY)


def _workers(at_once: int = 4) -> ProcessWorkers:
    return ProcessWorkers(ledger=FakeQuotaLedger(), at_once=at_once, jobs=jobs)


def _run(job: str, arguments: Mapping[str, object], *, deadline_s: float = 60) -> Any:
    return asyncio.run(_workers().run(job, arguments, deadline_s=deadline_s))


def _appeared(file: Path) -> list[int]:
    """The process numbers in ``file``, once they are there."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if file.exists() and (text := file.read_text(encoding="utf-8")):
            return [int(number) for number in text.split()]
    raise AssertionError("the job did not start")


def _are_gone(pids: list[int]) -> bool:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if not any(_is_running(pid) for pid in pids):
            return True
    return False


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_job_answers_and_leaves_nothing_behind():
    answer = _run("echo", {"q": "katzen ☃\n"})
    assert answer["arguments"] == {"q": "katzen ☃\n"}
    assert not Path(answer["folder"]).exists()


def test_a_job_that_hangs_is_ended_with_its_children_at_the_deadline(tmp_path):
    begun = time.monotonic()
    with pytest.raises(Unreachable, match=r"the hang job took longer than 3 s"):
        _run("hang", {"file": str(tmp_path / "pids")}, deadline_s=3)
    assert time.monotonic() - begun < 20
    assert _are_gone(_appeared(tmp_path / "pids"))


def test_a_scan_that_is_given_up_ends_its_job(tmp_path):
    async def given_up() -> list[int]:
        running = asyncio.create_task(
            _workers().run("hang", {"file": str(tmp_path / "pids")}, deadline_s=600)
        )
        pids = await asyncio.to_thread(_appeared, tmp_path / "pids")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return pids

    assert _are_gone(asyncio.run(given_up()))


def test_a_job_ends_when_the_process_that_started_it_dies(tmp_path):
    request = {
        "arguments": {"file": str(tmp_path / "pids")},
        "folder": str(tmp_path),
        "allow_private_addresses": True,
    }
    command = [sys.executable, "-m", "tests.fakes.jobs.hang"]
    with subprocess.Popen(  # noqa: S603  our own module
        command, stdin=subprocess.PIPE, text=True, start_new_session=True
    ) as job:
        assert job.stdin is not None
        job.stdin.write(json.dumps(request) + "\n")
        job.stdin.flush()
        pids = _appeared(tmp_path / "pids")
    assert _are_gone(pids)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("flood", "the fail job answers with more than 8,000,000 bytes"),
        ("death", "the fail job ended without an answer"),
        ("exception", "the fail job ended with ZeroDivisionError"),
    ],
)
def test_a_job_without_a_usable_answer_is_tried_again_later(how, words):
    with pytest.raises(UnexpectedAnswer, match=words) as caught:
        _run("fail", {"how": how})
    assert "s3cret" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to the memory limit")
def test_a_job_that_wants_all_the_memory_fails_alone():
    with pytest.raises(UnexpectedAnswer, match="needs more memory"):
        _run("fail", {"how": "hunger"})


def test_a_refusal_inside_a_job_is_ours_outside():
    with pytest.raises(RateLimited, match=r"example\.com") as caught:
        _run("fail", {"how": "refusal"})
    assert caught.value.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("job", ["nothing", "parts", "__init__", "../echo", "echo.__name__", ""])
def test_only_files_of_the_package_are_jobs(job):
    with pytest.raises(Misconfigured, match="There are: echo, fail, hang"):
        _run(job, {})


def test_a_job_is_counted_before_it_starts_and_not_started_beyond_the_limit(tmp_path):
    workers = _workers()
    uses = (Use(bucket=_BUCKET),)
    asyncio.run(workers.run("echo", {}, deadline_s=60, uses=uses))
    arguments = {"file": str(tmp_path / "pids")}
    with pytest.raises(QuotaSpent):
        asyncio.run(workers.run("hang", arguments, deadline_s=60, uses=uses))
    assert not (tmp_path / "pids").exists()


def test_further_jobs_wait_their_turn():
    async def three() -> list[Any]:
        workers = _workers(at_once=1)
        return await asyncio.gather(*(workers.run("echo", {}, deadline_s=60) for _ in range(3)))

    answers = sorted(asyncio.run(three()), key=lambda answer: answer["from"])
    assert all(first["to"] <= second["from"] for first, second in pairwise(answers))
