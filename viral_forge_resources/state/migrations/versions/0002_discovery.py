"""Discovery: policies, richer sightings and outcomes, quotas, costs, scores, proposals."""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_POLICY = (
    '{"platforms": [], "most_per_platform": 10, "minimum_score": 0.0, "languages": [],'
    ' "licences": [], "is_monetised": true, "reusable_only": false, "horizon_days": 30,'
    ' "title_similarity": 0.9, "thumbnail_distance": 6, "adds_trends": false}'
)
_FILLED = {
    "niches": (("watched", sa.JSON(), "{}"), ("policy", sa.JSON(), _POLICY)),
    "sightings": (("tags", sa.JSON(), "[]"),),
    "rights": (("platforms", sa.JSON(), "[]"), ("may_monetise", sa.Boolean(), sa.true())),
    "candidates": (("score_parts", sa.JSON(), "[]"),),
}
_OPTIONAL = {
    "sightings": (
        ("author_id", sa.Text()),
        ("thumbnail_url", sa.Text()),
        ("licence_spdx", sa.String(100)),
        ("language", sa.String(40)),
    ),
    "candidates": (("ranking", sa.JSON()),),
}
_SKIPS = "'disabled', 'not_watched', 'no_credentials', 'quota_spent', 'not_supported', 'not_needed'"


def upgrade() -> None:
    for table, columns in _FILLED.items():
        with op.batch_alter_table(table) as batch:
            for name, kind, default in columns:
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        with op.batch_alter_table(table) as batch:
            for name, kind, _ in columns:
                batch.alter_column(
                    name, existing_type=kind, existing_nullable=False, server_default=None
                )
    for table, optional in _OPTIONAL.items():
        with op.batch_alter_table(table) as batch:
            for name, optional_kind in optional:
                batch.add_column(sa.Column(name, optional_kind))
    op.create_index(op.f("ix_sightings_platform_seen_at"), "sightings", ["platform", "seen_at"])
    with op.batch_alter_table("scan_outcomes") as batch:
        batch.add_column(sa.Column("skip", sa.String(20)))
        batch.add_column(sa.Column("error", sa.String(100)))
        batch.add_column(sa.Column("took_s", sa.Double()))
        batch.create_check_constraint(op.f("ck_scan_outcomes_skip"), f"skip IN ({_SKIPS})")
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "quota_ledger",
        sa.Column("platform", sa.String(20), nullable=False),
        sa.Column("project", sa.String(100), nullable=False),
        sa.Column("bucket", sa.String(40), nullable=False),
        sa.Column("slot", _MOMENT, nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("window", sa.String(10), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(
            "platform", "project", "bucket", "slot", "item", name=op.f("pk_quota_ledger")
        ),
    )
    op.create_table(
        "cost_events",
        sa.Column("cost_event_id", _SERIAL, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("niche", sa.String(40)),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("usd", sa.Double()),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("cost_event_id", name=op.f("pk_cost_events")),
    )
    op.create_index(op.f("ix_cost_events_kind_at"), "cost_events", ["kind", "at"])
    op.create_table(
        "niche_proposals",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("source_niche", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decided_by", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_niche_proposals")),
        sa.CheckConstraint("kind IN ('keyword', 'channel')", name=op.f("ck_niche_proposals_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined')", name=op.f("ck_niche_proposals_state")
        ),
    )
    op.create_table(
        "thumbnails",
        sa.Column("url_sha256", sa.String(64), nullable=False),
        sa.Column("perceptual_hash", sa.String(16)),
        sa.Column("reason", sa.Text()),
        sa.Column("hashed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("url_sha256", name=op.f("pk_thumbnails")),
        sa.CheckConstraint(
            "perceptual_hash IS NOT NULL OR reason IS NOT NULL",
            name=op.f("ck_thumbnails_absent_has_a_reason"),
        ),
    )


def downgrade() -> None:
    for table in ("thumbnails", "niche_proposals", "cost_events", "quota_ledger"):
        op.drop_table(table)
    with op.batch_alter_table("scan_outcomes") as batch:
        batch.drop_constraint(op.f("ck_scan_outcomes_skip"), type_="check")
        for name in ("skip", "error", "took_s"):
            batch.drop_column(name)
    op.drop_index(op.f("ix_sightings_platform_seen_at"), "sightings")
    for table, columns in _OPTIONAL.items():
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)
    for table, filled in _FILLED.items():
        with op.batch_alter_table(table) as batch:
            for name, _, _ in filled:
                batch.drop_column(name)
