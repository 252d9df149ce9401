"""A member of staff: chooses for each case, learns, believes, tires, leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from benchmarks.per_agent.rules import plain
from ccsim.engine import functions
from ccsim.engine.rng import Stream, irwin_hall_normal
from ccsim.mechanisms.incentives import scorecards
from ccsim.mechanisms.management import empowerment, mandate
from ccsim.mechanisms.service import capacity, choice, handling_options
from ccsim.mechanisms.service.choice import CaseFeatures, PersonFeatures
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE
from ccsim.mechanisms.staff import conviction, engagement, fatigue, habit, skills, turnover
from ccsim.mechanisms.staff.conviction import BEFORE, NOT_YET, TIPPING_THRESHOLD

if TYPE_CHECKING:
    from benchmarks.per_agent.customer import Case
    from benchmarks.per_agent.model import PerAgent

share, toward, bell_of = plain(functions.clip01), plain(functions.relax), plain(irwin_hall_normal)
appeal, choose, felt = plain(choice.utility), plain(choice.sample_choice), plain(empowerment.felt_latitude)
time_of, success_of, time_at_work = (
    plain(handling_options.handling_time),
    plain(handling_options.success_probability),
    plain(capacity.attendance),
)
by_evidence, by_telling, tips = (
    plain(rule) for rule in (conviction.evidence_update, conviction.leader_influence, conviction.tips)
)
pressed = plain(scorecards.pressure_factor)
exp = plain(functions.exp)
learns, settles, quits = plain(skills.skill_update), plain(habit.habit_update), plain(turnover.quits)
unseen, tires, sours = plain(fatigue.unfulfilled), plain(fatigue.fatigue_update), plain(fatigue.cynicism_update)
arrives, counts = plain(mandate.hours_received), plain(mandate.sources_counted)
circumstances = plain(engagement.engagement_target)

NEVER = -1.0e9


class Employee(mesa.Agent):
    """A post, and the person in it."""

    model: PerAgent

    def __init__(self, model: PerAgent, row: int) -> None:
        super().__init__(model)
        self.row = row

    def begin_week(self) -> None:
        """Start the week with nothing done."""
        self.arrived = False
        self.hours = self.worked = self.handled = self.solved = self.visible_successes = self.setbacks = self.blamed = (
            0.0
        )
        self.sources = self.announced_hours = self.training_hours = self.improvement_hours = self.customer_hours = (
            self.coaching_hours
        ) = self.borrowed_rights = 0.0
        self.champion_hours = self.influence = self.overhead_hours = self.knowledge_bonus = self.time_penalty = 0.0

    def plan_hours(self) -> None:
        """See how much time is left for cases."""
        model, p, department = self.model, self.model.settings.capacity, self.department
        if model.week < self.vacant_until:
            self.hours = -self.overrun
            return
        at_work = time_at_work(p.weekly_hours, self.engagement, model.week - self.hired_week, p)
        self.champion_hours = self.champion
        given = (
            self.training_hours
            + self.improvement_hours
            + self.customer_hours
            + self.announced_hours
            + self.champion_hours
        )
        left = at_work - given - self.overhead_hours
        if left < 0.0:
            fits = at_work / (given + self.overhead_hours)
            self.training_hours *= fits
            self.improvement_hours *= fits
            self.customer_hours *= fits
            self.announced_hours *= fits
            self.champion_hours *= fits
            self.overhead_hours *= fits
            given *= fits
            left = 0.0
        self.hours = left - self.overrun
        department.paid += 1
        department.paid_hours += p.weekly_hours
        department.absent_hours += p.weekly_hours - at_work
        department.programme_hours += given
        department.overhead_hours += self.overhead_hours
        department.hours += left

    def decide(self, case: Case, uniform: float) -> tuple[int, float, float]:
        """Choose how to handle a case; return the option, its time and its chance of success."""
        settings, department, leader = self.model.settings, self.department, self.leader
        p, cards, handoffs = settings.service, settings.scorecards, settings.handoffs
        authority, skill = share(self.latitude + self.borrowed_rights), share(self.skill + self.knowledge_bonus)
        spoilt = department.success_loss
        facts = CaseFeatures(
            case.complexity, case.stages, case.context_lost, department.routine, department.workload, spoilt, 0.0
        )
        belief = settings.conviction.utility_weight * self.conviction
        norm = settings.conviction.norm_weight * (self.peer_practice - 0.25)
        habit_pull = settings.habit.utility_weight * self.habit
        latitude_felt = felt(self.latitude, self.safety, self.borrowed_rights)
        taste = self.reward_sensitivity
        if leader is not None:
            taste *= pressed(leader.reference_score - leader.reported_score, cards)
        person = PersonFeatures(
            skill, authority, taste, latitude_felt, belief, norm, habit_pull, self.fatigue, self.time_penalty
        )
        rest = (facts, person, department.card, cards, p, handoffs, settings.empowerment)
        hand_over = appeal(HAND_OVER, *rest) if len(self.model.departments) > 1 else NEVER
        heard = leader is not None and leader.escalation_capacity >= 1.0
        option = choose(
            appeal(FAST, *rest),
            appeal(SCRIPT, *rest),
            appeal(SOLVE, *rest),
            hand_over,
            appeal(ESCALATE, *rest) if heard else NEVER,
            uniform,
        )
        hours = time_of(
            option, case.complexity, department.routine, case.context_lost, self.time_penalty, p, handoffs.repeat_time
        )
        success = success_of(
            option, case.complexity, skill, authority, case.context_lost, spoilt, p, handoffs.handoff_error
        )
        return option, hours, success

    def note_judgement(self, case: Case, right: bool) -> None:
        """See whether judgement worked; perhaps be blamed."""
        self.solved += 1
        if right:
            self.visible_successes += 1
            self.department.visible_successes += 1
        else:
            self.setbacks += 1
            if case.complexity > self.latitude:
                self.blamed += self.model.settings.empowerment.blame

    def finish(self) -> None:
        """Carry over what runs late."""
        late = max(0.0, self.worked - self.hours)
        self.department.overrun += late - self.overrun
        self.overrun = late

    def stay_or_go(self) -> None:
        """Perhaps quit; perhaps somebody comes for next week."""
        model, week = self.model, self.model.week
        if week >= self.vacant_until:
            called_away = model.champions_to_leave > 0 and self.champion > 0.0
            if called_away:
                model.champions_to_leave -= 1
            p = model.settings.turnover
            if called_away or quits(self.engagement, model.quitting[self.row], p):
                self.department.quits += 1
                self.vacant_until = week + 1 + p.vacancy_weeks
        if self.vacant_until == week + 1:
            self.department.hires += 1
            self.person += 1
            self.arrived = True
            self.settle_in(week + 1)

    def settle_in(self, week: int) -> None:
        """Draw what a newcomer is like."""
        p, draws = self.model.settings.turnover, self.model.draws
        self.disposition = share(
            p.disposition + p.disposition_spread * bell_of(*draws.of_row(Stream.HIRE, week, 3 * self.row))
        )
        self.reward_sensitivity = max(
            0.0, 1.0 + p.temperament_spread * bell_of(*draws.of_row(Stream.HIRE, week, 3 * self.row + 1))
        )
        self.baseline_engagement = share(
            p.baseline_engagement
            + p.baseline_engagement_spread * bell_of(*draws.of_row(Stream.HIRE, week, 3 * self.row + 2))
        )
        self.pace = exp(p.handling_time_spread * bell_of(*draws.of_row(Stream.WORK_PACE, week, self.row)))
        self.hired_week = week

    def hear_others(self) -> None:
        """See what colleagues do and how it goes."""
        solved = handled = 0.0
        persuades = self.model.settings.habit.adopter_threshold
        for other in self.colleagues:
            solved += other.solved
            handled += other.handled
            if other.habit > persuades and other.visible_successes > other.setbacks:
                self.sources += 1.0
                other.influence += 1.0
        if handled > 0.0:
            self.peer_practice = toward(self.peer_practice, solved / handled, 0.25)

    def change(self) -> None:
        """Believe, learn, form habits, tire, feel safe and engage, in this order."""
        self.come_round()
        self.learn()
        self.settle()
        self.tire()
        self.feel()
        p = self.model.settings.engagement
        latitude_felt = felt(self.latitude, self.safety, self.borrowed_rights)
        goal = circumstances(
            self.baseline_engagement, latitude_felt, self.visible_successes, self.fatigue, self.cynicism, p
        )
        self.engagement = goal if self.arrived else toward(self.engagement, goal, p.adjustment_rate)

    def come_round(self) -> None:
        """Move in conviction."""
        model, p = self.model, self.model.settings.conviction
        if self.arrived:
            self.conviction = self.disposition
            self.tipped_week = NOT_YET
            return
        if model.week < self.vacant_until:
            return
        believed = by_evidence(self.conviction, self.visible_successes, self.setbacks, p)
        lead = self.leader
        if lead is not None:
            believed = by_telling(
                believed,
                0.5 + arrives(self.announced_hours, model.settings.mandate),
                lead.conviction,
                lead.credibility,
                self.cynicism,
                p,
            )
        if tips(self.sources, model.tipping[self.row], self.cynicism, p):
            believed = toward(believed, 1.0, p.tipping_gain)
        self.conviction = toward(believed, self.disposition, p.reversion_rate)
        if model.week < 0:
            self.tipped_week = BEFORE if self.conviction >= TIPPING_THRESHOLD else NOT_YET
        elif self.tipped_week == NOT_YET and self.conviction >= TIPPING_THRESHOLD:
            self.tipped_week = model.week
            self.department.new_tipped += 1

    def learn(self) -> None:
        """Gain and lose skill."""
        model, p = self.model, self.model.settings.skills
        if self.arrived:
            draws = model.draws.of_row(Stream.HIRE_TRAITS, model.week, self.row)
            self.skill = share(p.newcomer_skill + 0.1 * bell_of(*draws))
        else:
            self.skill = learns(self.skill, self.training_hours, self.coaching_hours, self.solved, p)

    def settle(self) -> None:
        """Form and lose habits."""
        routine = self.department.routine
        acts = self.handled + self.improvement_hours
        if self.arrived:
            self.habit = 0.5 * routine
        elif acts > 0.0:
            practice = (self.solved + self.improvement_hours) / acts
            self.habit = settles(self.habit, practice, routine, self.model.settings.habit)

    def tire(self) -> None:
        """Tire, recover, sour and heal."""
        settings, p = self.model.settings, self.model.settings.fatigue
        if self.arrived:
            self.fatigue = 0.0
            self.cynicism = 0.5 * p.baseline_cynicism
            return
        hollow = unseen(self.announced_hours, counts(self.sources, settings.mandate))
        talk = p.ignored_weight * self.department.ignored_signals
        credibility = self.leader.credibility if self.leader is not None else 0.5
        intensity = self.department.workload / self.department.pace
        latitude_felt = felt(self.latitude, self.safety, self.borrowed_rights)
        self.fatigue = tires(self.fatigue, hollow, intensity, latitude_felt, self.baseline_engagement, p)
        self.cynicism = sours(self.cynicism, share(hollow + talk), credibility, p)

    def feel(self) -> None:
        """Learn how safe judgement is."""
        p = self.model.settings.empowerment
        if self.arrived:
            self.safety = 1.0 - 0.5 * p.blame
            return
        self.department.blamed += self.blamed
        goal = 1.0 - 0.5 * p.blame + 0.3 * min(1.0, self.visible_successes / 3.0) - 0.7 * min(1.0, self.blamed)
        self.safety = toward(self.safety, share(goal), p.adjustment_rate)

    def end_week(self) -> None:
        """Take the latitude granted, be paid and be counted."""
        model, d = self.model, self.department
        self.latitude = model.settings.empowerment.rights if self.leader is None else self.leader.delegated_rights
        model.firm.influence += self.influence
        model.firm.largest_influence = max(model.firm.largest_influence, self.influence)
        d.posts += 1
        if model.week + 1 < self.vacant_until:
            return
        d.people += 1
        d.skill += self.skill
        d.conviction += self.conviction
        d.tipped += self.tipped_week != NOT_YET
        d.habit += self.habit
        d.adopters += self.habit > model.settings.habit.adopter_threshold
        d.latitude += self.latitude
        d.empowerment += felt(self.latitude, self.safety, self.borrowed_rights)
        d.engagement += self.engagement
        d.fatigue += self.fatigue
        d.cynicism += self.cynicism
        model.firm.champions += self.champion > 0.0
