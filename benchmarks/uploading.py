"""What it costs to send a file of 2 GB to YouTube, in time against a plain PUT and in memory.

Both send the same sparse file to the same process over the bare loopback, as fast as it goes, which
takes the bytes and forgets them. The plain PUT is httpx's, of pieces as large as ours. Compared are
the fastest rounds of both: whatever else the machine does only makes one slower.

The file was hashed before, as it is for every post, whose guard compares it with what was approved:
how long that takes is told beside.
"""

import multiprocessing
import resource
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from pydantic import HttpUrl

from benchmarks._measure import Cost, in_turn, median_wall_s, report
from tests.builders import post_text
from tests.fakes.accounts import FakeAccounts
from tests.fakes.lending import FakeLending
from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.session import FakeSession
from tests.fakes.till import FakeTill
from tests.platforms.uploads import served
from tests.platforms.youtube_uploads import YoutubeUploads
from viral_forge_resources.contracts.accounts import AccessToken
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.hashing import HashedFile, hashed
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.youtube import Settings, open_plugin

_SIZE = 2_000_000_000
_PIECE = 1 << 20
_ROUNDS = 9
_MOST_HASHINGS = 20
_MOST_MIB = 64
_MOST_RATIO = 1.1


def _serve(told: Connection) -> None:
    platform = YoutubeUploads(keeps=False)
    platform.uploads_left = platform.channel_uploads_left = 1_000
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


def _ours(video: HashedFile, number: int, tools: PublishTools, url: str) -> None:
    post = Post(
        publication_id=f"p{number}",
        channel="main",
        content_sha256=video.sha256,
        stamp=video.stamp,
        text=post_text(),
        video=video.path,
        cover=video.path,
        subtitles=None,
        due_at=datetime.now(UTC),
        duration_s=60.0,
    )
    open_plugin(Settings(api_url=HttpUrl(url)), tools).submit(post, FakeSession())


def _stamped(path: Path) -> HashedFile:
    """As the guard hashes it; a file that is a moment old gets no stamp yet."""
    video = hashed(path)
    for _ in range(_MOST_HASHINGS):
        if video.stamp is not None:
            return video
        video = hashed(path)
    print("no stamp is given here: set TMPDIR to a folder on ext4, xfs or tmpfs of Linux")
    return video


def _most_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(path: Path, url: str, token: str) -> tuple[dict[str, list[Cost]], float]:
    """What the plain PUT, ours and hashing cost, and the MiB of memory that ours added."""
    video = _stamped(path)
    known = AccessToken(value=token, account_id="account-main", expires_at=None)
    numbers = count()
    with httpx.Client(timeout=120) as client:
        tools = PublishTools(
            accounts=FakeAccounts(tokens={"youtube:main": [known]}),
            ledger=FakeQuotaLedger(),
            till=FakeTill(),
            client=client,
            clock=lambda: datetime.now(UTC),
            lending=FakeLending(path.parent / "lent"),
        )
        alternatives: dict[str, Callable[[], object]] = {
            "plain": lambda: _plain(path, url, token, client),
            "ours": lambda: _ours(video, next(numbers), tools, url),
        }
        alternatives["plain"]()  # everything is imported and warm
        before_mib = _most_mib()
        costs = in_turn(alternatives, rounds=_ROUNDS)
        growth_mib = _most_mib() - before_mib
        return costs | in_turn({"hashing": lambda: hashed(path)}, rounds=1), growth_mib


def _over_loopback(path: Path) -> tuple[dict[str, list[Cost]], float]:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    server.start()
    url, token = ours.recv()
    try:
        return _measured(path, url, token)
    finally:
        ours.send(None)
        server.join()


def main() -> int:
    """Measure and report; 0 if both figures are within bounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with path.open("wb") as file:
            file.truncate(_SIZE)
        costs, growth_mib = _over_loopback(path)
    fastest_s = {name: min(each.wall_s for each in rounds) for name, rounds in costs.items()}
    return max(
        report("upload memory", value=growth_mib, limit=_MOST_MIB, unit="MiB"),
        report(
            "upload against a plain PUT",
            value=fastest_s["ours"] / fastest_s["plain"],
            limit=_MOST_RATIO,
            unit="x",
            ours_s=fastest_s["ours"],
            plain_s=fastest_s["plain"],
            ours_median_s=median_wall_s(costs["ours"]),
            plain_median_s=median_wall_s(costs["plain"]),
            guard_hashes_before_s=fastest_s["hashing"],
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
