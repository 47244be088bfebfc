"""Draws one chart into the axes that it is given; the same on screen, on paper and in the UI."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.reports import Axis, Chart, ChartKind, Point, Series
from viral_forge_resources.reports.style import INK, MARKERS, MUTED, RULE, SERIES, writable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST_NAME = 26
_LONGEST_IN_LEGEND = 44
_LEGEND_LINE = 60  # characters beside each other
_ROOM_FOR_LABELS = 1.22  # of the longest bar, so that what stands beside it stays inside


def draw(chart: Chart, axes: "Axes") -> None:
    """Draw ``chart`` into empty ``axes``, under our style."""
    _DRAWN[chart.kind](chart, axes)
    _scaled(axes, chart)
    if len(chart.series) > 1:
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=_columns(chart.series),
            borderpad=0.2,
        )


def _lines(chart: Chart, axes: "Axes") -> None:
    number = 0
    for series in chart.series:
        xs = [point.at for point in series.points]
        ys = [float("nan") if p.value is None else p.value for p in series.points]
        if series.is_reference:
            axes.plot(xs, ys, color=MUTED, linewidth=1, dashes=(4, 3), label=_name(series))
            continue
        colour, marker = SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]
        is_dense = len(xs) > _DENSE
        axes.plot(xs, ys, color=colour, marker="" if is_dense else marker, label=_name(series))
        for at, value in _alone(series) if is_dense else ():
            axes.plot([at], [value], color=colour, marker=marker)
        for point in series.points:
            if point.low is not None and point.high is not None:
                axes.plot([point.at] * 2, [point.low, point.high], color=colour, alpha=0.35)
            _beside(axes, point, at=(point.at, point.value))
        number += 1


def _alone(series: Series) -> list[tuple[float, float]]:
    """Known points between two that are not: a line does not show them."""
    values = [None, *(point.value for point in series.points), None]
    around = zip(values, values[2:], series.points, strict=False)
    return [
        (point.at, point.value)
        for before, after, point in around
        if before is None and after is None and point.value is not None
    ]


_DENSE = 24  # more marks than that would hide the line


def _bars(chart: Chart, axes: "Axes") -> None:
    thick = 0.76 / len(chart.series)
    for number, series in enumerate(chart.series):
        shift = (number - (len(chart.series) - 1) / 2) * thick
        known = [point for point in series.points if point.value is not None]
        places = [point.at + shift for point in known]
        start = chart.x.low if chart.x.is_logarithmic and chart.x.low else 0
        axes.barh(
            places,
            [(point.value or 0) - start for point in known],
            height=thick * 0.9,
            left=start,
            color=SERIES[number % len(SERIES)],
            label=_name(series),
        )
        for point, place in zip(known, places, strict=True):
            _beside(axes, point, at=(max(point.value or 0, start), place))
        for point in series.points:
            if point.value is None and point.label:
                _beside(axes, point, at=(start, point.at + shift))


def _ranges(chart: Chart, axes: "Axes") -> None:
    thick = 0.6 / len(chart.series)
    for number, series in enumerate(chart.series):
        shift = (number - (len(chart.series) - 1) / 2) * thick
        colour = SERIES[number % len(SERIES)]
        for point in series.points:
            if point.value is None:
                continue
            ends = [point.value if each is None else each for each in (point.low, point.high)]
            axes.plot(ends, [point.at + shift] * 2, color=colour, linewidth=4, alpha=0.35)
            axes.plot([point.value], [point.at + shift], color=colour, marker=MARKERS[number % 6])
            _beside(axes, point, at=(ends[1], point.at + shift))


_DRAWN: Mapping[ChartKind, Callable[[Chart, "Axes"], None]] = MappingProxyType(
    {ChartKind.LINES: _lines, ChartKind.BARS: _bars, ChartKind.RANGES: _ranges}
)


def _beside(axes: "Axes", point: Point, *, at: tuple[float, float | None]) -> None:
    if point.label and at[1] is not None:
        axes.annotate(
            writable(point.label), at, xytext=(5, 0), textcoords="offset points", va="center",
            color=INK, fontsize=8, annotation_clip=False,
        )  # fmt: skip


def _scaled(axes: "Axes", chart: Chart) -> None:
    _axis(axes, chart.x, "x")
    if chart.kind is ChartKind.LINES:
        _axis(axes, chart.y, "y")
        return
    names = [writable(name, longest=_LONGEST_NAME) for name in chart.categories]
    axes.set_yticks(range(len(names)), names, color=INK)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    if chart.x.low is None and any((p.value or 0) < 0 for s in chart.series for p in s.points):
        axes.axvline(0, color=RULE, linewidth=1)
    elif chart.x.high is None:
        low, high = axes.get_xlim()
        more = high**_ROOM_FOR_LABELS if chart.x.is_logarithmic else high * _ROOM_FOR_LABELS
        axes.set_xlim(0 if chart.x.low is None else low, more)


def _axis(axes: "Axes", axis: Axis, which: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

    ours = axes.xaxis if which == "x" else axes.yaxis
    ours.set_label_text(writable(axis.label))
    if axis.is_logarithmic:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        ours.set_minor_formatter(NullFormatter())
    if axis.ticks:
        ours.set_ticks([at for at, _ in axis.ticks], [writable(text) for _, text in axis.ticks])
    elif not axis.is_logarithmic:
        ours.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=axis.is_whole))
    if not axis.ticks:
        shown = _share if axis.is_share else _plain
        ours.set_major_formatter(FuncFormatter(lambda value, _place: shown(value)))
    limit = axes.set_xlim if which == "x" else axes.set_ylim
    limit(axis.low, axis.high)


def _share(value: float) -> str:
    return f"{value * 100:.0f} %"


def _plain(value: float) -> str:
    if value == 0:
        return "0"
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g}"


def _name(series: Series) -> str:
    return writable(series.name, longest=_LONGEST_IN_LEGEND)


def legend_rows(chart: Chart) -> int:
    """How many lines the legend takes."""
    return -(-len(chart.series) // _columns(chart.series)) if len(chart.series) > 1 else 0


def _columns(series: Sequence[Series]) -> int:
    longest = max(len(_name(each)) for each in series)
    return max(1, min(len(series), _LEGEND_LINE // (longest + 6)))
