"""What publishers are opened with in tests."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from tests.fakes.accounts import FakeAccounts
from tests.fakes.quota import FakeQuotaLedger
from tests.platforms.uploads import EmulatedAccounts, InProcess, UploadPlatform
from viral_forge_resources.publishers._tools import PublishTools


@contextmanager
def emulated_tools(platform: UploadPlatform | None = None) -> Generator[PublishTools]:
    """Tools that reach the emulator in this process; without one they reach nothing."""
    if platform is None:
        with httpx.Client(transport=httpx.MockTransport(_nobody)) as client:
            yield PublishTools(
                accounts=FakeAccounts(),
                ledger=FakeQuotaLedger(),
                client=client,
                clock=lambda: datetime.now(UTC),
            )
        return
    with httpx.Client(transport=InProcess(platform)) as client:
        yield PublishTools(
            accounts=EmulatedAccounts(platform),
            ledger=FakeQuotaLedger(),
            client=client,
            clock=platform.clock,
        )


def _nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)
