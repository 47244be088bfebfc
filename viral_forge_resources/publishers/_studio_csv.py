"""Turns exports of the platforms' studios into numbers of our posts, without guessing whose."""

import logging
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput, printable
from viral_forge_resources.contracts.publishing import PostMetric, Publication, PublicationState
from viral_forge_resources.publishers._post_files import caption
from viral_forge_resources.publishers._studio_columns import Column, Use
from viral_forge_resources.publishers._studio_layout import currency_of, layout_of
from viral_forge_resources.publishers._studio_table import Table, read_table

_LOGGER = logging.getLogger(__name__)
_NOTHING = frozenset({"", "-", "\u2013", "\u2014", "--", "n/a"})
_WHOLE_LIFE = frozenset({"", "lifetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One export, read.

    Attributes:
        foreign_rows: rows that speak of none of our posts.
    """

    metrics: tuple[PostMetric, ...]
    foreign_rows: int


def read_reports(folder: Path, publications: Sequence[Publication]) -> tuple[PostMetric, ...]:
    """Numbers of the published ones of ``publications`` from every CSV file in ``folder``.

    A file in a folder inside it, named like a channel, speaks of that channel's posts only.

    Raises:
        BadInput: a file that cannot be understood.
        OSError: the folder cannot be read now.
    """
    posts = tuple(p for p in publications if p.state is PublicationState.PUBLISHED)
    metrics: list[PostMetric] = []
    for path in _csv_files(folder):
        channel = path.parent.name if path.parent != folder else None
        report = read_report(
            path,
            tuple(p for p in posts if channel is None or _channel_name(p) == channel),
            name=path.relative_to(folder).as_posix(),
        )
        if report.foreign_rows:
            _LOGGER.info(
                "%s: %d rows speak of none of these posts",
                printable(path.name),
                report.foreign_rows,
            )
        metrics += report.metrics
    return tuple(metrics)


def read_report(path: Path, posts: Sequence[Publication], *, name: str) -> Report:
    """The export at ``path``, which people know as ``name``.

    Raises:
        BadInput: it cannot be understood, or a row could be of two posts.
    """
    table = read_table(path, name=name)
    layout = layout_of(table)
    metrics: list[PostMetric] = []
    foreign = 0
    seen: dict[tuple[str, datetime], int] = {}
    for number, cells in table.rows:
        row = _Row(table=table, number=number, cells=cells, layout=layout)
        post = row.post_among(posts)
        if post is None:
            foreign += not row.is_total
            continue
        as_of = row.as_of()
        first = seen.setdefault((post.publication_id, as_of), number)
        if first != number:
            raise _two_rows(table, post, first, number)
        metrics += row.metrics(post, as_of)
    return Report(metrics=tuple(metrics), foreign_rows=foreign)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    table: Table
    number: int
    cells: tuple[str, ...]
    layout: Mapping[int, Column]

    @property
    def is_total(self) -> bool:
        """YouTube puts the sum of all videos into the first row."""
        return any(
            self.cells[place].casefold() == "total"
            for place, column in self.layout.items()
            if column.use is Use.TOTAL
        )

    def values(self, use: Use) -> tuple[str, ...]:
        """Cells under columns of that use that are not empty."""
        return tuple(
            self.cells[place]
            for place, column in self.layout.items()
            if column.use is use and self.cells[place]
        )

    def post_among(self, posts: Sequence[Publication]) -> Publication | None:
        """The one post that the row speaks of, None if it is of somebody else's."""
        ids = self.values(Use.PUBLICATION_ID)
        if ids:
            return next((p for p in posts if p.publication_id in ids), None)
        if self.is_total:
            return None
        texts = {_spaced(text) for text in self.values(Use.TEXT)}
        channels = self.values(Use.CHANNEL)
        found = [
            post
            for post in posts
            if texts & {_spaced(post.text.title), _spaced(caption(post.text))}
            and (not channels or {_channel_name(post), post.channel_id} & set(channels))
        ]
        if len(found) > 1:
            raise _two_posts(self.table, self.number, found)
        return found[0] if found else None

    def as_of(self) -> datetime:
        """The moment that the row speaks of."""
        for text in self.values(Use.AS_OF):
            return self._moment(text)
        for text in self.values(Use.DATE):
            if text.casefold() not in _WHOLE_LIFE:
                raise BadInput(
                    self.table.name,
                    reason=f"row {self.number} counts one day ({printable(text)}), not the post's"
                    " whole life",
                    remedy="Export totals for each post: YouTube's 'Table data.csv', Meta's"
                    " lifetime figures.",
                )
        return self.table.modified_at

    def metrics(self, post: Publication, as_of: datetime) -> Iterator[PostMetric]:
        """Yield every number of the row; an empty cell is a number that is not there."""
        moment = "column" if self.values(Use.AS_OF) else "time of the file"
        for place, column in self.layout.items():
            if column.use is not Use.METRIC:
                continue
            cell, header = self.cells[place], self.table.header[place]
            is_empty = cell.casefold() in _NOTHING
            yield PostMetric(
                publication_id=post.publication_id,
                metric=column.metric,
                value=None if is_empty else self._number(column, cell, header),
                unit=currency_of(header) or column.measure.unit,
                as_of=as_of,
                definition=f"{column.studio} '{column.header}' v1: {column.meaning};"
                f" over the period of the export; as of: {moment}",
                source=f"{column.studio}: {printable(self.table.name)}",
                reason=f"{column.studio} left '{column.header}' empty" if is_empty else None,
            )

    def _number(self, column: Column, cell: str, header: str) -> float:
        try:
            return column.measure.convert(cell, self.table.decimal_mark)
        except ValueError as error:
            raise BadInput(
                self.table.name,
                reason=f"row {self.number}, column {printable(header)}: {printable(cell)} {error}",
                remedy="Write the number in full, such as 12500 or 3.5, or leave the cell empty.",
            ) from error

    def _moment(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadInput(
                self.table.name,
                reason=f"row {self.number}: {printable(text)} is no date",
                remedy="Write dates as 2026-11-20 or 2026-11-20T18:30+01:00.",
            ) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _two_posts(table: Table, number: int, posts: Sequence[Publication]) -> BadInput:
    names = " and ".join(f"{p.publication_id} ({p.channel_id})" for p in posts)
    return BadInput(
        table.name,
        reason=f"row {number} could speak of {names}: they have the same title",
        remedy="Add a column 'publication_id' or 'channel', or put the file into a folder named"
        " like the channel.",
    )


def _two_rows(table: Table, post: Publication, first: int, second: int) -> BadInput:
    return BadInput(
        table.name,
        reason=f"rows {first} and {second} both speak of {post.publication_id}"
        f" ({printable(post.text.title)})",
        remedy="Remove the row that is not of this post, or add a column 'publication_id'.",
    )


def _csv_files(folder: Path) -> Iterator[Path]:
    if not folder.exists():
        return
    inside = sorted(folder.iterdir())
    of_channels = [file for place in inside if place.is_dir() for file in sorted(place.iterdir())]
    for path in (*inside, *of_channels):
        if path.suffix.lower() == ".csv" and not path.name.startswith(".") and path.is_file():
            yield path


def _channel_name(post: Publication) -> str:
    return post.channel_id.partition(":")[2]


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
