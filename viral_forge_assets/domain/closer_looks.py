"""Which stretches of a long source are worth looking at in full, by what is said there."""

from dataclasses import replace

from viral_forge_assets.domain.material import Material, material_of
from viral_forge_assets.domain.moment_marks import score_of
from viral_forge_assets.domain.moment_windows import Lengths, windows
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch, Transcript

LONG_S = 300.0
"""A source up to here is looked at in full, all of it."""

_LENGTHS = Lengths(shortest_s=24.0, longest_s=45.0)
"""Recipes choose within what was looked at; most of their clips are about that long."""

_SHARE = 0.24
_LEAST_S, _MOST_S = 240.0, 900.0
"""Of pictures in all: enough for the ten clips that a recipe may want, and no more of a film."""

_MARGIN_S = 2.0
"""A recipe with other lengths may begin or end a sentence earlier or later."""


def is_long(probe: MediaProbe) -> bool:
    """Whether a source is skimmed first."""
    return probe.duration_s > LONG_S


def worth_a_closer_look(
    probe: MediaProbe, skimmed: SceneMap, transcript: Transcript
) -> tuple[Stretch, ...]:
    """Stretches in time order and apart, the most promising of a source that was skimmed."""
    everything = Stretch(start_s=0.0, end_s=min(probe.duration_s, skimmed.duration_s))
    material = replace(material_of(probe, skimmed, transcript), parts=(everything,))
    left_s = min(max(_SHARE * everything.duration_s, _LEAST_S), _MOST_S)
    chosen: list[Stretch] = []
    for stretch in _by_promise(material, everything):
        if left_s < _LENGTHS.shortest_s:
            break
        if stretch.duration_s <= left_s and all(
            stretch.end_s <= each.start_s or each.end_s <= stretch.start_s for each in chosen
        ):
            chosen.append(stretch)
            left_s -= stretch.duration_s + 2 * _MARGIN_S
    return _merged(chosen, everything)


def _by_promise(material: Material, everything: Stretch) -> list[Stretch]:
    scored = [
        (-round(score_of(material, stretch), 2), stretch.start_s, -stretch.end_s, stretch)
        for stretch in windows(material, everything, _LENGTHS)
    ]
    return [each[-1] for each in sorted(scored, key=lambda each: each[:3])]


def _merged(chosen: list[Stretch], everything: Stretch) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for stretch in sorted(chosen, key=lambda each: each.start_s):
        start_s = max(stretch.start_s - _MARGIN_S, everything.start_s)
        end_s = min(stretch.end_s + _MARGIN_S, everything.end_s)
        if merged and start_s <= merged[-1].end_s:
            start_s = merged.pop().start_s
        merged.append(Stretch(start_s=start_s, end_s=end_s))
    return tuple(merged)
