"""The report as one page that needs nothing but itself, and no script."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.reports import Report, Table
from viral_forge_resources.reports.pictures import svg, theme

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = "viral_forge_resources.reports"
_MOST_ROWS = 20


def page(report: Report) -> bytes:
    """HTML; nothing in it is run, and nothing is fetched."""
    style = files(_TEMPLATES).joinpath("templates", "report.css").read_text() + theme()
    shown = {
        section.name: svg(section.chart, name=section.name, title=section.sentence)
        for section in report.sections
        if section.chart is not None
    }
    text = _template().render(
        report=report,
        pictures=shown,
        style=style,
        policy=policy(style),
        most_rows=_MOST_ROWS,
        numeric=_numeric,
    )
    return text.encode("utf-8", "replace")


def policy(style: str) -> str:
    """The content policy that lets this style stand, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = _cell
    return environment.get_template("report.html")


def _numeric(table: Table) -> list[bool]:
    """Which columns hold numbers: those stand to the right."""
    return [
        any(isinstance(row[place], int | float) for row in table.rows)
        for place in range(len(table.columns))
    ]


def _cell(cell: object) -> str:
    if cell is None:
        return "\u2013"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"  # noqa: PLR2004
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
