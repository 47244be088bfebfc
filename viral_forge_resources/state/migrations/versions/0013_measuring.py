"""When results of posts are read, and where every number comes from."""

from alembic import op
import sqlalchemy as sa

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_AGES_HOURS = (1, 6, 24, 72, 168, 672)

_FOLDER = "replace(p.candidate_key, ':', '/')"
_LINEAGE = f"""
CREATE VIEW post_lineage AS
SELECT
    p.publication_id, p.channel_id, p.state, p.title, p.post_id, p.post_url, p.published_at,
    p.content_sha256, p.candidate_key, p.clip_number,
    c.recipe, c.recipe_hash, c.plan_hash, c.duration_s, c.rendered_at,
    c.storage_key AS clip_key,
    CASE WHEN c.number IS NOT NULL THEN {_FOLDER} || '/transform/edit_plan.json' END AS plan_key,
    {_FOLDER} || '/captions/transcript.json' AS transcript_key,
    (SELECT max(a.storage_key) FROM artefacts a
      WHERE a.candidate_key = p.candidate_key AND a.kind = 'subtitles'
        AND a.clip_number = p.clip_number) AS transcript_part_key,
    (SELECT max(a.storage_key) FROM artefacts a
      WHERE a.candidate_key = p.candidate_key AND a.kind = 'source') AS source_key,
    k.niche, k.platform AS source_platform, k.platform_video_id AS source_video_id,
    k.title AS source_title, k.author AS source_author, k.page_url AS source_page_url,
    coalesce(c.source_sha256, k.source_sha256) AS source_sha256, k.score,
    coalesce(c.rights_id, k.rights_id) AS rights_id,
    r.licence, r.holder, r.evidence, r.recorded_by, r.recorded_at, r.revoked_at,
    (SELECT sum(e.usd) FROM cost_events e
      WHERE e.candidate_key = p.candidate_key
        AND (e.clip_number IS NULL OR e.clip_number = p.clip_number)
        AND (e.publication_id IS NULL OR e.publication_id = p.publication_id)) AS cost_usd,
    (SELECT count(*) FROM cost_events e
      WHERE e.candidate_key = p.candidate_key AND e.usd IS NULL
        AND (e.clip_number IS NULL OR e.clip_number = p.clip_number)
        AND (e.publication_id IS NULL OR e.publication_id = p.publication_id)) AS costs_unpriced,
    (SELECT v.value FROM post_metrics v
      WHERE v.publication_id = p.publication_id AND v.metric = 'estimated_revenue'
        AND v.value IS NOT NULL
      ORDER BY v.as_of DESC, v.source LIMIT 1) AS revenue,
    (SELECT v.unit FROM post_metrics v
      WHERE v.publication_id = p.publication_id AND v.metric = 'estimated_revenue'
        AND v.value IS NOT NULL
      ORDER BY v.as_of DESC, v.source LIMIT 1) AS revenue_currency,
    m.post_metric_id, m.metric, m.value, m.unit, m.as_of, m.definition, m.source, m.reason
FROM publications p
JOIN candidates k ON k.candidate_key = p.candidate_key
LEFT JOIN clips c ON c.candidate_key = p.candidate_key AND c.number = p.clip_number
    AND c.content_sha256 = p.content_sha256
LEFT JOIN rights r ON r.rights_id = coalesce(c.rights_id, k.rights_id)
LEFT JOIN post_metrics m ON m.publication_id = p.publication_id
"""


def upgrade() -> None:
    op.create_table(
        "metric_snapshots",
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("age_hours", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(200), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_at", _MOMENT),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'missed')", name=op.f("ck_metric_snapshots_state")
        ),
        sa.CheckConstraint(
            "(state = 'taken') = (taken_at IS NOT NULL)",
            name=op.f("ck_metric_snapshots_only_taken_has_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_metric_snapshots_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "age_hours", name=op.f("pk_metric_snapshots")),
    )
    op.create_index(
        "ix_metric_snapshots_waiting",
        "metric_snapshots",
        ["due_at", "publication_id", "age_hours", "channel_id", "attempts", "state"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    # Hashed on PostgreSQL: an address may be longer than a B-tree's page holds.
    for column in ("post_id", "post_url"):
        op.create_index(
            op.f(f"ix_publications_{column}"), "publications", [column], postgresql_using="hash"
        )
    _enrol_live_posts()
    op.execute(_LINEAGE)


def _enrol_live_posts() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for hours in _AGES_HOURS:
        due_at = (
            f"strftime('%Y-%m-%d %H:%M:%f', published_at, '+{hours} hours') || '000'"
            if is_sqlite
            else f"published_at + interval '{hours} hours'"
        )
        op.execute(
            "INSERT INTO metric_snapshots"
            " (publication_id, age_hours, channel_id, due_at, state, attempts)"
            f" SELECT publication_id, {hours}, channel_id, {due_at}, 'waiting', 0"
            " FROM publications WHERE state = 'published' AND published_at IS NOT NULL"
        )


def downgrade() -> None:
    op.execute("DROP VIEW post_lineage")
    for column in ("post_id", "post_url"):
        op.drop_index(op.f(f"ix_publications_{column}"), "publications")
    op.drop_table("metric_snapshots")
