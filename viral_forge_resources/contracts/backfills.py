"""Making many partitions again."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class BackfillLauncher(Protocol):
    """Starts backfills."""

    def launch(
        self,
        *,
        asset_keys: Sequence[Sequence[str]],
        partition_keys: Sequence[str],
        title: str,
        tags: Mapping[str, str],
    ) -> str:
        """Id of the backfill that now makes these assets again for these partitions.

        Raises:
            Unreachable: nothing answers that could run it.
            Permanent: it was refused; says why.
        """
