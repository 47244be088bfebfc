"""Section of a report: did scores foretell results? The picture of ``viral-forge scoring show``."""

from collections.abc import Mapping
from dataclasses import replace

from viral_forge_assets.domain.calibration import FEWEST_POSTS, Calibration
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_resources.contracts.reports import (
    Axis,
    Chart,
    ChartKind,
    Point,
    Section,
    Series,
    Table,
)

_MOST_NICHES = 6
_WELL, _LITTLE = 0.5, 0.2
_COLUMNS = ("niche", "videos", "rank correlation (95 % interval)")


def calibration(inputs: ReportInputs) -> Section:
    """Whether scores foretold results, by niche."""
    every = inputs.calibrations
    told = {name: found for name, found in every.items() if found.bins}
    most = dict(sorted(told.items(), key=lambda each: (-each[1].videos, each[0]))[:_MOST_NICHES])
    named = Section(
        name="calibration",
        title="Did the score foretell it?",
        sentence=_sentence(most),
    )
    if not most:
        reasons = "; ".join(f"{name}: {found.reason}" for name, found in every.items())
        return replace(named, absent=f"Not enough to say: {reasons or 'there is no niche'}.")
    return replace(named, chart=_chart(most), table=_table(every))


def _sentence(told: Mapping[str, Calibration]) -> str:
    words = [
        f"{name} {_words(found.correlation)}"
        for name, found in told.items()
        if found.correlation is not None
    ]
    shown = "Share of the videos of each score that did better than the niche's middle one."
    return f"{shown} How well the score foretells it: {'; '.join(words)}." if words else shown


def _words(correlation: float) -> str:
    size = abs(correlation)
    if size < _LITTLE:
        return f"not at all ({correlation:.3f})"
    strong = "well" if size >= _WELL else "a little"
    return f"{strong}{'' if correlation > 0 else ', the wrong way round'} ({correlation:.3f})"


def _chart(told: Mapping[str, Calibration]) -> Chart:
    return Chart(
        kind=ChartKind.LINES,
        x=Axis(label="score before it was made", low=0, high=1),
        y=Axis(label="did better than the middle", is_share=True, low=0, high=1),
        series=(
            *(_series(name, found, is_alone=len(told) == 1) for name, found in told.items()),
            Series(
                name="as if drawn by lot",
                points=(Point(at=0, value=0.5), Point(at=1, value=0.5)),
                is_reference=True,
            ),
        ),
    )


def _series(name: str, found: Calibration, *, is_alone: bool) -> Series:
    return Series(
        name=f"{name} ({found.videos:,} videos)",
        points=tuple(
            Point(
                at=(each.low + each.high) / 2,
                value=each.share,
                low=each.share_low if is_alone else None,
                high=each.share_high if is_alone else None,
                label=f"{each.good} of {each.videos}" if is_alone and each.videos else "",
            )
            for each in found.bins
        ),
    )


def _table(every: Mapping[str, Calibration]) -> Table:
    rows = tuple((name, found.videos, _correlation(found)) for name, found in every.items())
    return Table(name="calibration", title="Calibration", columns=_COLUMNS, rows=rows)


def _correlation(found: Calibration) -> str:
    if not found.bins:
        return f"not known: {found.videos} of the {FEWEST_POSTS} videos needed"
    if found.correlation is None or found.low is None or found.high is None:
        return f"not known: {found.reason}"
    return f"{found.correlation:.3f} ({found.low:.3f} to {found.high:.3f})"
