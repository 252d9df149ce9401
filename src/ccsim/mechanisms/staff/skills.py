"""Skill grows with training, practice and coaching, with diminishing returns."""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniforms4

TRAITS = int(Stream.HIRE_TRAITS)


@parameters("skills")
class Skills:
    """How skill is learned and lost."""

    newcomer_skill: float = parameter(0.4, unit="share", range=(0.2, 0.5), meaning="mean skill of a newcomer")
    training_rate: float = parameter(
        0.01,
        unit="1/hour",
        range=(0.003, 0.03),
        off=0.0,
        meaning="share of the gap to full skill that an hour of training closes",
        pack="programme",
    )
    coaching_rate: float = parameter(
        0.012,
        unit="1/hour",
        range=(0.003, 0.03),
        off=0.0,
        meaning="share of the gap to full skill that an hour with a champion closes",
        pack="champions",
    )
    practice_rate: float = parameter(
        0.008,
        unit="1/week",
        range=(0.002, 0.02),
        off=0.0,
        meaning="share of the gap to full skill that a week of much judgement closes",
    )
    decay_rate: float = parameter(
        0.006,
        unit="1/week",
        range=(0.002, 0.02),
        off=0.0,
        meaning="rate at which unused skill falls back to the level of newcomers",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    skill: FloatArray = stock("share", "ability to solve a case by judgement")


@rule
def skill_update(skill: float, trained: float, coached: float, solved: float, p: Skills) -> float:
    """Return skill after a week: it grows with training, coaching and practice, and decays.

    Source: assumed: a first-order delay (Sterman 2000) towards mastery, and decay.

    Args:
        skill: ability to solve a case by judgement (share).
        trained: hours of training in the week.
        coached: hours of coaching in the week.
        solved: contacts handled with judgement: the customer-first act (cases).
        p: parameters of the group ``skills``.

    Returns:
        The skill after the week (share).
    """
    gain = p.training_rate * trained + p.coaching_rate * coached + p.practice_rate * half_saturation(solved, 2.0)
    return relax(relax(skill, 1.0, min(1.0, gain)), p.newcomer_skill, p.decay_rate)


@kernel
def update_skill(staff: Rows, p: Skills, seed: int, week: int) -> None:
    """Update each person's skill.

    Args:
        staff: columns of the staff, one row per post.
        p: parameters of the group ``skills``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``skill``.
    """
    for i in range(len(staff.skill)):
        if staff.arrived[i] > 0.0:
            a, b, c, d = uniforms4(seed, TRAITS, week, i)
            staff.skill[i] = clip01(p.newcomer_skill + 0.1 * irwin_hall_normal(a, b, c, d))
        else:
            staff.skill[i] = skill_update(
                staff.skill[i], staff.training_hours[i], staff.coaching_hours[i], staff.solved[i], p
            )
