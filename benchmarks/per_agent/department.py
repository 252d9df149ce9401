"""A department works through its queue. Departments, segments and the firm also keep the week's tallies."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from benchmarks.per_agent.customer import COMING_BACK, NO_CASE, WAITING, WITHDRAWN, Case
from benchmarks.per_agent.rules import plain
from ccsim.engine import functions
from ccsim.engine.rng import Stream
from ccsim.mechanisms.incentives import measures, scorecards
from ccsim.mechanisms.incentives.scorecards import StaffScorecard
from ccsim.mechanisms.management import embedding, implementation
from ccsim.mechanisms.service import handling_options, handoffs, service_quality, work_pace
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE
from ccsim.model.recorder import TALLIES

if TYPE_CHECKING:
    from benchmarks.per_agent.employee import Employee
    from benchmarks.per_agent.model import PerAgent

courtesy_of, quality_of, way_of_passing = (
    plain(rule)
    for rule in (service_quality.courtesy_from, service_quality.contact_quality, handling_options.handoff_mode)
)
loses, survey, written = plain(handoffs.loss_of_context), plain(measures.survey_score), plain(embedding.routine_update)
toward, turned = plain(functions.relax), plain(scorecards.turned_card)
led, closing, in_use = (
    plain(rule) for rule in (implementation.enactment_support, implementation.closing_pace, implementation.card_update)
)
paced, held, hasty = (plain(rule) for rule in (work_pace.pace_at_load, work_pace.standard_update, work_pace.haste_loss))

CHOICE_TALLIES = {
    FAST: "closed_fast",
    SCRIPT: "followed_script",
    SOLVE: "solved",
    HAND_OVER: "handed_over",
    ESCALATE: "escalated",
}


class Tallies:
    """Something that counts: one attribute for each tally."""

    tallies: tuple[str, ...]

    def clear(self) -> None:
        """Start a week at zero."""
        for name in self.tallies:
            setattr(self, name, 0.0)

    def values(self) -> list[float]:
        """Return the week's tallies in order."""
        return [getattr(self, name) for name in self.tallies]


class Segment(Tallies):
    """A customer segment."""

    tallies = TALLIES["segments"]


class Firm(Tallies):
    """The organisation as a whole."""

    tallies = TALLIES["firm"]


class Department(Tallies):
    """A department, its queue and its people."""

    tallies = TALLIES["departments"]

    def __init__(self, model: PerAgent, row: int) -> None:
        self.model = model
        self.row = row
        self.line: deque[Case] = deque()
        self.members: list[Employee] = []

    def enact(self) -> None:
        """Move towards what is decreed, and what leaders make of it."""
        settings, people = self.model.settings, len(self.members)
        cynicism = credibility = conviction = realigned = 0.0
        for person in self.members:
            lead = person.leader
            cynicism += person.cynicism
            credibility += lead.credibility if lead is not None else 1.0
            conviction += lead.conviction if lead is not None else 1.0
            realigned += lead.realigned if lead is not None else 0.0
        mandate = settings.mandate
        self.support = led(
            mandate.clarity, mandate.realism, credibility / people, conviction / people, cynicism / people
        )
        pace = closing(self.support, settings.implementation)
        decreed = turned(settings.staff_scorecard, realigned / people)
        for name in StaffScorecard._fields:
            setattr(self, f"by_{name}", in_use(getattr(self, f"by_{name}"), getattr(decreed, name), pace))
        self.card = StaffScorecard(*(getattr(self, f"by_{name}") for name in StaffScorecard._fields))

    def set_pace(self) -> None:
        """See how fast to work this week, with so much to do."""
        p = self.model.settings.work_pace
        wanted = self.queue * self.model.settings.service.handling_hours * self.standard
        self.load = toward(self.load, min(3.0, wanted / self.hours) if self.hours > 0.0 else 3.0, 0.25)
        self.pace = paced(self.load, self.standard, p)
        self.standard = held(self.standard, self.pace, p)
        if self.pace < 1.0:
            self.success_loss = hasty(self.success_loss, self.pace, p)
        for person in self.members:
            person.time_penalty = (1.0 + person.time_penalty) * (self.pace * person.pace) - 1.0

    def join_queue(self, case: Case, week: int) -> None:
        """Take a case in at the end of the queue."""
        case.state = WAITING
        case.department = self
        case.queued_week = week
        self.line.append(case)
        self.queue += 1

    def drop_out(self, case: Case) -> None:
        """Count a waiting case no more; it is thrown away when its turn comes."""
        case.state = WITHDRAWN
        self.queue -= 1

    def work(self) -> None:
        """Handle the cases that wait, in order, each by the next who has time."""
        week, line, members = self.model.week, self.line, self.members
        if not line:
            return
        due = [case.customer.row for case in line if case.state == WAITING and case.queued_week <= week]
        draws = zip(*self.model.draws.of_rows(Stream.SERVICE, week, due), strict=True)
        turn, idle = self.next_staff - self.first_staff, 0
        while line and idle < len(members):
            case = line[0]
            if case.state == WITHDRAWN:
                case.state = NO_CASE
                line.popleft()
                continue
            if case.queued_week > week:
                break
            person = members[turn]
            turn = turn + 1 if turn + 1 < len(members) else 0
            if person.hours - person.worked <= 0.0:
                idle += 1
                continue
            idle = 0
            line.popleft()
            self.queue -= 1
            self.handle(case, person, *next(draws))
        self.next_staff = turn + self.first_staff

    def handle(self, case: Case, person: Employee, uniform: float, outcome: float, later: float, where: float) -> None:
        """Let a person handle a case, and see what becomes of it."""
        p = self.model.settings
        option, hours, success = person.decide(case, uniform)
        right = outcome < success
        person.worked += hours
        person.handled += 1
        self.handled += 1
        self.worked += hours
        courtesy = courtesy_of(option, person.engagement, p.service)
        self.survey += survey(courtesy, 1.0 if right else 0.0, p.scorecards)
        setattr(self, CHOICE_TALLIES[option], getattr(self, CHOICE_TALLIES[option]) + 1)
        if option == SOLVE:
            self.goodwill += p.accounts.goodwill * case.complexity
            person.note_judgement(case, right)
        elif option == ESCALATE:
            person.leader.escalation_capacity -= 1.0
        self.move_on(case, option, courtesy, right, later, where)

    def move_on(self, case: Case, option: int, courtesy: float, right: bool, later: float, where: float) -> None:
        """A stage is done, or the case passed on undone."""
        if option != HAND_OVER:
            case.stages -= 1
            if not right:
                case.defect = 1
            elif option in (SOLVE, ESCALATE):
                case.defect = 0
        if case.contacts == 1 and option < HAND_OVER and case.stages == 0:
            self.claimed += 1.0 if right else 1.0 - self.model.settings.scorecards.traced_share
        if case.stages == 0:
            self.close(case, courtesy, later)
        else:
            self.pass_on(case, option, later, where)

    def close(self, case: Case, courtesy: float, returns: float) -> None:
        """The last stage is done."""
        p, customer = self.model.settings.service, case.customer
        resolved = case.defect == 0
        first = case.contacts == 1
        age = self.model.week - case.opened_week
        customer.events += 1
        customer.quality += quality_of(courtesy, 1.0 if resolved else 0.0, age, case.repetitions, p)
        self.closed += 1
        self.closed_first += first
        case.state = NO_CASE
        if resolved:
            self.resolved += 1
            self.resolved_first += first
            self.resolution_weeks += age
            self.sound_journeys += 1
        elif returns < p.recontact_probability:
            case.state = COMING_BACK
            case.stages = 1
            case.defect = 0
            case.repetitions += 1
        else:
            self.abandoned += 1

    def pass_on(self, case: Case, option: int, uniform: float, where: float) -> None:
        """The case goes to another department, for next week."""
        goal = self.next_department(where)
        self.handoffs += 1
        case.context_lost = 0
        case.repetitions += option == HAND_OVER
        if uniform < loses(way_of_passing(option), 0.0, self.model.settings.handoffs):
            self.handoffs_lost += 1
            case.context_lost = 1
            case.repetitions += 1
        goal.arriving += 1
        goal.join_queue(case, self.model.week + 1)

    def next_department(self, where: float) -> Department:
        """Pass on from the front to the back office, if there is one, and from there to anybody else."""
        departments = self.model.departments
        count, fronts = len(departments), self.model.fronts
        if self.front and fronts < count:
            return departments[fronts + int(where * (count - fronts))]
        return departments[(self.row + 1 + int(where * (count - 1))) % count]

    def end_week(self) -> None:
        """See how much work waits."""
        load = 3.0
        if self.hours > 0.0:
            waiting = self.queue - self.arriving
            load = min(3.0, (self.worked + self.model.settings.service.handling_hours * waiting) / self.hours)
        self.workload += 0.25 * (load - self.workload)

    def embed(self) -> None:
        """Write down what people do by habit."""
        count = float(len(self.members))
        if count > 0.0:
            practised = 0.0
            for person in self.members:
                practised += person.habit
            hours = self.embedding / count
            self.routine = written(self.routine, practised / count, hours, self.model.settings.embedding)
