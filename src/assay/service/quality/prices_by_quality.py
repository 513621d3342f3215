"""What each share right would cost: the prices of a plan beside what is asked for."""

from dataclasses import dataclass

from assay.core.planning.plan import Plan
from assay.core.project.intake import Intake


@dataclass(frozen=True, slots=True)
class QuotePrice:
    """What a share right would cost, in cents, and how much more than what is asked for."""

    right: float
    price: int
    more: int
    asked: bool


def prices_of(plan: Plan, intake: Intake) -> list[QuotePrice]:
    """Return what each half point of quality would cost."""
    asked = next(
        (price for right, price in plan.cost_of_quality if abs(right - intake.quality.right) < 1e-9),
        round(plan.price.mid),
    )
    return [
        QuotePrice(right, price, price - asked, abs(right - intake.quality.right) < 1e-9)
        for right, price in plan.cost_of_quality
    ]
