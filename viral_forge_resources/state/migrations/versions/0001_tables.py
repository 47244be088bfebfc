"""The tables of version 0.1."""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("approval_id", _SERIAL, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_approvals")),
    )
    op.create_index(
        op.f("ix_approvals_content_sha256_decided_at"),
        "approvals",
        ["content_sha256", "decided_at"],
        unique=False,
    )
    op.create_table(
        "candidates",
        sa.Column("candidate_key", sa.String(length=126), nullable=False),
        sa.Column("niche", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("platform_video_id", sa.String(length=64), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("subtitles", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rights_id", sa.String(length=64), nullable=True),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("score >= 0 AND score < 1", name=op.f("ck_candidates_score_in_range")),
        sa.CheckConstraint(
            "status IN ('refused', 'shortlisted', 'failed', 'retired')",
            name=op.f("ck_candidates_status"),
        ),
        sa.PrimaryKeyConstraint("candidate_key", name=op.f("pk_candidates")),
        sa.UniqueConstraint(
            "niche", "source_sha256", name=op.f("uq_candidates_niche_source_sha256")
        ),
    )
    op.create_index(
        op.f("ix_candidates_status_decided_at"),
        "candidates",
        ["status", "decided_at"],
        unique=False,
    )
    op.create_table(
        "channels",
        sa.Column("channel_id", sa.String(length=200), nullable=False),
        sa.Column("publisher", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("niche", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channels")),
    )
    op.create_index(op.f("ix_channels_niche"), "channels", ["niche"], unique=False)
    op.create_table(
        "niches",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("queries", sa.JSON(), nullable=False),
        sa.Column("recipe", sa.String(length=100), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_niches")),
    )
    op.create_table(
        "rights",
        sa.Column("rights_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("platform_video_id", sa.String(length=64), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("rights_id", name=op.f("pk_rights")),
    )
    op.create_index(
        op.f("ix_rights_platform_platform_video_id"),
        "rights",
        ["platform", "platform_video_id"],
        unique=False,
    )
    op.create_table(
        "scan_outcomes",
        sa.Column("scan_outcome_id", _SERIAL, nullable=False),
        sa.Column("niche", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'found') = (found IS NOT NULL)",
            name=op.f("ck_scan_outcomes_only_found_has_a_count"),
        ),
        sa.CheckConstraint(
            "state IN ('found', 'skipped', 'failed')", name=op.f("ck_scan_outcomes_state")
        ),
        sa.PrimaryKeyConstraint("scan_outcome_id", name=op.f("pk_scan_outcomes")),
    )
    op.create_index(
        op.f("ix_scan_outcomes_niche_platform_scanned_at"),
        "scan_outcomes",
        ["niche", "platform", "scanned_at"],
        unique=False,
    )
    op.create_table(
        "sightings",
        sa.Column("sighting_id", _SERIAL, nullable=False),
        sa.Column("niche", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("platform_video_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("licence_evidence", sa.Text(), nullable=True),
        sa.Column("subtitles", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("is_hand_picked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sighting_id", name=op.f("pk_sightings")),
        sa.UniqueConstraint(
            "niche",
            "platform",
            "platform_video_id",
            "seen_at",
            name=op.f("uq_sightings_niche_platform_platform_video_id_seen_at"),
        ),
    )
    op.create_table(
        "artefacts",
        sa.Column("artefact_id", sa.String(length=16), nullable=False),
        sa.Column("candidate_key", sa.String(length=126), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("clip_number", sa.Integer(), nullable=True),
        sa.Column("storage_key", sa.String(length=500), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_key"],
            ["candidates.candidate_key"],
            name=op.f("fk_artefacts_candidate_key_candidates"),
        ),
        sa.CheckConstraint(
            "kind IN ('source', 'source_sheet', 'clip', 'clip_sheet', 'cover', 'subtitles')",
            name=op.f("ck_artefacts_kind"),
        ),
        sa.PrimaryKeyConstraint("artefact_id", name=op.f("pk_artefacts")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_artefacts_storage_key")),
    )
    op.create_index(
        op.f("ix_artefacts_candidate_key"), "artefacts", ["candidate_key"], unique=False
    )
    op.create_table(
        "clips",
        sa.Column("candidate_key", sa.String(length=126), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=500), nullable=False),
        sa.Column("recipe", sa.String(length=100), nullable=False),
        sa.Column("recipe_hash", sa.String(length=64), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("rights_id", sa.String(length=64), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("render_cpu_s", sa.Double(), nullable=False),
        sa.Column("rendered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_key"],
            ["candidates.candidate_key"],
            name=op.f("fk_clips_candidate_key_candidates"),
        ),
        sa.PrimaryKeyConstraint("candidate_key", "number", name=op.f("pk_clips")),
    )
    op.create_index(op.f("ix_clips_content_sha256"), "clips", ["content_sha256"], unique=False)
    op.create_index(op.f("ix_clips_rendered_at"), "clips", ["rendered_at"], unique=False)
    op.create_table(
        "publications",
        sa.Column("publication_id", sa.String(length=64), nullable=False),
        sa.Column("candidate_key", sa.String(length=126), nullable=False),
        sa.Column("clip_number", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=200), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("post_url", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitting') = (lease_until IS NOT NULL)",
            name=op.f("ck_publications_only_submitting_has_a_lease"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_key"],
            ["candidates.candidate_key"],
            name=op.f("fk_publications_candidate_key_candidates"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.channel_id"],
            name=op.f("fk_publications_channel_id_channels"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'approved', 'submitting', 'processing', 'unknown', 'published', 'rejected', 'withdrawn', 'retracted')",
            name=op.f("ck_publications_state"),
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "content_sha256", "channel_id", name=op.f("uq_publications_content_sha256_channel_id")
        ),
    )
    op.create_index(
        op.f("ix_publications_candidate_key"), "publications", ["candidate_key"], unique=False
    )
    op.create_index(
        op.f("ix_publications_state_due_at"), "publications", ["state", "due_at"], unique=False
    )
    op.create_index(
        "uq_publications_live_clip",
        "publications",
        ["candidate_key", "clip_number", "channel_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('processing', 'published', 'submitting', 'unknown')"),
        postgresql_where=sa.text("state IN ('processing', 'published', 'submitting', 'unknown')"),
    )
    op.create_index(
        "uq_publications_submitting_channel",
        "publications",
        ["channel_id"],
        unique=True,
        sqlite_where=sa.text("state = 'submitting'"),
        postgresql_where=sa.text("state = 'submitting'"),
    )
    op.create_table(
        "post_metrics",
        sa.Column("post_metric_id", _SERIAL, nullable=False),
        sa.Column("publication_id", sa.String(length=64), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "value IS NOT NULL OR reason IS NOT NULL",
            name=op.f("ck_post_metrics_absent_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_post_metrics_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("post_metric_id", name=op.f("pk_post_metrics")),
        sa.UniqueConstraint(
            "publication_id",
            "metric",
            "as_of",
            "source",
            name=op.f("uq_post_metrics_publication_id_metric_as_of_source"),
        ),
    )


def downgrade() -> None:
    for table in (
        "post_metrics",
        "publications",
        "clips",
        "artefacts",
        "sightings",
        "scan_outcomes",
        "rights",
        "niches",
        "channels",
        "candidates",
        "approvals",
    ):
        op.drop_table(table)
