"""A person in the market, customer or prospect, and the issue that he or she may have open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from benchmarks.per_agent.rules import plain
from ccsim.mechanisms.accounting import accounts
from ccsim.mechanisms.demand import demand
from ccsim.mechanisms.experience import experience, word_of_mouth
from ccsim.mechanisms.market import market, promise

if TYPE_CHECKING:
    from benchmarks.per_agent.model import PerAgent

joins, leaves = plain(market.joins), plain(market.leaves)
stages_of, complexity_of = plain(demand.stages_of), plain(demand.complexity_of)
felt_quality, speaks = plain(experience.felt_quality), plain(experience.shares_experience)
trusts = plain(promise.trust_update)
hears, spends = plain(word_of_mouth.opinion_update), plain(accounts.spending_factor)

NO_CASE, WAITING, COMING_BACK, WITHDRAWN = range(4)


class Case:
    """An issue."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.state = NO_CASE


class Customer(mesa.Agent):
    """A person in the market."""

    model: PerAgent

    def __init__(self, model: PerAgent, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.case = Case(self)

    def begin_week(self) -> None:
        """Become a customer, tire of waiting, or ask."""
        model, row, case = self.model, self.row, self.case
        self.events = self.quality = self.heard_opinion = self.voices = 0.0
        if not self.active:
            uniform = model.joining[row]
            if uniform < model.most_joins and joins(self.opinion, 0.0, uniform, model.settings.market):
                self.active = 1
                self.person += 1
                self.joined_week = model.week
                self.segment.joined += 1
        if case.state == WAITING:
            waited = model.week - case.queued_week
            if waited > 0 and model.request_factor[row] < model.settings.demand.abandonment_rate * waited:
                case.department.drop_out(case)
                case.department.abandoned += 1
                self.events += 1
        elif case.state == COMING_BACK:
            case.contacts += 1
            case.department.returned += 1
            case.department.join_queue(case, model.week)
        elif case.state == NO_CASE and self.active and model.request_factor[row] < model.raise_chance:
            self.raise_case()

    def raise_case(self) -> None:
        """Call a front department about something new."""
        model, case = self.model, self.case
        _, hardness, where, length = model.raising
        department = model.departments[int(where[self.row] * model.settings.organisation.front_departments)]
        case.stages = stages_of(length[self.row], len(model.departments), model.settings.demand)
        case.complexity = complexity_of(hardness[self.row])
        case.contacts = 1
        case.opened_week = model.week
        case.defect = case.context_lost = case.repetitions = 0
        department.raised += 1
        department.join_queue(case, model.week)

    def judge(self) -> None:
        """Compare contacts with what was expected, and perhaps tell others."""
        model, p = self.model, self.model.settings.experience
        if self.active and self.joined_week == model.week:
            self.satisfaction = self.segment.offer_value
            self.trust = 0.5
            self.expectation = 0.4 + 0.5 * self.opinion
        if self.events > 0.0:
            quality = self.quality / self.events
            felt = felt_quality(quality, self.expectation, p)
            model.quality_given += self.quality
            model.contacts += self.events
            self.trust = trusts(self.trust, quality, self.expectation, model.settings.promise)
            self.satisfaction += p.adaptation_rate * (felt - self.satisfaction)
            self.expectation += p.adaptation_rate * (quality - self.expectation)
            if speaks(felt, model.talking[self.row], p):
                self.tell(felt)
        elif self.active:
            self.satisfaction += p.forgetting_rate * (self.segment.offer_value - self.satisfaction)

    def tell(self, felt: float) -> None:
        """Tell neighbours in the market and an acquaintance far away."""
        if felt < 0.5:
            self.segment.negative_mentions += 1
            weight = 1.5
        else:
            self.segment.positive_mentions += 1
            weight = 1.0
        for listener in self.listeners():
            listener.heard_opinion += weight * felt
            listener.voices += weight

    def listeners(self) -> list[Customer]:
        """Return who hears this person's stories, the nearest neighbours first."""
        people, reach = self.model.customers, self.model.settings.word_of_mouth.reach
        count, audience = len(people), []
        for step in range(1, reach + 1):
            audience += [people[(self.row + step) % count], people[(self.row - step) % count]]
        if reach > 0:
            audience.append(people[self.far_tie])
        return audience

    def listen(self) -> None:
        """Take in what others said, and stay or go."""
        model = self.model
        self.opinion = hears(
            self.opinion,
            self.heard_opinion,
            self.voices,
            model.settings.word_of_mouth,
            model.settings.experience.forgetting_rate,
        )
        if self.active:
            uniform = model.leaving[self.row]
            if uniform < model.most_leaves and leaves(
                self.satisfaction, self.opinion, 0.0, uniform, model.settings.market
            ):
                self.leave()

    def leave(self) -> None:
        """Stop being a customer; an open issue goes, too."""
        case = self.case
        self.active = 0
        self.segment.left += 1
        if case.state in (WAITING, COMING_BACK):
            case.department.withdrawn += 1
            if case.state == WAITING:
                case.department.drop_out(case)
            else:
                case.state = NO_CASE

    def end_week(self) -> None:
        """Spend, and be counted."""
        segment = self.segment
        if not self.active:
            segment.prospects += 1
            segment.opinion += self.opinion
            return
        satisfaction = self.satisfaction
        paid = spends(self.value, satisfaction, self.model.settings.accounts)
        segment.spending += paid
        self.model.firm.revenue += paid
        segment.customers += 1
        segment.satisfaction += satisfaction
        segment.expectation += self.expectation
        segment.trust += self.trust
        segment.promoters += satisfaction >= 0.85
        segment.detractors += satisfaction < 0.65
