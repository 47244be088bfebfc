"""What a finished clip must be before anyone may publish it."""

from collections.abc import Sequence

from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.face_checks import HIDDEN, check_hidden
from viral_forge_assets.domain.jitter import jitter_px
from viral_forge_resources.contracts.hiding import FaceLook
from viral_forge_resources.contracts.media import ClipFacts, RenderReport
from viral_forge_resources.contracts.records import CheckResult

_DURATION = "rendered_clips_have_planned_duration"
_SIZE = "rendered_clips_have_planned_size"
_RATE = "rendered_clips_have_constant_rate"
_SYNC = "rendered_clips_are_in_sync"
_LOUDNESS = "rendered_clips_are_loud_enough"
_PEAK = "rendered_clips_have_safe_peaks"
_BLACK = "rendered_clips_are_not_black"
_FROZEN = "rendered_clips_are_not_frozen"
_COPY = "rendered_clips_are_not_their_input"
_CALM = "rendered_clips_have_calm_crops"
_LIKENESS = "rendered_clips_are_not_over_compressed"

CHECK_NAMES = {
    _DURATION: "Each clip lasts as long as its plan says, to two frames.",
    _SIZE: "Each clip has the size, and so the shape, that its plan says.",
    _RATE: "Each clip has one constant frame rate, the planned one.",
    _SYNC: "Sound and picture of each clip start and end together, to 40 ms.",
    _LOUDNESS: "Each clip is as loud as planned, to 1 LU, or silent as its source is; the plan says"
    " where peaks keep it from the recipe's loudness.",
    _PEAK: "No clip's true peak is above -1 dBTP: louder ones distort after a platform's encoder.",
    _BLACK: "At most 30 % of a clip is black.",
    _FROZEN: "At most 95 % of a clip stands still.",
    _COPY: "No clip is byte for byte its source.",
    _CALM: "No crop trembles: in each shot its jerk is at most 0.6 px a frame³.",
    HIDDEN: "Where faces are to be hidden, none is found on any picture of the clip.",
    _LIKENESS: "What the encoder was given and what it made look alike: VMAF of 90 on samples.",
}
"""What is checked, in this order, each in one line."""

_DURATION_FRAMES = 2
_RATE_TOLERANCE = 0.0005
"""Tells 30 from 30000/1001, and forgives a container's rounding."""
_SYNC_S = 0.04
"""Sound that is 45 ms early begins to be noticed. Source: ITU-R BT.1359"""
_LEAST_VMAF = 90.0
_LOUDNESS_LU = 1.0
_HIGHEST_PEAK_DBTP = -1.0
_BLACK_SHARE = 0.3
_FROZEN_SHARE = 0.95
_MOST_JERK_PX = 0.6


def check_clip(
    facts: ClipFacts,
    *,
    plan: EditPlan,
    clip: ClipPlan,
    content_sha256: str,
    report: RenderReport,
    looks: Sequence[FaceLook] = (),
) -> tuple[CheckResult, ...]:
    """One result for each of ``CHECK_NAMES``, in that order; ``looks`` at every picture of it."""
    return (
        _duration(facts, clip),
        _size(facts, plan),
        _rate(facts, clip),
        _sync(facts),
        _loudness(facts, plan, clip),
        _peak(facts),
        _share(
            _BLACK,
            facts.black_s / clip.duration_s,
            _BLACK_SHARE,
            what="of the clip is black",
            why="Look at the source there, or choose another moment.",
        ),
        _share(
            _FROZEN,
            facts.frozen_s / clip.duration_s,
            _FROZEN_SHARE,
            what="of the clip stands still",
            why="A render that lost its frames looks like this, and so does a still picture.",
        ),
        CheckResult(
            name=_COPY,
            passed=content_sha256 != plan.source_sha256,
            message=f"clip {content_sha256[:12]}, source {plan.source_sha256[:12]}",
        ),
        _calm(plan, clip),
        check_hidden(clip.hiding, looks),
        _likeness(report),
    )


def _calm(plan: EditPlan, clip: ClipPlan) -> CheckResult:
    jerks = jitter_px(
        clip.framing,
        cuts_s=clip.cuts_s,
        frames=clip.frames,
        fps=clip.fps,
        size_px=(plan.width_px, plan.height_px),
    )
    return CheckResult(
        name=_CALM,
        passed=max(jerks) <= _MOST_JERK_PX,
        message=f"{max(jerks):.3f} px a frame³ at worst, at most {_MOST_JERK_PX:g}",
    )


def _duration(facts: ClipFacts, clip: ClipPlan) -> CheckResult:
    allowed_s = float(_DURATION_FRAMES / clip.fps)
    off_s = facts.duration_s - clip.duration_s
    return CheckResult(
        name=_DURATION,
        passed=abs(off_s) <= allowed_s + 1e-6,
        message=f"{facts.duration_s:.3f} s, planned {clip.duration_s:.3f} s ± {allowed_s:.3f} s",
    )


def _size(facts: ClipFacts, plan: EditPlan) -> CheckResult:
    return CheckResult(
        name=_SIZE,
        passed=(facts.width_px, facts.height_px) == (plan.width_px, plan.height_px),
        message=f"{facts.width_px}x{facts.height_px}, planned {plan.width_px}x{plan.height_px}",
    )


def _rate(facts: ClipFacts, clip: ClipPlan) -> CheckResult:
    is_planned = abs(facts.fps / clip.fps - 1) <= _RATE_TOLERANCE
    kind = "variable" if facts.is_variable_rate else "constant"
    return CheckResult(
        name=_RATE,
        passed=is_planned and not facts.is_variable_rate,
        message=f"{float(facts.fps):.3f} fps, {kind}, planned {float(clip.fps):.3f} fps, constant",
    )


def _sync(facts: ClipFacts) -> CheckResult:
    if facts.sync_offset_s is None:
        return CheckResult(
            name=_SYNC, passed=False, message="no sound track; even a silent clip gets one"
        )
    return CheckResult(
        name=_SYNC,
        passed=abs(facts.sync_offset_s) <= _SYNC_S,
        message=f"{facts.sync_offset_s * 1000:+.0f} ms apart, at most {_SYNC_S * 1000:.0f} ms",
    )


def _loudness(facts: ClipFacts, plan: EditPlan, clip: ClipPlan) -> CheckResult:
    wanted_lufs = _planned_lufs(plan, clip)
    wanted = f"{wanted_lufs:g} ± {_LOUDNESS_LU:g} LUFS"
    note = f"; {clip.sound.note}" if clip.sound and clip.sound.note else ""
    is_planned_silent = clip.sound is None or clip.is_silent
    if facts.loudness_lufs is None:
        why = "as its source is" if is_planned_silent else f"though its source is not; {wanted}"
        return CheckResult(
            name=_LOUDNESS, passed=is_planned_silent, message=f"the clip is silent, {why}{note}"
        )
    if is_planned_silent:
        said = f"{facts.loudness_lufs:.1f} LUFS, though its source has no sound{note}"
        return CheckResult(name=_LOUDNESS, passed=False, message=said)
    return CheckResult(
        name=_LOUDNESS,
        passed=abs(facts.loudness_lufs - wanted_lufs) <= _LOUDNESS_LU,
        message=f"{facts.loudness_lufs:.1f} LUFS, wanted {wanted}{note}",
    )


def _planned_lufs(plan: EditPlan, clip: ClipPlan) -> float:
    """The target, or what is left of it where peaks hold the sound back."""
    sound = clip.sound
    if sound is None or not sound.is_held_back or sound.expected_lufs is None:
        return plan.target_lufs
    return sound.expected_lufs


def _peak(facts: ClipFacts) -> CheckResult:
    limit = f"at most {_HIGHEST_PEAK_DBTP:g} dBTP"
    if facts.true_peak_dbtp is None:
        return CheckResult(
            name=_PEAK,
            passed=facts.loudness_lufs is None,
            message=f"the clip is silent; {limit}"
            if facts.loudness_lufs is None
            else f"not measured; {limit}",
        )
    return CheckResult(
        name=_PEAK,
        passed=facts.true_peak_dbtp <= _HIGHEST_PEAK_DBTP,
        message=f"{facts.true_peak_dbtp:.1f} dBTP, {limit}",
    )


def _likeness(report: RenderReport) -> CheckResult:
    like = report.fidelity
    if like is None:
        why = report.no_fidelity_because or "nothing was compared"
        return CheckResult(name=_LIKENESS, passed=True, message=f"not applicable, for {why}")
    return CheckResult(
        name=_LIKENESS,
        passed=like.vmaf >= _LEAST_VMAF,
        message=f"VMAF {like.vmaf:.1f}, at least {_LEAST_VMAF:g}; the worst of {like.pictures}"
        f" pictures has {like.lowest:.1f}",
    )


def _share(name: str, share: float, limit: float, *, what: str, why: str) -> CheckResult:
    passed = share <= limit
    said = f"{share:.0%} {what}, at most {limit:.0%}"
    return CheckResult(name=name, passed=passed, message=said if passed else f"{said}. {why}")
