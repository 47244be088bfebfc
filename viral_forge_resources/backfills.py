"""Launches Dagster backfills through the webserver, as its own launch dialog does."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Unreachable,
)

_TIMEOUT_S = 60.0  # the webserver loads the asset graph and checks every partition first

_LAUNCH = """
mutation LaunchBackfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PartitionKeysNotFoundError { partitionKeys }
    ... on Error { message }
  }
}
"""


class WebserverBackfills:
    """Backfills that the daemon of one Dagster webserver's instance carries out."""

    def __init__(self, webserver_url: str) -> None:
        self._url = f"{webserver_url.rstrip('/')}/graphql"

    def launch(
        self,
        *,
        asset_keys: Sequence[Sequence[str]],
        partition_keys: Sequence[str],
        title: str,
        tags: Mapping[str, str],
    ) -> str:
        """The id of a new backfill of these assets over these partitions.

        Raises:
            Unreachable: no webserver listens; nothing was launched.
            OutcomeUnknown: the answer never came; a backfill may have been launched.
            Permanent: Dagster refused, for instance an unknown asset or partition.
        """
        answer = self._ask(
            {
                "assetSelection": [{"path": list(key)} for key in asset_keys],
                "partitionNames": list(partition_keys),
                "title": title,
                "tags": [{"key": key, "value": value} for key, value in tags.items()],
            }
        )
        if answer["__typename"] != "LaunchBackfillSuccess":
            unknown = ", ".join(answer.get("partitionKeys", []))
            problem = answer.get("message") or f"{answer['__typename']} {unknown}"
            raise Permanent(f"Dagster refused the backfill '{title}': {problem}")
        return str(answer["backfillId"])

    def _ask(self, params: Mapping[str, object]) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client:
                response = client.post(
                    self._url, json={"query": _LAUNCH, "variables": {"params": params}}
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"no Dagster webserver listens at {self._url}. Start it with: make up"
            ) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(
                f"{self._url} did not answer: {type(error).__name__}. Look among the backfills "
                "in the Dagster UI before you launch it again."
            ) from error
        return self._launched(response)

    def _launched(self, response: httpx.Response) -> dict[str, Any]:
        try:
            told = response.json()
        except ValueError as error:
            raise Misconfigured(
                f"{self._url} is no Dagster webserver: it answered {response.status_code}. "
                "Check VIRAL_FORGE_WEBSERVER_URL."
            ) from error
        if told.get("errors"):
            raise Permanent(f"Dagster refused the backfill: {told['errors'][0]['message']}")
        launched: dict[str, Any] = told["data"]["launchPartitionBackfill"]
        return launched
