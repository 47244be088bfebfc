"""Says on whose behalf each call is made, so that none leaves uncounted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from viral_forge_resources.contracts.quota import DEFAULT_PROJECT, Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.contracts.web import Web, WebAnswer, WebRequest, Workers

CALLS = "calls"
"""The bucket in which every request counts, whatever allowances it takes from beside it."""


def calls_of(platform: str, *, project: str = DEFAULT_PROJECT, name: str = CALLS) -> Use:
    """One call of ``platform``, of which no limit is documented, or one that is counted apart."""
    bucket = Bucket(platform=platform, project=project, name=name, limit=None, window=Window.DAY)
    return Use(bucket=bucket)


def jobs_of(platform: str, job: str) -> Use:
    """One job of a library that blocks; the requests that it makes are the library's own."""
    return calls_of(platform, name=f"{job} jobs")


def tools_for(platform: str, tools: ScanTools) -> ScanTools:
    """The tools for one scanner: whatever it does with them is counted as done by ``platform``."""
    web, workers = _WebFor(platform, tools.web), _WorkersFor(platform, tools.workers)
    return replace(tools, web=web, workers=workers)


@dataclass(frozen=True, slots=True)
class _WebFor:
    platform: str
    web: Web

    async def send(self, request: WebRequest) -> WebAnswer:
        account = request.uses[0].bucket.project if request.uses else DEFAULT_PROJECT
        call = calls_of(self.platform, project=account)
        return await self.web.send(replace(request, uses=(*request.uses, call)))


@dataclass(frozen=True, slots=True)
class _WorkersFor:
    platform: str
    workers: Workers

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:  # noqa: ANN401  the job's JSON
        counted = (*uses, jobs_of(self.platform, job))
        return await self.workers.run(job, arguments, deadline_s=deadline_s, uses=counted)
