"""All parameter groups in one tuple: to add a mechanism's parameters, add its line here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError, UnknownName, count_noun
from ccsim.mechanisms.accounting.accounts import Accounts
from ccsim.mechanisms.demand.demand import Demand
from ccsim.mechanisms.demand.proactive import Proactive
from ccsim.mechanisms.demand.self_service import SelfService
from ccsim.mechanisms.experience.experience import Experience
from ccsim.mechanisms.experience.word_of_mouth import WordOfMouth
from ccsim.mechanisms.incentives.recognition import Recognition
from ccsim.mechanisms.incentives.scorecards import ExecutiveScorecard, HeadScorecard, Scorecards, StaffScorecard
from ccsim.mechanisms.management.champions import Champions
from ccsim.mechanisms.management.embedding import Embedding
from ccsim.mechanisms.management.empowerment import Empowerment
from ccsim.mechanisms.management.leadership import Leadership
from ccsim.mechanisms.management.mandate import Mandate
from ccsim.mechanisms.management.programme import Programme
from ccsim.mechanisms.management.rollout import Rollout
from ccsim.mechanisms.management.sponsorship import Sponsorship
from ccsim.mechanisms.management.structure import Structure
from ccsim.mechanisms.management.technology import Technology
from ccsim.mechanisms.management.wins import Wins
from ccsim.mechanisms.market.market import Market
from ccsim.mechanisms.market.offer import Offer
from ccsim.mechanisms.market.personalisation import Personalisation
from ccsim.mechanisms.market.promise import Promise
from ccsim.mechanisms.market.segmentation import Segmentation
from ccsim.mechanisms.sensing.sensing import Sensing
from ccsim.mechanisms.service.capacity import Capacity
from ccsim.mechanisms.service.defects import Defects
from ccsim.mechanisms.service.handling_options import Service
from ccsim.mechanisms.service.handoffs import Handoffs
from ccsim.mechanisms.staff.conviction import Conviction
from ccsim.mechanisms.staff.engagement import Engagement
from ccsim.mechanisms.staff.fatigue import Fatigue
from ccsim.mechanisms.staff.habit import Habit
from ccsim.mechanisms.staff.skills import Skills
from ccsim.mechanisms.staff.staffing import Staffing
from ccsim.mechanisms.staff.turnover import Turnover
from ccsim.model.size import Organisation


class Settings(NamedTuple):
    """Every parameter in force, group by group; the order is the order of display."""

    organisation: Organisation = Organisation()
    programme: Programme = Programme()
    rollout: Rollout = Rollout()
    wins: Wins = Wins()
    mandate: Mandate = Mandate()
    sponsorship: Sponsorship = Sponsorship()
    champions: Champions = Champions()
    staff_scorecard: StaffScorecard = StaffScorecard()
    head_scorecard: HeadScorecard = HeadScorecard()
    executive_scorecard: ExecutiveScorecard = ExecutiveScorecard()
    scorecards: Scorecards = Scorecards()
    recognition: Recognition = Recognition()
    empowerment: Empowerment = Empowerment()
    leadership: Leadership = Leadership()
    structure: Structure = Structure()
    sensing: Sensing = Sensing()
    offer: Offer = Offer()
    promise: Promise = Promise()
    personalisation: Personalisation = Personalisation()
    proactive: Proactive = Proactive()
    self_service: SelfService = SelfService()
    technology: Technology = Technology()
    segmentation: Segmentation = Segmentation()
    staffing: Staffing = Staffing()
    demand: Demand = Demand()
    capacity: Capacity = Capacity()
    service: Service = Service()
    defects: Defects = Defects()
    handoffs: Handoffs = Handoffs()
    experience: Experience = Experience()
    word_of_mouth: WordOfMouth = WordOfMouth()
    market: Market = Market()
    skills: Skills = Skills()
    conviction: Conviction = Conviction()
    habit: Habit = Habit()
    embedding: Embedding = Embedding()
    fatigue: Fatigue = Fatigue()
    engagement: Engagement = Engagement()
    turnover: Turnover = Turnover()
    accounts: Accounts = Accounts()


@cache
def declared() -> dict[str, Parameter]:
    """Return every declared parameter by its key, in order of display."""
    return {row.key: row for group in Settings() for row in group.declared}  # type: ignore[union-attr]


def ordinary() -> Settings:
    """Return the settings of the ordinary organisation: every default."""
    return Settings()


def with_values(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return settings with some values changed.

    Args:
        settings: where to start.
        values: by dotted key, such as ``{"programme.budget": 8000}``.

    Raises:
        UnknownName: a key that no parameter bears.
        InputError: a value that its parameter does not accept.
    """
    changes: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        row = declared().get(key)
        if row is None:
            raise UnknownName("parameter", key, declared())
        try:
            changes.setdefault(row.group, {})[row.name] = row.encode(row.check(value))
        except InputError as error:
            raise InputError(f"{key}: {error}") from None
    groups = {group: getattr(settings, group)._replace(**new) for group, new in changes.items()}
    return settings._replace(**groups)


def impossible(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with a set of sizes taken together, as (key, problem)."""
    sizes = with_values(ordinary(), {k: v for k, v in values.items() if k.startswith("organisation.")}).organisation
    problems = []
    if sizes.departments > sizes.staff:
        problems.append(
            ("organisation.departments", f"{count_noun(sizes.departments, 'department')} need at least as many staff, "
             f"but organisation.staff is {sizes.staff}"))  # fmt: skip
    if sizes.front_departments > sizes.departments:
        problems.append(
            ("organisation.front_departments", f"{sizes.front_departments} of {count_noun(sizes.departments, 'department')} "
             "cannot be in front; organisation.departments is smaller"))  # fmt: skip
    if sizes.segments > sizes.customers:
        problems.append(
            ("organisation.segments", f"{count_noun(sizes.segments, 'segment')} need at least as many customers, "
             f"but organisation.customers is {sizes.customers}"))  # fmt: skip
    return problems
