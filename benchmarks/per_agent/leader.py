"""A leader: executive, head of department or team lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from benchmarks.per_agent.rules import plain
from ccsim.engine import functions
from ccsim.engine.rng import Stream, irwin_hall_normal
from ccsim.mechanisms.incentives import measures, scorecards
from ccsim.mechanisms.management import commitment, empowerment, implementation, realignment

if TYPE_CHECKING:
    from benchmarks.per_agent.model import PerAgent

share, saturating, toward = plain(functions.clip01), plain(functions.half_saturation), plain(functions.relax)
result, customer_share = plain(measures.unit_score), plain(scorecards.customer_share)
won_over, keeps_word = plain(commitment.persuaded), plain(commitment.credibility_update)
turned_card = plain(scorecards.turned_card)
rights_kept, closing, wanted = (
    plain(rule) for rule in (commitment.rights_kept, implementation.closing_pace, realignment.wanted)
)
widened, expects = plain(empowerment.widened), plain(empowerment.expectation_update)
passed_on, bell_of = plain(empowerment.delegated_share), plain(irwin_hall_normal)


class Leader(mesa.Agent):
    """A leader."""

    model: PerAgent

    def __init__(self, model: PerAgent, row: int) -> None:
        super().__init__(model)
        self.row = row

    def begin_week(self) -> None:
        """Have time again; perhaps another person takes the post."""
        p = self.model.settings.leadership
        self.escalation_capacity = p.escalation_capacity
        self.announced_hours = self.coaching_hours = 0.0
        if self.model.leader_leaving[self.row] < p.turnover_probability:
            self.take_post()

    def take_post(self) -> None:
        """A new leader comes."""
        model, p = self.model, self.model.settings.leadership
        mean = p.executive_disposition if self.tier == 0 else p.disposition
        draws = model.draws.of_row(Stream.LEADER_HIRED, model.week, 2 * self.row)
        self.disposition = share(
            mean if self.tier == 0 else mean + model.settings.turnover.disposition_spread * bell_of(*draws)
        )
        draws = model.draws.of_row(Stream.LEADER_HIRED, model.week, 2 * self.row + 1)
        self.control = share(p.control * (1.0 + model.settings.turnover.temperament_spread * bell_of(*draws)))
        self.conviction = self.disposition
        self.credibility = 0.5
        self.person += 1

    def card(self) -> object:
        """Return the scorecard that the leader is measured on, as far as the level above has turned it."""
        settings = self.model.settings
        if self.tier == 0:
            return settings.executive_scorecard
        return turned_card(settings.head_scorecard, self.superior.realigned if self.superior is not None else 0.0)

    def look(self) -> None:
        """Hear, late, what the own unit reports."""
        p = self.model.settings.leadership
        units = self.model.departments if self.tier == 0 else [self.department]
        handled = worked = survey = closed = closed_first = claimed = sound = 0.0
        for unit in units:
            handled += unit.handled
            worked += unit.worked
            survey += unit.survey
            closed += unit.closed
            closed_first += unit.closed_first
            claimed += unit.claimed
            sound += unit.sound_journeys
        if handled <= 0.0 or closed <= 0.0 or closed_first <= 0.0:
            return
        quickness = 1.0 - worked / handled / (2.0 * p.half_score_hours)
        thrift = 1.0 - worked / closed / (4.0 * p.half_score_hours)
        reported = result(self.card(), quickness, thrift, survey / handled, claimed / closed_first, sound / closed)
        if self.reference_score == 0.0:
            self.reported_score = self.reference_score = reported
        self.reported_score = toward(self.reported_score, reported, p.reporting_rate)
        self.reference_score = toward(self.reference_score, self.reported_score, p.memory_rate)

    def believe(self, successes: float, people: float) -> None:
        """Move in conviction and credibility."""
        settings, p = self.model.settings, self.model.settings.leadership
        if self.department is not None:
            successes, people = self.department.visible_successes, len(self.department.members)
        surplus = max(0.0, successes / max(1.0, people) - self.model.firm.visible_successes)
        belief = won_over(self.conviction, surplus, self.reported_score - self.reference_score, p)
        if self.superior is not None:
            talk = saturating(0.5 + self.announced_hours + 2.0 * self.coaching_hours, 1.0)
            stance, credibility = self.heard_from
            belief = toward(belief, stance, p.superior_rate * talk * credibility)
        pull = p.scorecard_rate * saturating(settings.scorecards.strength, 1.0)
        belief = toward(belief, customer_share(self.card()), pull)
        self.conviction = share(toward(belief, self.disposition, settings.conviction.reversion_rate))
        top = self
        while top.superior is not None:
            top = top.superior
        allowed = min(self.delegated_rights, widened(settings.empowerment.rights, top.realigned))
        let_go = rights_kept(allowed, settings.empowerment.rights, self.expected_rights)
        deeds = 0.5 * customer_share(turned_card(settings.staff_scorecard, self.realigned)) + 0.5 * let_go
        self.credibility = keeps_word(self.announced_hours, deeds, self.credibility, p)

    def realign(self) -> None:
        """Turn measures and rights to customers, as far as the level above had done so last week."""
        p = self.model.settings.realignment
        goal = wanted(self.conviction, p) if self.superior is None else self.superior.realigned
        self.realigned = toward(self.realigned, goal, p.rate)

    def grant(self) -> None:
        """Pass decision rights down."""
        p = self.model.settings.empowerment
        rules = widened(p.rights, self.realigned)
        received = rules if self.superior is None else self.superior.delegated_rights
        due = rules if self.superior is None else self.superior.expected_rights
        support = self.department.support if self.department is not None else 1.0
        pace = closing(support, self.model.settings.implementation)
        self.expected_rights = expects(p.rights, self.expected_rights, due, pace, p)
        self.delegated_rights = toward(
            self.delegated_rights,
            passed_on(received, self.control, self.conviction),
            p.adjustment_rate * pace,
        )

    def count(self) -> None:
        """Be counted."""
        firm, number = self.model.firm, len(self.model.leaders)
        firm.leader_conviction += self.conviction / number
        firm.leader_credibility += self.credibility / number
