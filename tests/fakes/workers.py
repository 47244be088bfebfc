"""Workers that answer what recordings say, through the real reading of what a process wrote."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.platforms.recording import is_part, parts_in
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.quota import QuotaLedger, Use
from viral_forge_resources.working import decoded


@dataclass(slots=True, kw_only=True)
class RecordedWorkers:
    """``contracts.web.Workers`` without a process.

    Attributes:
        jobs: as recordings list them; the one that asks for most answers.
        faults: by number of a job, what its process writes instead; None never ends.
        is_lenient: a job also answers arguments other than the recorded ones.
        asked: number of the job of each call so far, None where none is recorded.
    """

    ledger: QuotaLedger
    jobs: Sequence[Mapping[str, Any]]
    faults: dict[int, bytes | None] = field(default_factory=dict)
    is_lenient: bool = False
    asked: list[int | None] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:
        if uses:
            (refusal,) = self.ledger.take_each((uses,), now=datetime.now(UTC))
            if refusal is not None:
                raise refusal
        number = self._number(job, arguments)
        self.asked.append(number)
        if number is None:
            self.unmatched.append(f"{job} {dict(arguments)}")
            return decoded(job, b"")
        written = self.faults.get(number, json.dumps(_said(self.jobs[number])).encode())
        if written is None:
            raise Unreachable(f"the {job} job took longer than {deadline_s:g} s.")
        return decoded(job, written)

    def _number(self, job: str, arguments: Mapping[str, object]) -> int | None:
        fitting = [
            (fit, number in self.asked, number)
            for number, each in enumerate(self.jobs)
            if each["job"] == job and (fit := self._fit(each, arguments)) is not None
        ]
        return min(fitting)[2] if fitting else None

    def _fit(
        self, recorded: Mapping[str, Any], arguments: Mapping[str, object]
    ) -> tuple[int, int] | None:
        """How much differs, and, less than none, how much is the same."""
        wanted = recorded.get("arguments", {})
        if is_part(wanted, arguments):
            return 0, -parts_in(wanted)
        same = sum(is_part({name: value}, arguments) for name, value in wanted.items())
        return (len(wanted) - same, -same) if self.is_lenient else None


def _said(recorded: Mapping[str, Any]) -> dict[str, Any]:
    return {"answer": recorded["answer"]}
