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
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE
from ccsim.mechanisms.staff import conviction, engagement, fatigue, habit, skills, turnover
from ccsim.mechanisms.staff.conviction import BEFORE, NOT_YET

if TYPE_CHECKING:
    from benchmarks.per_agent.customer import Case
    from benchmarks.per_agent.model import PerAgent

share, toward, bell_of = plain(functions.clip01), plain(functions.relax), plain(irwin_hall_normal)
appeal, choose, felt = plain(choice.appeal), plain(choice.choose), plain(empowerment.felt)
time_of, success_of, time_at_work = (
    plain(handling_options.time_of),
    plain(handling_options.success_of),
    plain(capacity.time_at_work),
)
by_evidence, by_telling, comes_round = (
    plain(rule) for rule in (conviction.by_evidence, conviction.by_telling, conviction.comes_round)
)
pressed = plain(scorecards.pressed)
learns, settles, quits = plain(skills.learns), plain(habit.settles), plain(turnover.quits)
unseen, tires, sours = plain(fatigue.unseen), plain(fatigue.tires), plain(fatigue.sours)
arrives, counts = plain(mandate.arrives), plain(mandate.counts)
circumstances = plain(engagement.circumstances)

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
        self.hours = self.worked = self.handled = self.solved = self.wins = self.setbacks = self.blamed = 0.0
        self.sources = self.told = self.trained = self.improving = self.met = self.coached = self.cover = 0.0
        self.carrying = self.influence = self.aside = self.knows = 0.0

    def plan_hours(self) -> None:
        """See how much time is left for cases."""
        model, p, department = self.model, self.model.settings.capacity, self.department
        if model.week < self.vacant_until:
            self.hours = -self.overrun
            return
        at_work = time_at_work(p.weekly_hours, self.engagement, model.week - self.hired_in, p)
        self.carrying = self.champion
        given = self.trained + self.improving + self.met + self.told + self.carrying
        left = at_work - given - self.aside
        if left < 0.0:
            fits = at_work / (given + self.aside)
            self.trained *= fits
            self.improving *= fits
            self.met *= fits
            self.told *= fits
            self.carrying *= fits
            self.aside *= fits
            given *= fits
            left = 0.0
        self.hours = left - self.overrun
        department.paid += 1
        department.paid_hours += p.weekly_hours
        department.absent_hours += p.weekly_hours - at_work
        department.programme_hours += given
        department.aside_hours += self.aside
        department.hours += left

    def decide(self, case: Case, luck: float) -> tuple[int, float, float]:
        """Choose how to handle a case; return the option, its time and its chance of success."""
        settings, department, leader = self.model.settings, self.department, self.leader
        p, cards, handoffs = settings.service, settings.scorecards, settings.handoffs
        authority, skill = share(self.latitude + self.cover), share(self.skill + self.knows)
        spoilt = department.spoilt
        facts = (case.complexity, case.stages, case.lost, department.routine, department.workload, spoilt, 0.0)
        belief = settings.conviction.utility_weight * self.conviction
        norm = settings.conviction.norm_weight * (self.peer_practice - 0.25)
        habit_pull = settings.habit.utility_weight * self.habit
        latitude_felt = felt(self.latitude, self.safety, self.cover)
        taste = self.taste
        if leader is not None:
            taste *= pressed(leader.usual - leader.seen, cards)
        person = (skill, authority, taste, latitude_felt, belief, norm, habit_pull, self.fatigue, 0.0)
        rest = (facts, person, settings.staff_scorecard, cards, p, handoffs, settings.empowerment)
        hand_over = appeal(HAND_OVER, *rest) if len(self.model.departments) > 1 else NEVER
        heard = leader is not None and leader.attention >= p.leader_hours
        option = choose(
            appeal(FAST, *rest),
            appeal(SCRIPT, *rest),
            appeal(SOLVE, *rest),
            hand_over,
            appeal(ESCALATE, *rest) if heard else NEVER,
            luck,
        )
        hours = time_of(option, case.complexity, department.routine, case.lost, 0.0, p, handoffs.repeat_time)
        success = success_of(option, case.complexity, skill, authority, case.lost, spoilt, p, handoffs.handoff_error)
        return option, hours, success

    def note_judgement(self, case: Case, right: bool) -> None:
        """See whether judgement worked; perhaps be blamed."""
        self.solved += 1
        if right:
            self.wins += 1
            self.department.wins += 1
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
        p, luck = self.model.settings.turnover, self.model.luck
        self.disposition = share(
            p.disposition + p.disposition_spread * bell_of(*luck.one(Stream.HIRE, week, 3 * self.row))
        )
        self.taste = max(
            0.0, 1.0 + p.reward_sensitivity_spread * bell_of(*luck.one(Stream.HIRE, week, 3 * self.row + 1))
        )
        self.vigour = share(
            p.baseline_engagement
            + p.baseline_engagement_spread * bell_of(*luck.one(Stream.HIRE, week, 3 * self.row + 2))
        )
        self.hired_in = week

    def hear_others(self) -> None:
        """See what colleagues do and how it goes."""
        solved = handled = 0.0
        persuades = self.model.settings.conviction.habit_threshold
        for other in self.colleagues:
            solved += other.solved
            handled += other.handled
            if other.habit > persuades and other.wins > other.setbacks:
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
        latitude_felt = felt(self.latitude, self.safety, self.cover)
        goal = circumstances(self.vigour, latitude_felt, self.wins, self.fatigue, self.cynicism, p)
        self.engagement = goal if self.arrived else toward(self.engagement, goal, p.adjustment_rate)

    def come_round(self) -> None:
        """Move in conviction."""
        model, p = self.model, self.model.settings.conviction
        if self.arrived:
            self.conviction = self.disposition
            self.tipped_in = NOT_YET
            return
        if model.week < self.vacant_until:
            return
        believed = by_evidence(self.conviction, self.wins, self.setbacks, p)
        lead = self.leader
        if lead is not None:
            believed = by_telling(
                believed,
                0.5 + arrives(self.told, model.settings.mandate),
                lead.conviction,
                lead.credibility,
                self.cynicism,
                p,
            )
        if comes_round(self.sources, model.pennies[self.row], self.cynicism, p):
            believed = toward(believed, 1.0, p.tipping_gain)
        self.conviction = toward(believed, self.disposition, p.reversion_rate)
        if model.week < 0:
            self.tipped_in = BEFORE if self.conviction >= p.tipping_threshold else NOT_YET
        elif self.tipped_in == NOT_YET and self.conviction >= p.tipping_threshold:
            self.tipped_in = model.week
            self.department.tippings += 1

    def learn(self) -> None:
        """Gain and lose skill."""
        model, p = self.model, self.model.settings.skills
        if self.arrived:
            draws = model.luck.one(Stream.HIRE_TRAITS, model.week, self.row)
            self.skill = share(p.newcomer_skill + 0.1 * bell_of(*draws))
        else:
            self.skill = learns(self.skill, self.trained, self.coached, self.solved, p)

    def settle(self) -> None:
        """Form and lose habits."""
        routine = self.department.routine
        acts = self.handled + self.improving
        if self.arrived:
            self.habit = 0.5 * routine
        elif acts > 0.0:
            practice = (self.solved + self.improving) / acts
            self.habit = settles(self.habit, practice, routine, self.model.settings.habit)

    def tire(self) -> None:
        """Tire, recover, sour and heal."""
        settings, p = self.model.settings, self.model.settings.fatigue
        if self.arrived:
            self.fatigue = 0.0
            self.cynicism = 0.5 * p.baseline_cynicism
            return
        hollow = unseen(self.told, counts(self.sources, settings.mandate))
        talk = p.ignored_weight * self.department.unheeded
        credibility = self.leader.credibility if self.leader is not None else 0.5
        self.fatigue = tires(self.fatigue, hollow, self.department.workload, 1.0, 1.0, p)
        self.cynicism = sours(self.cynicism, share(hollow + talk), credibility, p)

    def feel(self) -> None:
        """Learn how safe judgement is."""
        p = self.model.settings.empowerment
        if self.arrived:
            self.safety = 1.0 - 0.5 * p.blame
            return
        self.department.blamed += self.blamed
        goal = 1.0 - 0.5 * p.blame + 0.3 * min(1.0, self.wins / 3.0) - 0.7 * min(1.0, self.blamed)
        self.safety = toward(self.safety, share(goal), p.safety_rate)

    def end_week(self) -> None:
        """Take the latitude granted, be paid and be counted."""
        model, d = self.model, self.department
        self.latitude = model.settings.empowerment.rights if self.leader is None else self.leader.allowed
        model.firm.influence += self.influence
        model.firm.largest_influence = max(model.firm.largest_influence, self.influence)
        d.posts += 1
        if model.week + 1 < self.vacant_until:
            return
        d.people += 1
        d.skill += self.skill
        d.conviction += self.conviction
        d.tipped += self.tipped_in != NOT_YET
        d.habit += self.habit
        d.adopters += self.habit > model.settings.habit.adopter_threshold
        d.latitude += self.latitude
        d.empowerment += felt(self.latitude, self.safety, self.cover)
        d.engagement += self.engagement
        d.fatigue += self.fatigue
        d.cynicism += self.cynicism
        model.firm.champions += self.champion > 0.0
