"""Who the simulated people are: each one's ability comes from (seed, position) alone.

So a workforce of 40 begins with the same people as a workforce of 30, spammers aside, whose number
depends on how many people there are.
"""

from assay.core import chance
from assay.core.ports.task_type import Ability
from assay.core.ports.workforce import SimulatedPerson

SPAMMERS = 0.05
SPAMMERS_FROM = 12
EXPERT_SKILL = 0.995


def draw_people(*, seed: int | str, people: int, experts: int) -> tuple[SimulatedPerson, ...]:
    """Return the labellers, then the experts; codes are `labeller-01`, ... and `expert-01`, ..."""
    codes = [f"labeller-{number:02d}" for number in range(1, people + 1)]
    spammers = _spammers(seed, codes)
    labellers = [
        SimulatedPerson(code, expert=False, ability=_ability(seed, code, spam=code in spammers))
        for code in codes
    ]
    judges = [f"expert-{number:02d}" for number in range(1, experts + 1)]
    return (
        *labellers,
        *(SimulatedPerson(code, expert=True, ability=_expert_ability(seed, code)) for code in judges),
    )


def _spammers(seed: int | str, codes: list[str]) -> set[str]:
    """About one in twenty, and none where so few people work that one would be half the crowd."""
    if len(codes) < SPAMMERS_FROM:
        return set()
    many = round(SPAMMERS * len(codes))
    return {codes[position] for position in chance.order(seed, "spammers", codes)[:many]}


def _ability(seed: int | str, code: str, *, spam: bool) -> Ability:
    """Skill ~ Beta(14.1, 1.9), mean 0.88; care mostly 0.97 or more, for one in ten down to 0.8."""
    draw = chance.generator(seed, "ability", code)
    skill = float(draw.beta(14.1, 1.9))
    confusion = float(draw.beta(2.0, 3.0))
    lapses = draw.uniform(0.03, 0.2) if draw.random() < 0.1 else draw.uniform(0.0, 0.03)
    seconds = float(draw.lognormal(mean=1.8, sigma=0.35))  # a median of about 6 seconds
    if spam:
        return Ability(skill=skill, confusion=confusion, care=1.0 - float(lapses), spam=True, seconds=1.2)
    return Ability(skill=skill, confusion=confusion, care=1.0 - float(lapses), spam=False, seconds=seconds)


def _expert_ability(seed: int | str, code: str) -> Ability:
    """Experts are right 99.5 % of the time, on hard items too, and take about three times as long."""
    seconds = float(chance.generator(seed, "ability", code).lognormal(mean=2.9, sigma=0.25))
    return Ability(skill=EXPERT_SKILL, confusion=0.5, care=1.0, spam=False, seconds=seconds)
