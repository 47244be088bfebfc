"""What publishers are opened with in tests."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.fakes.accounts import FakeAccounts
from tests.fakes.lending import FakeLending
from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.till import FakeTill
from tests.platforms.uploads import EmulatedAccounts, InProcess, UploadPlatform
from viral_forge_resources.publishers._tools import PublishTools


@contextmanager
def emulated_tools(platform: UploadPlatform | None = None) -> Generator[PublishTools]:
    """Tools that reach the emulator in this process; without one they reach nothing."""
    reached = httpx.MockTransport(_nobody) if platform is None else InProcess(platform)
    with TemporaryDirectory() as lent, httpx.Client(transport=reached) as client:
        yield PublishTools(
            accounts=FakeAccounts() if platform is None else EmulatedAccounts(platform),
            ledger=FakeQuotaLedger(),
            till=FakeTill(),
            client=client,
            clock=_now if platform is None else platform.clock,
            lending=FakeLending(Path(lent)),
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)
