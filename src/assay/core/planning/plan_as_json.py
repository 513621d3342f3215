"""The plan as JSON, for storage and for the doors."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from assay.core.planning.plan import Plan, Range, StageLine
from assay.core.project.price_of_work import ExpectedWork


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain values that JSON can hold."""
    made = asdict(plan)
    if plan.work is None:  # as all plans were before answers could be paid by what they hold
        del made["work"]
    return {
        **made,
        "finish": plan.finish.isoformat(),
        "stages": [asdict(line) for line in plan.stages],
        "models": list(plan.models),
        "cost_of_quality": [list(point) for point in plan.cost_of_quality],
    }


def plan_from_json(stored: dict[str, Any]) -> Plan:
    """Read back what `plan_to_json` gave, of this version or an earlier one."""
    right, work = stored.get("right"), stored.get("work")
    ranges = {name: Range(**stored[name]) for name in ("answers_per_item", "price", "hours")}
    return Plan(
        **{
            **stored,
            **ranges,
            "right": None if right is None else Range(**right),
            "work": None if work is None else _work(work),
            "finish": datetime.fromisoformat(stored["finish"]),
            "stages": tuple(StageLine(**line) for line in stored["stages"]),
            "models": tuple(stored["models"]),
            "cost_of_quality": tuple(
                (float(right), int(price)) for right, price in stored["cost_of_quality"]
            ),
        }
    )


def _work(stored: dict[str, Any]) -> ExpectedWork:
    return ExpectedWork(**{**stored, "units": tuple(stored["units"]), "cents": tuple(stored["cents"])})
