"""Whatever is put into the inbox or typed into the UI: a good clip, or words that say why not."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests import samples
from tests.clips import QUICK, lavfi, make
from tests.studio import NICHE, Studio
from viral_forge_assets.rendering import ALL_CHECKS
from viral_forge_resources.state import scan_outcomes


def _uhd_10_bit(folder: Path) -> Path:
    """3840 x 2160 with 10 bits, six pictures in 0.6 s."""
    picture = lavfi("testsrc2=s=3840x2160:r=10:d=0.6")
    return make(folder / "uhd-10.mp4", *picture, *QUICK, "-pix_fmt", "yuv420p10le")


def _brief(folder: Path) -> Path:
    """Three pictures: a tenth of a second."""
    return make(folder / "brief.mp4", *lavfi("testsrc2=s=320x180:r=30:d=0.1"), *QUICK)


def _steady(folder: Path) -> Path:
    """Half a second that moves."""
    return make(folder / "steady.mp4", *lavfi("testsrc2=s=320x180:r=30:d=0.6"), *QUICK)


@pytest.mark.parametrize(
    "odd",
    [
        _uhd_10_bit,
        samples.broken_sound,
        samples.hdr_pq,
        samples.no_audio,
        samples.odd_dimensions,
        samples.rotated,
        samples.shifted_start,
        samples.truncated,
        samples.variable_rate,
        samples.wide_pixels,
    ],
)
def test_an_odd_video_gives_a_good_clip(studio, media_folder, odd):
    key = studio.add(odd(media_folder))
    ran = studio.edit(key)
    assert (ran.failure, ran.failed_checks) == ("", {})
    assert {check.name for check in studio.clip(key).checks} == set(ALL_CHECKS)
    made = ran.metadata("transform", "rendered_clips")
    assert (made["width_px"], made["height_px"]) == (180, 320)


@pytest.mark.parametrize(
    ("bad", "reason", "remedy"),
    [
        (samples.empty, "is an empty file", "Copy or download it again"),
        (samples.text_named_mp4, "is no video that can be read", "convert it to MP4"),
        (samples.unfinished, "is no video that can be read", "convert it to MP4"),
        (samples.audio_only, "has no video track, only sound", "Give a file with a moving picture"),
        (samples.song, "has no video track, only sound", "Give a file with a moving picture"),
        (samples.covered_song, "has no video track, only sound and a cover picture", "Give a file"),
        (samples.one_picture, "has no duration", "Give a file with a moving picture"),
        (_brief, "lasts 0.10 s, a clip at least 0.5 s", "Use a longer video"),
    ],
)
def test_a_bad_file_fails_with_its_name_the_reason_and_the_remedy(
    studio, media_folder, bad, reason, remedy
):
    path = bad(media_folder)
    ran = studio.edit(studio.add(path))
    assert f"'{path.name}': {reason}" in ran.failure
    assert remedy in ran.failure
    assert "rendered_clips" not in ran.made


_NAMES = [
    "-y -i it's \"quoted\" $(rm) `x` \\100 %d%(n)s: [v]; movie=x, 'drawtext'.mp4",
    "two\nlines\t.mp4",
    "abc\u202egpj.\u05e9\u05dc\u05d5\u05dd.mp4",
    "\u00e9" * 125 + "x.mp4",  # 255 bytes: no sidecar can bear such a name
]


@pytest.mark.parametrize("name", _NAMES)
def test_a_hostile_file_name_gives_a_good_clip_and_a_clean_post(studio, media_folder, name):
    key = studio.add(_steady(media_folder), name=name, sidecar=None)
    studio.vouch(key)
    assert studio.edit(key).failure == ""
    studio.approve(key)
    studio.publish(key)
    (post,) = studio.posts()
    title = (post / "title.txt").read_text().removesuffix("\n")
    assert title
    assert title.isprintable()
    assert post.name.isascii()


def test_a_name_that_is_no_text_is_left_out_with_the_reason_and_the_others_are_taken(
    studio, media_folder
):
    good = studio.drop(_steady(media_folder))
    studio.drop(samples.no_audio(media_folder), name=b"caf\xe9.mp4", sidecar=None)
    assert studio.scan().success
    assert [row.locator for row in studio.candidates()] == [str(good)]
    with studio.state.connect() as connection:
        outcomes = {row.platform: row for row in scan_outcomes.latest(connection, NICHE)}
    outcome = outcomes["inbox"]
    assert "has a name that is no UTF-8 text. Rename the file." in (outcome.reason or "")


def test_hostile_subtitles_are_shown_as_text_or_not_at_all(studio, media_folder):
    hostile = (
        "{\\pos(0,0)\\fs90}Boil",
        "the\\Nwater",
        "<b onclick='x()'>with</b> &lt;salt&gt;",
        "{\\p1}m 0 0 l 9 9{\\p0}",
    )
    cues = [f"{n + 1}\n00:00:00,{n}00 --> 00:00:00,{n}90\n{cue}\n" for n, cue in enumerate(hostile)]
    ran = studio.edit(studio.add(_steady(media_folder), subtitles="\n".join(cues)))
    assert ran.failure == ""
    shown = ran.metadata("captions", "transcript")["text"]
    assert shown == "Boil the water with <salt> m 0 0 l 9 9"
    (ass,) = (studio.home / "storage").rglob("clip-1.ass")
    assert not any(tag in ass.read_text() for tag in ("\\pos(0,0)", "\\p1", "\\fs90", "\\N\\N"))


def test_subtitles_that_cannot_be_read_fail_with_the_reason(studio, media_folder):
    key = studio.add(_steady(media_folder), subtitles="no times at all")
    failure = studio.edit(key).failure
    assert "subtitles of steady.mp4" in failure


@pytest.mark.parametrize(
    ("job", "key", "told"),
    [
        ("candidate_job", "cooking:inbox:nothing-here", "names no candidate. Candidates come from"),
        ("candidate_job", "../../etc:inbox:passwd", "is not a candidate's partition key"),
        ("publish_job", "cooking:inbox:nothing-here", "names no candidate"),
        ("metrics_job", "cooking", "is not a candidate's partition key. A key reads niche:"),
    ],
)
def test_a_partition_typed_by_hand_fails_with_the_reason(studio, job, key, told):
    failure = studio.run(job, key).failure
    assert f"'{key}': {told}" in failure
    assert not (studio.home / "storage").exists()


def test_a_niche_typed_by_hand_fails_with_the_reason(studio):
    failure = studio.run("scan_job", "nowhere").failure
    assert "'nowhere': names no niche. Add it with `viral-forge niche add NAME`." in failure


def test_bad_neighbours_touch_nothing_of_a_good_candidate(studio, media_folder):
    key = studio.add(_steady(media_folder))
    studio.edit(key)
    studio.approve(key)
    studio.publish(key)
    before = _everything_of(studio, key)
    for bad in (samples.empty, samples.text_named_mp4, samples.one_picture, _brief):
        assert not studio.edit(studio.add(bad(media_folder))).success
    studio.run("candidate_job", "cooking:inbox:nothing-here")
    assert _everything_of(studio, key) == before
    again = studio.edit(key)
    assert (again.success, again.metadata("transform", "rendered_clips")["reused"]) == (True, True)


def _everything_of(studio: Studio, key: str) -> object:
    own = studio.home / "storage" / key.replace(":", "/")
    files = sorted(path for path in own.rglob("*") if path.is_file())
    return (
        [(path, path.stat().st_mtime_ns, _sha256(path)) for path in files],
        # Another sighting moves its score, and nothing else.
        [
            replace(row, score=None, score_parts=(), ranking=None)
            for row in studio.candidates()
            if row.candidate_key == key
        ],
        studio.clips(key),
        studio.publications(key),
        studio.posts(),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
