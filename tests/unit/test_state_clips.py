"""Clips, their files, and the niches and channels they belong to."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate, sha256
from viral_forge_resources.contracts.records import ArtefactKind, Clip
from viral_forge_resources.state import artefacts, channels, clips, niches


def _record(state: sa.Engine, *recorded: Clip) -> None:
    with state.begin() as connection:
        for clip in recorded:
            clips.record(connection, clip)


def _of_candidate(state: sa.Engine) -> tuple[Clip, ...]:
    with state.connect() as connection:
        return clips.of_candidate(connection, KEY)


def _check(state: sa.Engine, content_sha256: str) -> bool:
    with state.begin() as connection:
        return clips.record_checks(
            connection,
            KEY,
            1,
            content_sha256=content_sha256,
            checks=(builders.check_result(), builders.check_result(name="size", passed=False)),
        )


def test_a_clip_comes_back_with_its_checks(state):
    save_candidate(state)
    _record(state, builders.clip())
    assert _of_candidate(state) == (builders.clip(),)
    assert _check(state, sha256("clip"))
    (found,) = _of_candidate(state)
    assert [check.passed for check in found.checks] == [True, False]


def test_the_checks_of_other_bytes_fall_away(state):
    save_candidate(state)
    _record(state, builders.clip())
    _check(state, sha256("clip"))
    _record(state, builders.clip(content_sha256=sha256("anew"), duration_s=9.0))
    (found,) = _of_candidate(state)
    assert (found.checks, found.duration_s) == ((), 9.0)


def test_the_checks_of_the_same_bytes_stay(state):
    save_candidate(state)
    _record(state, builders.clip())
    _check(state, sha256("clip"))
    _record(state, builders.clip(rendered_at=NOW + timedelta(hours=1)))
    (found,) = _of_candidate(state)
    assert len(found.checks) == 2
    assert found.rendered_at == NOW + timedelta(hours=1)


def test_a_check_of_bytes_that_are_gone_is_not_recorded(state):
    save_candidate(state)
    _record(state, builders.clip())
    assert not _check(state, sha256("gone"))
    assert _of_candidate(state) == (builders.clip(),)


def test_clips_are_found_by_the_start_of_their_hash(state):
    save_candidate(state)
    _record(state, builders.clip(content_sha256="ab" * 32))
    _record(state, builders.clip(content_sha256="ac" * 32, number=2))
    with state.connect() as connection:
        assert [clip.number for clip in clips.with_content(connection, "AB")] == [1]
        assert [clip.number for clip in clips.with_content(connection, "a")] == [1, 2]
        assert clips.with_content(connection, "%") == ()
        assert clips.with_content(connection, "") == ()


def test_clips_are_found_by_niche_and_age(state):
    save_candidate(state)
    save_candidate(state, candidate_key="travel:inbox:rome")
    older = builders.clip()
    newer = builders.clip(candidate_key="travel:inbox:rome", rendered_at=NOW + timedelta(hours=1))
    _record(state, older, newer)
    with state.connect() as connection:
        assert clips.of_niche(connection, "cooking") == (older,)
        assert clips.latest(connection, limit=9) == (newer, older)
        assert clips.latest(connection, limit=1) == (newer,)


def test_a_clip_of_no_candidate_is_refused(state):
    with pytest.raises(sa.exc.IntegrityError):
        _record(state, builders.clip())


def test_a_stored_file_replaces_the_one_before_it(state):
    save_candidate(state)
    sheet = builders.artefact(storage_key="a/sheet.jpg", kind=ArtefactKind.CLIP_SHEET)
    with state.begin() as connection:
        artefacts.record(connection, builders.artefact())
        artefacts.record(connection, sheet)
        artefacts.record(
            connection, builders.artefact(sha256=sha256("anew"), size_bytes=5_000_000_000)
        )
        found = artefacts.get(connection, builders.artefact().artefact_id)
        assert artefacts.of_candidate(connection, KEY) == (sheet, found)
        assert artefacts.get(connection, "0123456789") is None
    assert found == builders.artefact(sha256=sha256("anew"), size_bytes=5_000_000_000)


def test_clips_that_are_not_kept_are_forgotten(state):
    save_candidate(state)
    save_candidate(state, candidate_key="travel:inbox:rome")
    numbered = [builders.clip(number=number) for number in (1, 2, 3)]
    other = builders.clip(candidate_key="travel:inbox:rome", number=3)
    _record(state, *numbered, other)
    with state.begin() as connection:
        assert clips.keep_only(connection, KEY, [1]) == 2
        assert clips.of_candidate(connection, KEY) == (numbered[0],)
        assert clips.of_niche(connection, "travel") == (other,)


def test_files_of_clips_that_are_not_kept_are_forgotten_and_those_of_the_source_stay(state):
    save_candidate(state)
    save_candidate(state, candidate_key="travel:inbox:rome")
    source = builders.artefact(storage_key="a", kind=ArtefactKind.SOURCE, clip_number=None)
    video = builders.artefact(storage_key="b")
    old_lines = builders.artefact(storage_key="c", kind=ArtefactKind.SUBTITLES)
    old_clip = builders.artefact(storage_key="d", clip_number=2)
    other = builders.artefact(storage_key="e", candidate_key="travel:inbox:rome")
    with state.begin() as connection:
        for artefact in (source, video, old_lines, old_clip, other):
            artefacts.record(connection, artefact)
        assert artefacts.keep_only(connection, KEY, ["b"]) == 2
        assert artefacts.of_candidate(connection, KEY) == (source, video)
        assert artefacts.of_candidate(connection, "travel:inbox:rome") == (other,)


def test_an_artefact_has_one_short_id():
    storage_key = "cooking/inbox/pasta/transform/clip-1.mp4"
    assert artefacts.artefact_id(storage_key) == artefacts.artefact_id(storage_key)
    assert len(artefacts.artefact_id(storage_key)) == 10
    assert artefacts.artefact_id(storage_key) != artefacts.artefact_id(storage_key + "x")


def test_a_niche_saved_again_is_replaced(state):
    with state.begin() as connection:
        niches.save(connection, builders.niche(queries=("pasta",)), now=NOW)
        niches.save(connection, builders.niche(name="art"), now=NOW)
        niches.save(connection, builders.niche(recipe="bold"), now=NOW)
        assert niches.all_niches(connection) == (
            builders.niche(name="art"),
            builders.niche(recipe="bold"),
        )
        assert niches.get(connection, "nobody") is None


def test_a_niche_is_served_by_its_channels(state):
    second = builders.channel(channel_id="folder:second", name="second")
    with state.begin() as connection:
        channels.save(connection, second, now=NOW)
        channels.save(connection, builders.channel(niche="travel"), now=NOW)
        channels.save(connection, builders.channel(), now=NOW)
        assert channels.serving(connection, "cooking") == (builders.channel(), second)
        assert channels.serving(connection, "travel") == ()
        assert channels.get(connection, "folder:second") == second
        assert channels.get(connection, "folder:nobody") is None
