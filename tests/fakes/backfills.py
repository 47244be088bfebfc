"""A launcher that remembers what it was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from viral_forge_resources.contracts.errors import ViralForgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """One backfill."""

    asset_keys: Sequence[Sequence[str]]
    partition_keys: Sequence[str]
    title: str
    tags: Mapping[str, str]


@dataclass(kw_only=True)
class FakeBackfills:
    """Launches nothing; ``error`` is raised instead, if there is one."""

    error: ViralForgeError | None = None
    launched: list[Launched] = field(default_factory=list)

    def launch(
        self,
        *,
        asset_keys: Sequence[Sequence[str]],
        partition_keys: Sequence[str],
        title: str,
        tags: Mapping[str, str],
    ) -> str:
        if self.error is not None:
            raise self.error
        self.launched.append(
            Launched(asset_keys=asset_keys, partition_keys=partition_keys, title=title, tags=tags)
        )
        return f"backfill-{len(self.launched)}"
