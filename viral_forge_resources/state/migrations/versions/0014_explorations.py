"""Candidates that were chosen to explore, and how likely that was."""

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "explorations",
        sa.Column("candidate_key", sa.String(126), nullable=False),
        sa.Column("experiment_id", sa.String(64), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("is_explored", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.String(300), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "probability > 0 AND probability <= 1",
            name=op.f("ck_explorations_probability_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_key"],
            ["candidates.candidate_key"],
            name=op.f("fk_explorations_candidate_key_candidates"),
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.experiment_id"],
            name=op.f("fk_explorations_experiment_id_experiments"),
        ),
        sa.PrimaryKeyConstraint("candidate_key", name=op.f("pk_explorations")),
    )


def downgrade() -> None:
    op.drop_table("explorations")
