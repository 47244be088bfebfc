"""Prints reports: the port's one adapter."""

from viral_forge_resources.contracts.reports import Report, ReportFiles
from viral_forge_resources.reports.page import page
from viral_forge_resources.reports.paper import paper
from viral_forge_resources.reports.pictures import png
from viral_forge_resources.reports.tables import as_csv, as_parquet


class Press:
    """Prints with matplotlib; no network, no clock, nothing kept."""

    def printed(self, report: Report) -> ReportFiles:
        """The report in every form."""
        tables = {f"{table.name}.csv": as_csv(table) for table in report.exports}
        tables |= {f"{table.name}.parquet": as_parquet(table) for table in report.exports}
        return ReportFiles(
            page=page(report),
            paper=paper(report),
            tables=tables,
            pictures={
                section.name: png(section.chart)
                for section in report.sections
                if section.chart is not None
            },
        )
