"""Tables that only grow: sightings, scan outcomes, rights, approvals, metrics."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, save_publication, sha256
from viral_forge_resources.contracts.scanning import ScanState
from viral_forge_resources.state import (
    approvals,
    post_metrics,
    rights,
    scan_outcomes,
    sightings,
)

_VIDEO = ("inbox", "pasta-1a2b3c4d")
_HOUR = timedelta(hours=1)


def test_the_newest_sighting_of_each_video_is_the_latest(state):
    first = builders.scanned_video(views=1)
    second = builders.scanned_video(views=2, seen_at=NOW + _HOUR)
    other = builders.scanned_video(platform_video_id="soup", views=None)
    with state.begin() as connection:
        assert sightings.append(connection, "cooking", [first, other]) == 2
        assert sightings.append(connection, "cooking", [second]) == 1
        assert sightings.latest(connection, "cooking") == (second, other)


def test_one_sighting_is_one_row_however_often_it_is_appended(state):
    with state.begin() as connection:
        assert sightings.append(connection, "cooking", [builders.scanned_video()] * 2) == 1
        assert sightings.append(connection, "cooking", [builders.scanned_video()]) == 0


def test_a_niche_sees_its_own_sightings(state):
    with state.begin() as connection:
        sightings.append(connection, "cooking", [builders.scanned_video()])
        assert sightings.latest(connection, "travel") == ()


def test_thousands_of_sightings_are_appended_at_once(state):
    many = [builders.scanned_video(platform_video_id=f"v{number}") for number in range(2500)]
    with state.begin() as connection:
        assert sightings.append(connection, "cooking", many) == 2500


def test_each_platform_has_its_newest_outcome(state):
    failed = builders.scan_outcome(state=ScanState.FAILED, found=None, reason="Unreachable: no")
    quiet = builders.scan_outcome(scanned_at=NOW + _HOUR, found=0)
    other = builders.scan_outcome(platform="reddit")
    with state.begin() as connection:
        for outcome in (failed, quiet, other):
            scan_outcomes.append(connection, outcome)
        assert scan_outcomes.latest(connection, "cooking") == (quiet, other)


def test_a_failed_scan_has_no_count(state):
    invented = builders.scan_outcome(state=ScanState.FAILED, found=0)
    with pytest.raises(sa.exc.IntegrityError), state.begin() as connection:
        scan_outcomes.append(connection, invented)


def test_a_right_is_recorded_once(state):
    record = builders.rights_record()
    with state.begin() as connection:
        assert rights.append(connection, record)
        assert not rights.append(connection, builders.rights_record(licence="CC-BY-4.0"))
        assert rights.of_video(connection, *_VIDEO) == (record,)


def test_the_newest_right_comes_first(state):
    older = builders.rights_record()
    newer = builders.rights_record(rights_id="right-2", recorded_at=NOW)
    with state.begin() as connection:
        rights.append(connection, older)
        rights.append(connection, newer)
        assert rights.of_video(connection, *_VIDEO) == (newer, older)


def test_rights_of_many_videos_come_at_once(state):
    record = builders.rights_record()
    wanted = [_VIDEO, *[("inbox", f"v{number}") for number in range(1500)]]
    with state.begin() as connection:
        rights.append(connection, record)
        assert rights.of_videos(connection, wanted) == {_VIDEO: (record,)}
        assert rights.of_videos(connection, []) == {}


def test_a_right_is_revoked_once_and_for_good(state):
    with state.begin() as connection:
        rights.append(connection, builders.rights_record())
        assert rights.revoke(connection, "right-1", now=NOW)
        assert not rights.revoke(connection, "right-1", now=NOW + _HOUR)
        assert not rights.append(connection, builders.rights_record())
        (found,) = rights.of_video(connection, *_VIDEO)
        assert found.revoked_at == NOW


def test_a_right_that_is_not_there_cannot_be_revoked(state):
    with state.begin() as connection:
        assert not rights.revoke(connection, "right-1", now=NOW)


def test_the_newest_word_on_a_clip_counts(state):
    yes = builders.approval()
    no = builders.approval(is_approved=False, decided_at=NOW + _HOUR, note="wrong music")
    with state.begin() as connection:
        approvals.record(connection, no)
        approvals.record(connection, yes)
        assert approvals.current(connection, yes.content_sha256) == no
        assert approvals.current(connection, sha256("other")) is None


def test_of_two_words_at_one_moment_the_last_one_counts(state):
    with state.begin() as connection:
        approvals.record(connection, builders.approval())
        approvals.record(connection, builders.approval(is_approved=False))
        found = approvals.current(connection, sha256("clip"))
    assert found is not None
    assert not found.is_approved


def test_the_same_number_twice_is_one_row(state):
    publication = save_publication(state)
    views = builders.post_metric()
    later = builders.post_metric(as_of=NOW + _HOUR, value=120.0)
    with state.begin() as connection:
        assert post_metrics.append(connection, [views]) == 1
        assert post_metrics.append(connection, [views, later]) == 1
        ids = [publication.publication_id]
        assert post_metrics.of_publications(connection, ids) == (views, later)
        assert post_metrics.of_publications(connection, []) == ()


def test_an_absent_number_has_a_reason(state):
    save_publication(state)
    absent = builders.post_metric(value=None, reason="the cell is empty")
    with state.begin() as connection:
        post_metrics.append(connection, [absent])
        assert post_metrics.of_niche(connection, "cooking") == (absent,)
    unexplained = builders.post_metric(metric="likes", value=None)
    with pytest.raises(sa.exc.IntegrityError), state.begin() as connection:
        post_metrics.append(connection, [unexplained])


def test_a_niche_has_the_numbers_of_its_own_posts(state):
    save_publication(state)
    with state.begin() as connection:
        post_metrics.append(connection, [builders.post_metric()])
        assert post_metrics.of_niche(connection, "travel") == ()


def test_a_number_of_no_post_is_refused(state):
    with pytest.raises(sa.exc.IntegrityError), state.begin() as connection:
        post_metrics.append(connection, [builders.post_metric()])
