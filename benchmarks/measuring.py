"""Reading results of a thousand posts from an API that takes 100 ms to answer: at most 20 s.

Instagram answers about one post a question, the most that any platform makes us ask. The emulator
is on the loopback; the readings are those of the run, ledger and book-keeping included.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import httpx
import sqlalchemy as sa

from benchmarks._measure import cost_of, report
from tests import builders
from tests.fakes.lending import FakeLending
from tests.fakes.till import FakeTill
from tests.grounds.publishers import instagram
from tests.platforms.instagram_uploads import InstagramUploads
from tests.platforms.uploads import Asked, EmulatedAccounts, Reply, served
from viral_forge_assets.measuring import Measurer, Taken
from viral_forge_resources.contracts.publishing import MetricsReader, PublicationState
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.state import snapshots
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.quotas import SqlQuotaLedger
from viral_forge_resources.state.tables import publications

_POSTS = 1_000
_ANSWER_S = 0.1
_LIMIT_S = 20.0
_CHANNEL = "instagram:main"


class _Slow(InstagramUploads):
    """Answers every question about any post, after a while; several at once."""

    def answer(self, asked: Asked, length: int) -> Reply:
        time.sleep(_ANSWER_S)  # noqa: TID251  what a network takes
        return super().answer(asked, length)

    def _insights(self, asked: Asked, node: str, owner: str) -> Reply:  # noqa: ARG002
        return self.insights.answer(asked, node)


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    with tempfile.TemporaryDirectory() as folder, served(_Slow()) as server, httpx.Client() as web:
        state = open_engine(f"sqlite:///{Path(folder) / 'state.db'}")
        migrate(state)
        now = datetime.now(UTC)
        _fill(state, now)
        tools = PublishTools(
            accounts=EmulatedAccounts(server.platform),
            ledger=SqlQuotaLedger(state),
            till=FakeTill(),
            client=web,
            clock=lambda: now,
            lending=FakeLending(Path(folder)),
        )
        reader = cast("MetricsReader", instagram.opened(tools, f"{server.url}/"))
        measurer = Measurer(state=state, readers={"instagram": reader}, clock=lambda: now)
        taken: list[Taken] = []
        cost = cost_of(lambda: taken.append(measurer.take_due()))
        state.dispose()
        calls = len(server.platform.calls)
    done = taken[0]
    code = report(
        "reading results of a thousand posts",
        value=cost.wall_s,
        limit=_LIMIT_S,
        unit="s",
        cpu_s=cost.cpu_s,
        posts=done.posts,
        rows=done.rows_new,
        calls=calls,
    )
    return max(code, int(done.posts != _POSTS))


def _fill(state: sa.Engine, now: datetime) -> None:
    """A thousand live posts whose first reading is due."""
    post = builders.save_publication(state, channel_id=_CHANNEL)
    live = {"state": PublicationState.PUBLISHED, "published_at": now - timedelta(hours=2)}
    with state.begin() as connection:
        made = sa.select(publications).where(publications.c.publication_id == post.publication_id)
        row = dict(connection.execute(made).mappings().one())
        connection.execute(sa.delete(publications))
        rows = [
            row
            | live
            | {
                "publication_id": f"post-{number}",
                "clip_number": number,
                "content_sha256": builders.sha256(f"clip {number}"),
                "post_id": str(17_900_000_000 + number),
            }
            for number in range(_POSTS)
        ]
        connection.execute(sa.insert(publications), rows)
        for each in rows:
            snapshots.enrol(connection, each["publication_id"], published_at=live["published_at"])


if __name__ == "__main__":
    sys.exit(main())
