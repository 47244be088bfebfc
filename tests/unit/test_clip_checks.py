from dataclasses import replace
from fractions import Fraction

import pytest

from viral_forge_assets.domain.clip_checks import CHECK_NAMES, check_clip
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_resources.contracts.media import (
    ClipFacts,
    Fidelity,
    Framing,
    FramingMode,
    RenderReport,
    SoundLevel,
    Stretch,
)
from viral_forge_resources.contracts.records import CheckResult

CLIP = ClipPlan(
    number=1,
    segments=(Stretch(start_s=2.0, end_s=12.0),),
    framing=Framing(mode=FramingMode.FIT, width_px=1920, height_px=1080),
    fps=Fraction(30),
    score=0.5,
    sound=SoundLevel(measured_lufs=-20.0, gain_db=6.0, expected_lufs=-14.0),
)
SOUNDLESS = replace(CLIP, sound=None)
SILENT = replace(CLIP, sound=SoundLevel(measured_lufs=None, gain_db=None, expected_lufs=None))
INAUDIBLE = replace(
    CLIP,
    sound=SoundLevel(
        measured_lufs=-64.2, gain_db=None, expected_lufs=None, note="inaudible at -64"
    ),
)
PLAN = EditPlan(
    recipe="mine",
    recipe_version=1,
    recipe_hash="0" * 16,
    source_sha256="a" * 64,
    rights_id="own-1",
    width_px=1080,
    height_px=1920,
    has_captions=True,
    caption_style="bold",
    target_lufs=-14.0,
    crf=21,
    preset="veryfast",
    clips=(CLIP,),
)
GOOD = ClipFacts(
    duration_s=10.0,
    width_px=1080,
    height_px=1920,
    fps=Fraction(30),
    is_variable_rate=False,
    sync_offset_s=0.021,
    loudness_lufs=-13.9,
    true_peak_dbtp=-1.5,
    black_s=0.0,
    frozen_s=1.0,
)


LIKE = Fidelity(vmaf=95.2, lowest=91.0, pictures=15, cpu_s=1.0)
REPORT = RenderReport(encoder="libx264", build="9.0", cpu_s=20.0, wall_s=10.0, fidelity=LIKE)


def _check(
    facts: ClipFacts, *, clip: ClipPlan = CLIP, content_sha256: str = "b" * 64, report=REPORT
) -> tuple[CheckResult, ...]:
    return check_clip(facts, plan=PLAN, clip=clip, content_sha256=content_sha256, report=report)


def _failed(facts: ClipFacts, *, clip: ClipPlan = CLIP, content_sha256: str = "b" * 64) -> set[str]:
    results = _check(facts, clip=clip, content_sha256=content_sha256)
    return {result.name for result in results if not result.passed}


def test_a_clip_as_planned_passes_every_check():
    results = _check(GOOD)

    assert [result.name for result in results] == list(CHECK_NAMES)
    assert all(result.passed for result in results)


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (replace(GOOD, duration_s=10.1), "rendered_clips_have_planned_duration"),
        (replace(GOOD, duration_s=9.9), "rendered_clips_have_planned_duration"),
        (replace(GOOD, width_px=1920, height_px=1080), "rendered_clips_have_planned_size"),
        (replace(GOOD, fps=Fraction(30000, 1001)), "rendered_clips_have_constant_rate"),
        (replace(GOOD, is_variable_rate=True), "rendered_clips_have_constant_rate"),
        (replace(GOOD, sync_offset_s=-0.045), "rendered_clips_are_in_sync"),
        (replace(GOOD, sync_offset_s=None), "rendered_clips_are_in_sync"),
        (replace(GOOD, loudness_lufs=-15.6), "rendered_clips_are_loud_enough"),
        (replace(GOOD, loudness_lufs=-12.5), "rendered_clips_are_loud_enough"),
        (replace(GOOD, true_peak_dbtp=-0.4), "rendered_clips_have_safe_peaks"),
        (replace(GOOD, true_peak_dbtp=None), "rendered_clips_have_safe_peaks"),
        (replace(GOOD, black_s=3.5), "rendered_clips_are_not_black"),
        (replace(GOOD, frozen_s=9.9), "rendered_clips_are_not_frozen"),
    ],
)
def test_one_fault_fails_one_check(facts, check):
    assert _failed(facts) == {check}


def test_two_frames_too_many_are_forgiven():
    assert _failed(replace(GOOD, duration_s=10.066)) == set()


def test_a_copy_of_the_source_is_no_clip():
    assert _failed(GOOD, content_sha256="a" * 64) == {"rendered_clips_are_not_their_input"}


@pytest.mark.parametrize("clip", [SOUNDLESS, SILENT, INAUDIBLE])
def test_a_silent_clip_of_a_source_that_counts_as_silent_passes_and_says_so(clip):
    silent = replace(GOOD, loudness_lufs=None, true_peak_dbtp=None)

    messages = {result.name: result.message for result in _check(silent, clip=clip)}

    assert _failed(silent, clip=clip) == set()
    assert "silent, as its source is" in messages["rendered_clips_are_loud_enough"]


def test_the_figure_of_inaudible_sound_is_passed_on():
    silent = replace(GOOD, loudness_lufs=None, true_peak_dbtp=None)

    results = _check(silent, clip=INAUDIBLE)

    assert any("as its source is; inaudible at -64" in result.message for result in results)


HELD_BACK = replace(
    CLIP,
    sound=SoundLevel(
        measured_lufs=-26.2,
        gain_db=9.7,
        expected_lufs=-22.4,
        note="-22.4 is as loud as it gets",
        is_held_back=True,
    ),
)


def test_sound_that_its_peaks_hold_back_is_as_loud_as_its_plan_says_and_says_why():
    quiet = replace(GOOD, loudness_lufs=-22.0)

    messages = {result.name: result.message for result in _check(quiet, clip=HELD_BACK)}

    assert _failed(quiet, clip=HELD_BACK) == set()
    assert "-22.4 is as loud as it gets" in messages["rendered_clips_are_loud_enough"]


@pytest.mark.parametrize("loudness_lufs", [-24.0, -14.0])
def test_sound_that_its_peaks_hold_back_is_no_other_than_planned(loudness_lufs):
    facts = replace(GOOD, loudness_lufs=loudness_lufs)
    assert _failed(facts, clip=HELD_BACK) == {"rendered_clips_are_loud_enough"}


def test_an_expected_loudness_off_the_target_is_no_excuse_without_peaks_that_hold_it_back():
    assert HELD_BACK.sound is not None
    clip = replace(HELD_BACK, sound=replace(HELD_BACK.sound, is_held_back=False))
    assert _failed(replace(GOOD, loudness_lufs=-22.4), clip=clip) == {
        "rendered_clips_are_loud_enough"
    }


@pytest.mark.parametrize("clip", [SOUNDLESS, SILENT, INAUDIBLE])
@pytest.mark.parametrize("loudness_lufs", [-14.0, -64.2])
def test_sound_out_of_nowhere_fails(clip, loudness_lufs):
    assert _failed(replace(GOOD, loudness_lufs=loudness_lufs), clip=clip) == {
        "rendered_clips_are_loud_enough"
    }


def test_a_clip_that_lost_its_sound_fails():
    silent = replace(GOOD, loudness_lufs=None, true_peak_dbtp=None)

    assert _failed(silent) == {"rendered_clips_are_loud_enough"}


def test_a_message_carries_what_was_measured_and_the_limit():
    facts = replace(GOOD, loudness_lufs=-19.26, frozen_s=9.9, true_peak_dbtp=-0.2)

    messages = {result.name: result.message for result in _check(facts)}

    assert messages["rendered_clips_are_loud_enough"] == "-19.3 LUFS, wanted -14 ± 1 LUFS"
    assert messages["rendered_clips_have_safe_peaks"] == "-0.2 dBTP, at most -1 dBTP"
    assert messages["rendered_clips_are_not_frozen"].startswith("99% of the clip stands still, at")
    assert "lost its frames" in messages["rendered_clips_are_not_frozen"]


def test_why_a_target_is_missed_is_passed_on():
    noted = SoundLevel(
        measured_lufs=-60.0, gain_db=20.0, expected_lufs=-40.0, note="hardly a sound"
    )

    results = _check(replace(GOOD, loudness_lufs=-40.0), clip=replace(CLIP, sound=noted))

    assert any("hardly a sound" in result.message for result in results)


def test_a_clip_that_was_pressed_too_hard_fails_one_check():
    pressed = replace(REPORT, fidelity=replace(LIKE, vmaf=89.9))
    (failed,) = (each for each in _check(GOOD, report=pressed) if not each.passed)
    assert failed.name == "rendered_clips_are_not_over_compressed"
    assert failed.message == "VMAF 89.9, at least 90; the worst of 15 pictures has 91.0"


def test_a_comparison_that_nobody_made_is_told_as_such():
    report = replace(REPORT, fidelity=None, no_fidelity_because="this FFmpeg has no libvmaf")
    (*_, last) = _check(GOOD, report=report)
    assert (last.passed, last.message) == (True, "not applicable, for this FFmpeg has no libvmaf")
