"""What things cost, as the operator says; what nobody says costs nobody knows what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from viral_forge_resources.contracts.costs import Unit
from viral_forge_resources.contracts.counting_text import addresses

_HOUR_S = 3600
_SETTINGS = {
    Unit.CPU_SECONDS: "VIRAL_FORGE_PRICE_CPU_HOUR_USD",
    Unit.GPU_SECONDS: "VIRAL_FORGE_PRICE_GPU_HOUR_USD",
    Unit.GB_MONTHS: "VIRAL_FORGE_PRICE_GB_MONTH_USD",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A quantity in US dollars.

    Attributes:
        usd: None where no price is set; ``reason`` names the setting.
    """

    usd: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The price table, all in US dollars; None where the operator says nothing.

    Attributes:
        gb_month: of 10^9 bytes stored for 30 days.
        api_unit: by ``platform:bucket`` of the quota ledger, of one unit of it. One call may be
            counted in several buckets: only those named here are charged for.
        post: by publisher, of one post; ``<publisher>_with_link`` of one that shows a link. A
            publisher that is not in it takes nothing for a post.
        currency: by ISO 4217 code, what one of it is worth.
    """

    cpu_hour: float | None = None
    gpu_hour: float | None = None
    gb_month: float | None = None
    api_unit: Mapping[str, float] = field(default_factory=dict)
    post: Mapping[str, float] = field(default_factory=dict)
    currency: Mapping[str, float] = field(default_factory=dict)

    def of(self, unit: Unit, quantity: float) -> Priced:
        """``quantity`` of what machines and storage do."""
        each = {
            Unit.CPU_SECONDS: self.cpu_hour and self.cpu_hour / _HOUR_S,
            Unit.GPU_SECONDS: self.gpu_hour and self.gpu_hour / _HOUR_S,
            Unit.GB_MONTHS: self.gb_month,
        }[unit]
        if each is None:
            return Priced(usd=None, reason=f"no price is set: {_SETTINGS[unit]}")
        return Priced(usd=each * quantity)

    def of_post(self, publisher: str, text: str) -> float | None:
        """One post with that text; None where the publisher takes nothing."""
        plain = self.post.get(publisher)
        if addresses(text):
            return self.post.get(f"{publisher}_with_link", plain)
        return plain

    def in_usd(self, amount: float, currency: str) -> Priced:
        """Money of another currency."""
        if currency == "USD":
            return Priced(usd=amount)
        if currency not in self.currency:
            reason = f"no rate is set for {currency}: VIRAL_FORGE_CURRENCY_USD"
            return Priced(usd=None, reason=reason)
        return Priced(usd=amount * self.currency[currency])
