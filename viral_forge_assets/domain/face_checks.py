"""Whether a finished clip shows a face that it was to hide."""

from collections.abc import Sequence

from viral_forge_resources.contracts.hiding import FaceLook, Hiding
from viral_forge_resources.contracts.records import CheckResult

HIDDEN = "rendered_clips_hide_faces"

_SURE = 0.5
_MOST_TOLD = 3


def check_hidden(hiding: Hiding | None, looks: Sequence[FaceLook]) -> CheckResult:
    """No picture of ``looks``, which are the clip's own, may have more faces than stay shown."""
    if hiding is None:
        return CheckResult(name=HIDDEN, passed=True, message="no face was to be hidden")
    seen = [
        look.at_s
        for look in looks
        if sum(face.certainty >= _SURE for face in look.faces) > hiding.shown_at_once
    ]
    more = f"more than {hiding.shown_at_once} faces" if hiding.shown_at_once else "a face"
    if seen or not looks:
        times = ", ".join(f"{at_s:.2f}" for at_s in seen[:_MOST_TOLD])
        said = f"{len(seen)} of {len(looks)} pictures show {more}: at {times} s"
        return CheckResult(
            name=HIDDEN, passed=False, message=said if looks else "nobody looked at the clip"
        )
    return CheckResult(
        name=HIDDEN, passed=True, message=f"none of {len(looks)} pictures shows {more}"
    )
