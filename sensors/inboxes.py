"""Sensor over what people put into niches' inboxes: it is scanned within a minute."""

from collections.abc import Iterator, Mapping

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.jobs import scan_job
from viral_forge_resources.contracts.errors import Permanent
from viral_forge_resources.contracts.scanning import LocalScanner, Niche, Scanner
from viral_forge_resources.state import niches as niches_state


@dg.sensor(
    job=scan_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="What a person put into a niche's inbox is scanned at once.",
)
def inboxes_sensor(
    context: dg.SensorEvaluationContext,
    state: dg.ResourceParam[sa.Engine],
    scanners: dg.ResourceParam[Mapping[str, Scanner]],
) -> dg.SensorResult | dg.SkipReason:
    """A scan of each niche whose inbox holds something else than at any scan before.

    The run key names the content: it is asked for once, whatever dies in between.
    """
    known = set(context.instance.get_dynamic_partitions("niches"))
    with state.connect() as connection:
        watched = [each for each in niches_state.all_niches(connection) if each.name in known]
    requests = [
        dg.RunRequest(run_key=f"{name}:{niche.name}:{content}", partition_key=niche.name)
        for niche in watched
        for name, content in _contents(niche, scanners)
    ]
    if not requests:
        return dg.SkipReason("every inbox is empty, or is being filled")
    return dg.SensorResult(run_requests=requests)


def _contents(niche: Niche, scanners: Mapping[str, Scanner]) -> Iterator[tuple[str, str]]:
    wanted = niche.policy.platforms or tuple(scanners)
    for name, scanner in scanners.items():
        if name not in wanted or not isinstance(scanner, LocalScanner):
            continue
        try:
            content = scanner.content(niche.name)
        except Permanent:  # the niche's next scan says so where people look
            continue
        if content is not None:
            yield name, content
