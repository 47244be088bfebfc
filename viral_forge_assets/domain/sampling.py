"""Which seconds of a clip are looked at closely, where all of them would cost too much."""

from fractions import Fraction

from viral_forge_resources.contracts.media import Stretch

_SAMPLES = 3
_LONGEST_S = 1.0
_SHARE = Fraction(1, 10)
"""Of the clip, all samples together: comparing a picture costs half of what making it costs."""

_LEAST_FRAMES = 3
"""Movement shows in no fewer."""

_GRID_S = 2.0
"""Key frames stand so far apart where nothing else calls for one: decoding begins there."""


def sampled(duration_s: float, fps: Fraction) -> tuple[Stretch, ...]:
    """Up to three seconds of a clip, spread over it evenly; fewer of a short one."""
    wanted_s = min(_LONGEST_S, float(_SHARE) * duration_s / _SAMPLES)
    length_s = min(max(wanted_s, float(_LEAST_FRAMES / fps)), duration_s / _SAMPLES)
    middles = [duration_s * (2 * number + 1) / (2 * _SAMPLES) for number in range(_SAMPLES)]
    if duration_s > _SAMPLES * _GRID_S:
        starts = [middle_s // _GRID_S * _GRID_S for middle_s in middles]
    else:
        starts = [middle_s - length_s / 2 for middle_s in middles]
    return tuple(Stretch(start_s=each, end_s=each + length_s) for each in starts)
