"""What every scanner keeps to, whatever it scans.

The classes are collected where a test module derives from them and gives the fixture ``ground``.
"""

from datetime import UTC, datetime, timedelta

import pytest

from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.contracts.words import is_printable


class ScannerContract:
    """Of every scanner; see ``grounds/scanners`` for what a ground is."""

    def test_it_is_called_like_its_file(self, ground):
        assert {video.platform for video in ground.scan().whole()} == {ground.name}

    def test_every_video_is_seen_once(self, ground):
        found = [video.platform_video_id for video in ground.scan().whole()]
        assert len(found) == len(set(found)) == ground.size

    def test_every_id_makes_a_partition_key(self, ground):
        for video in ground.scan().whole():
            key = CandidateKey(
                niche="cats", platform=video.platform, platform_video_id=video.platform_video_id
            )
            assert parse_candidate_key(str(key)) == key

    def test_ids_are_the_same_in_the_next_scan(self, ground):
        first = {video.locator: video.platform_video_id for video in ground.scan().whole()}
        second = {video.locator: video.platform_video_id for video in ground.scan().whole()}
        assert first == second

    def test_the_moment_of_a_sighting_is_now_in_utc(self, ground):
        before = datetime.now(UTC)
        moments = [video.seen_at for video in ground.scan().whole()]
        assert all(moment.utcoffset() == timedelta(0) for moment in moments)
        assert all(before <= moment <= datetime.now(UTC) for moment in moments)

    def test_a_locator_is_an_absolute_path_or_a_web_address(self, ground):
        for video in ground.scan().whole():
            assert video.locator.startswith(("/", "https://", "http://"))
            assert video.locator.isprintable()

    def test_a_licence_that_is_known_has_words_and_evidence(self, ground):
        for video in ground.scan().whole():
            assert (video.licence is None) == (video.licence_evidence is None)
            assert video.licence_spdx is None or video.licence is not None

    def test_a_sound_that_is_told_can_be_told_from_others(self, ground):
        for video in ground.scan().whole():
            sound = video.sound
            assert sound is None or sound.sound_id or (sound.title and sound.author)

    def test_words_are_printable_text_on_one_line_whatever_comes(self, ground):
        for hostile in ground.hostile():
            videos = hostile.whole()
            assert len(videos) + len(hostile.unusable) >= ground.size
            for video in videos:
                sound = video.sound or UsedSound()
                words = (video.title, video.author, video.licence, video.language, *video.tags)
                words += (sound.sound_id, sound.title, sound.author)
                assert video.title.strip()
                assert len(video.title) <= 500
                assert all(map(is_printable, filter(None, words)))

    @pytest.mark.parametrize("limit", [0, 1])
    def test_the_limit_is_honoured(self, ground, limit):
        found = ground.scan(limit=limit, is_lenient=True)
        assert found.error is None
        assert len(found.videos) == limit

    def test_a_quiet_platform_answers_none(self, ground):
        quiet = ground.quiet()
        assert quiet.error is None
        assert (quiet.videos, quiet.unusable) == ([], [])
