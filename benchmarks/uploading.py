"""What it costs to send a file of 2 GB to YouTube, in time against a plain PUT and in memory.

Both send the same sparse file to the same process on the loopback, which takes it as a link of 2.5
Gbit/s would, and forgets it. The plain PUT is httpx's, of the same pieces; ours hashes them on the
way, and gives the last ones out only if all are what was approved.

Told beside it, without a limit, is the loopback as fast as it goes. There sender and receiver keep
two cores busy with 3 GB a second, and SHA-256, at 1.8, finds no third one: what hashing costs is
then all to be seen.
"""

import hashlib
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from threading import Event

import httpx
from pydantic import HttpUrl

from benchmarks._measure import report
from tests.builders import post_text
from tests.fakes.accounts import FakeAccounts
from tests.fakes.lending import FakeLending
from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.session import FakeSession
from tests.fakes.till import FakeTill
from tests.platforms.uploads import Asked, Reply, served
from tests.platforms.youtube_uploads import YoutubeUploads
from viral_forge_resources.contracts.accounts import AccessToken
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.youtube import Settings, open_plugin

_SIZE = 2_000_000_000
_PIECE = 1 << 20
_ROUNDS = 5
_MOST_MIB = 64
_MOST_RATIO = 1.1
_LINK_BYTES_A_S = 2.5e9 / 8
_BARE_ROUNDS = 3


class _Link(YoutubeUploads):
    """YouTube at the end of a link that lets so much through in a second, or all that comes."""

    def __init__(self, bytes_a_s: float | None) -> None:
        super().__init__(keeps=False)
        self.uploads_left = self.channel_uploads_left = 1_000
        self._bytes_a_s = bytes_a_s

    def handle(self, asked: Asked) -> Reply:
        if self._bytes_a_s is not None:
            asked.body = _at_rate(asked.body, self._bytes_a_s)
        return super().handle(asked)


def _at_rate(body: Iterator[bytes], bytes_a_s: float) -> Iterator[bytes]:
    nobody, started, passed = Event(), time.perf_counter(), 0
    for piece in body:
        passed += len(piece)
        early_s = passed / bytes_a_s - _taking_s(started)
        if early_s > 0:
            nobody.wait(early_s)
        yield piece


def _serve(told: Connection, bytes_a_s: float | None) -> None:
    platform = _Link(bytes_a_s)
    token = platform.mint("youtube:main")
    with served(platform) as server:
        told.send((server.url, token))
        told.recv()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _plain(path: Path, url: str, token: str, client: httpx.Client) -> None:
    """A session as ours, and one PUT of the file."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    announced = {"x-upload-content-length": str(_SIZE), "x-upload-content-type": "video/mp4"}
    resource_ = {"snippet": {"title": "plain"}, "status": {"privacyStatus": "private"}}
    opened = client.post(
        f"{url}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status",
        json=resource_,
        headers=headers | announced,
    )
    client.put(
        opened.headers["location"],
        content=_pieces(path),
        headers=headers | {"content-type": "video/mp4", "content-length": str(_SIZE)},
    ).raise_for_status()


def _ours(path: Path, digest: str, number: int, tools: PublishTools, url: str) -> None:
    post = Post(
        publication_id=f"p{number}",
        channel="main",
        content_sha256=digest,
        text=post_text(),
        video=path,
        cover=path,
        subtitles=None,
        due_at=datetime.now(UTC),
        duration_s=60.0,
    )
    open_plugin(Settings(api_url=HttpUrl(url)), tools).submit(post, FakeSession())


def _taking_s(started: float) -> float:
    return time.perf_counter() - started


def _most_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(
    path: Path, url: str, token: str, rounds: int
) -> tuple[list[float], list[float], float]:
    """Seconds of the plain PUT and of ours, round by round, and memory that ours added."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = AccessToken(value=token, account_id="account-main", expires_at=None)
    plain_s, ours_s = [], []
    with httpx.Client(timeout=120) as client:
        tools = PublishTools(
            accounts=FakeAccounts(tokens={"youtube:main": [known]}),
            ledger=FakeQuotaLedger(),
            till=FakeTill(),
            client=client,
            clock=lambda: datetime.now(UTC),
            lending=FakeLending(path.parent / "lent"),
        )
        _plain(path, url, token, client)  # everything is imported and warm
        before_mib = _most_mib()
        for number in range(rounds):
            started = time.perf_counter()
            _ours(path, digest, number, tools, url)
            ours_s.append(_taking_s(started))
            started = time.perf_counter()
            _plain(path, url, token, client)
            plain_s.append(_taking_s(started))
    return plain_s, ours_s, _most_mib() - before_mib


def _over(
    path: Path, bytes_a_s: float | None, rounds: int
) -> tuple[list[float], list[float], float]:
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(theirs, bytes_a_s))
    server.start()
    url, token = ours.recv()
    try:
        return _measured(path, url, token, rounds)
    finally:
        ours.send(None)
        server.join()


def main() -> int:
    """Measure and report; 0 if both figures are within bounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with path.open("wb") as file:
            file.truncate(_SIZE)
        plain_s, ours_s, growth_mib = _over(path, _LINK_BYTES_A_S, _ROUNDS)
        bare_plain_s, bare_ours_s, _ = _over(path, None, _BARE_ROUNDS)
    return max(
        report("upload memory", value=growth_mib, limit=_MOST_MIB, unit="MiB"),
        report(
            "upload against a plain PUT",
            value=_ratio(ours_s, plain_s),
            limit=_MOST_RATIO,
            unit="x",
            ours_s=median(ours_s),
            plain_s=median(plain_s),
            bare_loopback_ratio=_ratio(bare_ours_s, bare_plain_s),
            bare_loopback_plain_s=median(bare_plain_s),
        ),
    )


def _ratio(ours_s: list[float], plain_s: list[float]) -> float:
    return median(our / plain for our, plain in zip(ours_s, plain_s, strict=True))


if __name__ == "__main__":
    raise SystemExit(main())
