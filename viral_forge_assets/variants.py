"""Titles and thumbnails of one post that a person compares on its platform: a record, no more.

Only YouTube compares them, and only those of long videos; a vertical or square one of up to three
minutes is a Short. Titles of short videos are compared between videos, as arms of an experiment.
"""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.experiments import VariantKind, VariantTest
from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import experiments as experiments_state
from viral_forge_resources.state import publications as publications_state

_FEWEST = 2
_COMPARES = "youtube"
_LONGEST_SHORT_S = 180.0
"""Source: https://support.google.com/youtube/answer/15424877"""

_BETWEEN_VIDEOS = (
    "Compare titles between videos: `viral-forge experiment start NICHE --arms"
    " clean,clean~question`."
)


def record_variants(
    connection: sa.Connection,
    publication_id: str,
    kind: VariantKind,
    shown: tuple[str, ...],
    *,
    started_by: str,
    now: datetime,
) -> VariantTest:
    """Write down that the platform shows several titles or thumbnails of one live post.

    It stays one post: nothing is uploaded a second time.

    Raises:
        BadInput: the post is not live, its platform compares nothing of it, or there is nothing to
            compare.
    """
    post = publications_state.get(connection, publication_id)
    if post is None or post.state is not PublicationState.PUBLISHED:
        raise BadInput(
            publication_id,
            reason="is no post that is live",
            remedy="`viral-forge queue` lists posts.",
        )
    _require_long_form(connection, post)
    if len(set(shown)) < _FEWEST:
        raise BadInput(
            publication_id,
            reason="has nothing to compare",
            remedy="Name at least two variants that differ.",
        )
    test = VariantTest(
        variant_test_id=short_hash(publication_id, kind, now.isoformat()),
        publication_id=publication_id,
        kind=kind,
        variants=shown,
        started_at=now,
        started_by=started_by,
    )
    experiments_state.start_variant_test(connection, test)
    return test


def _require_long_form(connection: sa.Connection, post: Publication) -> None:
    publisher = post.channel_id.partition(":")[0]
    made = clips_state.of_candidate(connection, post.candidate_key)
    clip = next((each for each in made if each.content_sha256 == post.content_sha256), None)
    if publisher != _COMPARES:
        reason = f"is on {publisher}, which compares no titles or thumbnails of one post"
    elif clip is None:
        reason = "shows a clip that was made anew since: nobody knows whether it is long"
    elif clip.duration_s <= _LONGEST_SHORT_S:
        reason = (
            f"is {clip.duration_s:.0f} s long: YouTube compares titles and thumbnails of long"
            f" videos alone, of more than {_LONGEST_SHORT_S:.0f} s"
        )
    else:
        return
    raise BadInput(post.publication_id, reason=reason, remedy=_BETWEEN_VIDEOS)


def end_variants(
    connection: sa.Connection, test_id: str, chosen: str, *, note: str | None, now: datetime
) -> None:
    """Write down which variant did better.

    Raises:
        BadInput: no open test has that id, or it compares no such variant.
    """
    found = next(
        (
            each
            for each in experiments_state.variant_tests_of(connection)
            if each.variant_test_id == test_id
        ),
        None,
    )
    if found is None or found.ended_at is not None:
        raise BadInput(
            test_id,
            reason="is no test that is open",
            remedy="`viral-forge experiment variants` begins one.",
        )
    if chosen not in found.variants:
        raise BadInput(
            chosen,
            reason=f"is no variant of test {test_id}",
            remedy=f"There are: {', '.join(found.variants)}.",
        )
    experiments_state.end_variant_test(connection, test_id, chosen=chosen, note=note, now=now)
