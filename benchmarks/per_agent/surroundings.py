"""What surrounds everybody's work: the offer, what is known of customers, what the process spoils, what works here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.per_agent.rules import plain
from ccsim.engine import functions
from ccsim.engine.rng import Stream
from ccsim.mechanisms.management import rollout
from ccsim.mechanisms.market import offer
from ccsim.mechanisms.sensing import sensing
from ccsim.mechanisms.service import defects

if TYPE_CHECKING:
    from benchmarks.per_agent.model import PerAgent

saturating, toward = plain(functions.half_saturation), plain(functions.relax)
perception_error_of, sees, designed, fit_of = (
    plain(rule) for rule in (offer.perception_error, offer.perceived_gap, offer.offer_update, offer.offer_fit)
)
coming, understood = plain(sensing.signals_collected), plain(sensing.signals_understood)
fixed, known_causes, taught = (
    plain(defects.repaired),
    plain(defects.share_of_causes_known),
    plain(rollout.know_how_update),
)


def offer_something(model: PerAgent) -> None:
    """Needs move on, the offer follows, and is worth something to each segment."""
    p, firm, count = model.settings.offer, model.firm, len(model.departments)
    insight = 0.0
    for department in model.departments:
        insight += department.insight / count
    for row, segment in enumerate(model.segments):
        segment.need += p.drift
        uniform, *_ = model.draws.of_row(Stream.DESIGN, (model.week + 100_000) // 13, row)
        gap = segment.need - segment.position
        seen = sees(gap, insight, p) + perception_error_of(uniform, insight, p)
        segment.position = designed(segment.position, segment.position + seen, p)
        firm.needs_error += abs(seen - gap) / len(model.segments)
        segment.fit = fit_of(segment.need - segment.position)
        segment.n_segments = 1.0
        segment.offer_value = model.settings.experience.offer_satisfaction * segment.fit
    firm.design += p.design_hours * p.cost_per_hour


def read_signals(model: PerAgent) -> None:
    """Last week's signals take time and are of help; the process spoils its part."""
    p = model.settings.sensing
    for department in model.departments:
        acted = p.action_hours / len(department.members) if department.members else 0.0
        for person in department.members:
            if model.week >= person.vacant_until:
                person.overhead_hours += p.reading_hours * department.signals + acted
                person.knowledge_bonus += p.skill_gain * department.insight
                department.action_hours += acted
        department.success_loss += department.defects - model.settings.defects.baseline


def collect_signals(model: PerAgent) -> None:
    """This week's signals become insight."""
    p = model.settings.sensing
    for department in model.departments:
        posts = len(department.members)
        if posts == 0:
            continue
        department.signals = coming(department.handled, department.defects, p) / posts
        known = saturating(understood(department.signals, p), p.half_saturation)
        department.insight = toward(department.insight, known, p.learning_rate)
        department.ignored_signals += known * (1.0 - saturating(p.action_hours / posts, 0.2))


def take_out_defects(model: PerAgent) -> None:
    """Improvement takes out what spoils contacts; what lies between departments needs what the others know, too."""
    p, system, count = model.settings.defects, model.firm.system, len(model.departments)
    known_here = [known_causes(department.insight, p) for department in model.departments]
    all_known = sum(known_here)
    crossing = p.cross_department_share * model.settings.demand.journeys
    for department, here in zip(model.departments, known_here, strict=True):
        hours, posts = department.action_hours, len(department.members)
        for person in department.members:
            hours += person.improvement_hours
        if posts == 0:
            continue
        known = here
        if count > 1:
            others = (all_known - here) / (count - 1)
            known *= (1.0 - crossing) + crossing * others * department.integration
        department.defects = fixed(department.defects, hours / posts, known, system, p)


def learn_what_works(model: PerAgent) -> None:
    """Doing teaches what works here."""
    firm, p, people = model.firm, model.settings.rollout, max(1, len(model.staff))
    done = 0.0
    for person in model.staff:
        done += person.improvement_hours
    tested, used = p.testing_share * done / people, (1.0 - p.testing_share) * done / people
    firm.know_how = taught(firm.know_how, firm.planning_hours / people, tested, used, p)


def notice_practice(model: PerAgent) -> None:
    """The quality of this week's contacts becomes known."""
    if model.contacts > 0.0:
        firm, pace = model.firm, model.settings.experience.noticing_rate
        firm.recent_quality = toward(firm.recent_quality, model.quality_given / model.contacts, pace)


def count_surroundings(model: PerAgent) -> None:
    """Note what there is of all this at the end of the week."""
    firm, surveyed, handled = model.firm, 0.0, 0.0
    for department in model.departments:
        department.informed += department.insight * department.posts
        department.defective_contacts += department.defects * department.handled
        surveyed += department.survey
        handled += department.handled
    if handled > 0.0:
        firm.reported_satisfaction = surveyed / handled + model.settings.sensing.published * (
            firm.recent_quality - surveyed / handled
        )
    firm.delivered_quality, firm.sponsored, firm.know_how_level = firm.recent_quality, firm.sponsorship, firm.know_how
    firm.stage_reached, firm.capability_reached, firm.installed_system = firm.stage, firm.capability, firm.system
