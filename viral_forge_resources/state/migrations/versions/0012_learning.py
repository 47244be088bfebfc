"""What was spent on what, what experiments dealt, and weights of the score."""

from alembic import op
import sqlalchemy as sa

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cost_events", sa.Column("candidate_key", sa.String(126)))
    op.add_column("cost_events", sa.Column("clip_number", sa.Integer()))
    op.add_column("cost_events", sa.Column("channel_id", sa.String(200)))
    op.add_column("cost_events", sa.Column("publication_id", sa.String(64)))
    op.create_index(op.f("ix_cost_events_candidate_key"), "cost_events", ["candidate_key"])
    op.create_index(op.f("ix_cost_events_niche_at"), "cost_events", ["niche", "at"])
    op.create_index(op.f("ix_cost_events_at"), "cost_events", ["at"])
    op.add_column("candidates", sa.Column("weights_version", sa.BigInteger()))
    op.create_table(
        "experiments",
        sa.Column("experiment_id", sa.String(64), nullable=False),
        sa.Column("niche", sa.String(40), nullable=False),
        sa.Column("arms", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("channel_id", sa.String(200)),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("stopped_at", _MOMENT),
        sa.Column("stopped_by", sa.Text()),
        sa.Column("winner", sa.String(100)),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_by IS NULL)",
            name=op.f("ck_experiments_stopped_by_someone"),
        ),
        sa.PrimaryKeyConstraint("experiment_id", name=op.f("pk_experiments")),
    )
    op.create_index(op.f("ix_experiments_niche"), "experiments", ["niche"])
    op.create_index(
        "uq_experiments_open",
        "experiments",
        ["niche"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "draws",
        sa.Column("experiment_id", sa.String(64), nullable=False),
        sa.Column("candidate_key", sa.String(126), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(100), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("posterior", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(300), nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('holdout', 'least_draws', 'learned')", name=op.f("ck_draws_reason")
        ),
        sa.CheckConstraint(
            "probability > 0 AND probability <= 1", name=op.f("ck_draws_probability_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.experiment_id"],
            name=op.f("fk_draws_experiment_id_experiments"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_key"],
            ["candidates.candidate_key"],
            name=op.f("fk_draws_candidate_key_candidates"),
        ),
        sa.PrimaryKeyConstraint("experiment_id", "candidate_key", name=op.f("pk_draws")),
        sa.UniqueConstraint("experiment_id", "number", name=op.f("uq_draws_experiment_id_number")),
    )
    op.create_table(
        "variant_tests",
        sa.Column("variant_test_id", sa.String(64), nullable=False),
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text()),
        sa.Column("ended_at", _MOMENT),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("kind IN ('title', 'thumbnail')", name=op.f("ck_variant_tests_kind")),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_variant_tests_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("variant_test_id", name=op.f("pk_variant_tests")),
    )
    op.create_index(op.f("ix_variant_tests_publication_id"), "variant_tests", ["publication_id"])
    op.create_table(
        "score_weights",
        sa.Column("version", _SERIAL, nullable=False),
        sa.Column("niche", sa.String(40), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("correlation", sa.Double(), nullable=False),
        sa.Column("correlation_before", sa.Double(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decided_by", sa.Text()),
        sa.CheckConstraint(
            "state IN ('proposed', 'adopted', 'declined', 'replaced')",
            name=op.f("ck_score_weights_state"),
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_score_weights")),
    )
    op.create_index(op.f("ix_score_weights_niche"), "score_weights", ["niche"])
    op.create_index(
        "uq_score_weights_adopted",
        "score_weights",
        ["niche"],
        unique=True,
        sqlite_where=sa.text("state = 'adopted'"),
        postgresql_where=sa.text("state = 'adopted'"),
    )


def downgrade() -> None:
    for name in ("score_weights", "variant_tests", "draws", "experiments"):
        op.drop_table(name)
    with op.batch_alter_table("candidates") as table:
        table.drop_column("weights_version")
    for index in ("candidate_key", "niche_at", "at"):
        op.drop_index(op.f(f"ix_cost_events_{index}"), "cost_events")
    with op.batch_alter_table("cost_events") as table:
        for column in ("candidate_key", "clip_number", "channel_id", "publication_id"):
            table.drop_column(column)
