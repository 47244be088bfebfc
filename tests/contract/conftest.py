"""What contract tests share."""

from collections.abc import Generator

import pytest

from tests.platforms.recorded import RecordedPlatforms

pytest.register_assert_rewrite(
    "tests.contract.scanner_contract",
    "tests.contract.recorded_scanner_contract",
    "tests.contract.failing_platform_contract",
)


@pytest.fixture(scope="session")
def platforms() -> Generator[RecordedPlatforms]:
    """The loopback platforms of this process."""
    with RecordedPlatforms() as running:
        yield running
