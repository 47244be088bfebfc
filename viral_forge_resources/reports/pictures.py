"""A chart as SVG to stand in a page, and as a small PNG."""

import io
import re
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.reports import Chart, ChartKind
from viral_forge_resources.reports.charts import draw, legend_rows
from viral_forge_resources.reports.style import DARK, PAPER, styled

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from matplotlib.figure import Figure

_WIDTH_IN = 4.2  # narrow enough that a phone shows its type in its own size
_HEIGHT_IN = 2.7
_LEGEND_IN = 0.18
_ROW_IN = 0.34
_PNG_DPI = 140
_PNG_COLOURS = 64  # of fewer, thin lines lose their hue
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def figure_of(chart: Chart, *, width_in: float = _WIDTH_IN) -> "Figure":
    """The chart as a figure, under our style."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_of(chart)), layout="constrained")
    draw(chart, figure.subplots())
    return figure


def height_of(chart: Chart) -> float:
    """Inches: bars and ranges are as high as they have rows."""
    if chart.kind is ChartKind.LINES:
        return _HEIGHT_IN + _LEGEND_IN * legend_rows(chart)
    rows = len(chart.categories) * max(1, len(chart.series) * 0.62)
    return min(max(1.0 + _ROW_IN * rows, 1.7), 4.6)


def png(chart: Chart) -> bytes:
    """A few kB: pictures of the UI are kept with every materialization."""
    from PIL import Image

    raw, small = io.BytesIO(), io.BytesIO()
    with styled():
        figure_of(chart).savefig(
            raw, format="png", dpi=_PNG_DPI, facecolor=PAPER, metadata={"Software": None}
        )
    with Image.open(raw) as picture:
        few = picture.convert("RGB").quantize(_PNG_COLOURS, dither=Image.Dither.NONE)
    few.save(small, format="png", optimize=True)
    return small.getvalue()


def svg(chart: Chart, *, name: str, title: str) -> str:
    """An ``svg`` element to stand in HTML: no style of its own, ids that start with ``name``."""
    from defusedxml import ElementTree

    raw = io.BytesIO()
    with styled():
        figure_of(chart).savefig(raw, format="svg", metadata={"Date": None})
    root: Element = ElementTree.fromstring(raw.getvalue())
    for each in root.findall(f"{_SVG}metadata"):
        root.remove(each)
    _without_styles(root)
    for element in root.iter():
        _cleaned(element, name)
    size = root.attrib["viewBox"].split()
    opening = (
        f'<svg viewBox="0 0 {size[2]} {size[3]}" role="img" aria-label="{_quoted(title)}"'
        ' class="chart">'
    )
    return opening + "".join(_written(child) for child in root) + "</svg>"


def _without_styles(root: "Element") -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{_SVG}style":
                parent.remove(child)


def _cleaned(element: "Element", name: str) -> None:
    """Style attributes become attributes, which every content policy lets stand."""
    element.tag = element.tag.removeprefix(_SVG)
    classes = []
    for rule in filter(None, element.attrib.pop("style", "").split(";")):
        key, _, value = (part.strip() for part in rule.partition(":"))
        if key == "font-family":
            continue
        element.set(key, value)
        if key in {"fill", "stroke"} and value in DARK:
            classes.append(f"{key[0]}{value[1:]}")
    if classes:
        element.set("class", " ".join(classes))
    target = element.attrib.pop(_LINK, None)
    if target:
        element.set("href", f"#{name}-{target[1:]}")
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.attrib['id']}")
    clip = re.fullmatch(r"url\(#(.+)\)", element.get("clip-path", ""))
    if clip:
        element.set("clip-path", f"url(#{name}-{clip[1]})")


def _written(element: "Element") -> str:
    from xml.etree.ElementTree import tostring

    element.tail = None
    return tostring(element, encoding="unicode")


def _quoted(text: str) -> str:
    import html

    return html.escape(" ".join(text.split()), quote=True)


def theme() -> str:
    """CSS: what the colours of pictures become on a dark screen."""
    rules = [
        f".{kind[0]}{light[1:]}{{{kind}:{dark}}}"
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
    ]
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}"
