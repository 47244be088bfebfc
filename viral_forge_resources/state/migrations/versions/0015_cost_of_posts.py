"""A post's lineage says what its clip cost, with an even share of what all clips needed."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_FOLDER = "replace(p.candidate_key, ':', '/')"
_NEWEST_REVENUE = """
    (SELECT v.{column} FROM post_metrics v
      WHERE v.publication_id = p.publication_id AND v.metric = 'estimated_revenue'
        AND v.value IS NOT NULL
      ORDER BY v.as_of DESC, v.source DESC LIMIT 1)"""
_VIEW = """
CREATE VIEW post_lineage AS
SELECT
    p.publication_id, p.channel_id, p.state, p.title, p.post_id, p.post_url, p.published_at,
    p.content_sha256, p.candidate_key, p.clip_number,
    c.recipe, c.recipe_hash, c.plan_hash, c.duration_s, c.rendered_at,
    c.storage_key AS clip_key,
    CASE WHEN c.number IS NOT NULL THEN {folder} || '/transform/edit_plan.json' END AS plan_key,
    {folder} || '/captions/transcript.json' AS transcript_key,
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
    {costs},
    {amount} AS revenue, {currency} AS revenue_currency,
    m.post_metric_id, m.metric, m.value, m.unit, m.as_of, m.definition, m.source, m.reason
FROM publications p
JOIN candidates k ON k.candidate_key = p.candidate_key
LEFT JOIN clips c ON c.candidate_key = p.candidate_key AND c.number = p.clip_number
    AND c.content_sha256 = p.content_sha256
LEFT JOIN rights r ON r.rights_id = coalesce(c.rights_id, k.rights_id)
LEFT JOIN post_metrics m ON m.publication_id = p.publication_id
"""

# As domain.profit.costs_of_clips has it: what is named for no clip that is made is shared evenly.
_MADE = "SELECT {what} FROM clips x WHERE x.candidate_key = p.candidate_key"
_NUMBERS, _HOW_MANY = _MADE.format(what="x.number"), _MADE.format(what="count(*)")
_IS_MADE = f"p.clip_number IN ({_NUMBERS})"
_IS_ITS = (
    f"(e.clip_number = p.clip_number OR e.clip_number IS NULL OR e.clip_number NOT IN ({_NUMBERS}))"
)
_COST_OF_CLIP = f"""
    (SELECT sum(CASE WHEN e.clip_number = p.clip_number THEN e.usd
                     ELSE e.usd / nullif(({_HOW_MANY}), 0) END)
      FROM cost_events e
      WHERE e.candidate_key = p.candidate_key AND {_IS_MADE} AND {_IS_ITS}) AS cost_usd,
    (SELECT count(*) FROM cost_events e
      WHERE e.candidate_key = p.candidate_key AND e.usd IS NULL AND e.quantity <> 0
        AND {_IS_MADE} AND {_IS_ITS}) AS costs_unpriced"""
_COST_OF_CANDIDATE = """
    (SELECT sum(e.usd) FROM cost_events e
      WHERE e.candidate_key = p.candidate_key
        AND (e.clip_number IS NULL OR e.clip_number = p.clip_number)
        AND (e.publication_id IS NULL OR e.publication_id = p.publication_id)) AS cost_usd,
    (SELECT count(*) FROM cost_events e
      WHERE e.candidate_key = p.candidate_key AND e.usd IS NULL
        AND (e.clip_number IS NULL OR e.clip_number = p.clip_number)
        AND (e.publication_id IS NULL OR e.publication_id = p.publication_id)) AS costs_unpriced"""


def upgrade() -> None:
    _remake(_COST_OF_CLIP)


def downgrade() -> None:
    _remake(_COST_OF_CANDIDATE)


def _remake(costs: str) -> None:
    op.execute("DROP VIEW post_lineage")
    op.execute(
        _VIEW.format(
            folder=_FOLDER,
            costs=costs,
            amount=_NEWEST_REVENUE.format(column="value"),
            currency=_NEWEST_REVENUE.format(column="unit"),
        )
    )
