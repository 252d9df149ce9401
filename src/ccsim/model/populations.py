"""What a member of staff, a leader, a customer, a case, a department *is*: one line per column.

A column is *fixed* (set at founding), a *stock* (kept from week to week, written only by the mechanism that owns
it) or a *flow* (cleared every week; any mechanism may add to it). Flows are gathered first and stocks moved after,
so everybody changes at once and no order among people matters.

Kernels read ``staff.conviction[i]`` whatever the storage. The organisation has few rows and many columns: a numpy
record array, which a compiled function takes as one argument. The market has many rows and few columns: a named
tuple of arrays, so that a pass over it touches only the columns it needs.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Few = npt.NDArray[np.int8]
Words = npt.NDArray[np.uint32]
NARROW: dict[Any, str] = {Floats: "float64", Whole: "int32", Few: "int8", Words: "uint32"}  # where rows are many


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column; ``kind`` is fixed, stock or flow, ``narrow`` what its numbers are kept as in many rows."""

    kind: str
    unit: str
    owners: tuple[str, ...]
    meaning: str
    name: str = ""
    narrow: str = "float64"

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self.narrow != "float64"


def fixed(unit: str, meaning: str) -> Any:
    """Declare a column that the founding sets and nothing changes."""
    return Column("fixed", unit, (), meaning)


def stock(unit: str, meaning: str, *owners: str) -> Any:
    """Declare a column that lasts; only the mechanisms named in ``owners`` write it."""
    return Column("stock", unit, owners, meaning)


def flow(unit: str, meaning: str) -> Any:
    """Declare a weekly sum, cleared at the start of each week; any mechanism may add to it."""
    return Column("flow", unit, (), meaning)


def population(storage: str) -> Callable[[type[T]], type[T]]:
    """Keep a class's column declarations as ``columns``, flows last, and say how its rows are stored.

    ``"records"``: one numpy record array of 8-byte fields. ``"columns"``: a named tuple of arrays, see ``NARROW``.
    """

    def build(cls: type[T]) -> type[T]:
        kinds = get_type_hints(cls)
        columns = tuple(replace(vars(cls)[name], name=name, narrow=NARROW[kind]) for name, kind in kinds.items())
        if [column.kind == "flow" for column in columns] != sorted(column.kind == "flow" for column in columns):
            raise TypeError(f"{cls.__name__}: flows are declared after all other columns")
        made: Any = cls
        if storage == "columns":
            make: Any = namedtuple  # mypy reads only literal field names
            made = make(cls.__name__, list(kinds), module=cls.__module__)
            made.__doc__ = cls.__doc__
        made.columns, made.storage = columns, storage
        return made

    return build


def empty(kind: type[T], rows: int) -> tuple[T, Floats]:
    """Return a population of ``rows`` zeroed rows, and its flows as one array.

    The array has shape (rows, flows) for records and (flows, rows) for columns. One array, because clearing or
    recording all flows of a population is then a single operation.
    """
    columns: tuple[Column, ...] = kind.columns  # type: ignore[attr-defined]
    flows = sum(column.kind == "flow" for column in columns)
    if kind.storage == "records":  # type: ignore[attr-defined]
        fields = [(column.name, np.int64 if column.whole else np.float64) for column in columns]
        records = np.zeros(rows, dtype=fields)
        numbers = records.view(np.float64).reshape(rows, len(columns))
        return records.view(np.recarray), numbers[:, len(columns) - flows :]  # type: ignore[return-value]
    block = np.zeros((flows, rows))
    others = [np.zeros(rows, column.narrow) for column in columns[: len(columns) - flows]]
    return kind(*others, *block), block


@population("records")
class Staff:
    """Members of staff, front line and back office; the rows of a department are neighbours."""

    department: Whole = fixed("row", "department that the post belongs to")
    person: Whole = stock("count", "how many people have held the post before this one", "turnover")
    hired_in: Whole = stock("week", "week in which this person came", "turnover")
    vacant_until: Whole = stock("week", "first week in which the post is filled (again)", "turnover", "staffing")
    closed: Whole = stock("0/1", "1 while the post is cut", "staffing")
    disposition: Floats = stock("share", "conviction to which the person returns when nothing happens", "turnover")
    vigour: Floats = stock("share", "engagement to which the person returns in ordinary circumstances", "turnover")
    overrun: Floats = stock("hours", "time of the last case that falls into the coming week", "service")
    tipped_in: Whole = stock("week", "week in which the penny dropped, -1 not yet, -2 before week 0", "conviction")
    engagement: Floats = stock("share", "energy and commitment at work", "engagement")
    cynicism: Floats = stock("share", "expectation that talk of change is only talk", "fatigue")
    champion: Floats = stock("hours/week", "time freed for carrying the change, 0 for nearly everybody", "champions")
    system_use: Floats = stock("share", "how far the person uses the system for service", "technology")

    # What a person brings to a case and what comes of it stand together, near in memory: each contact looks at all of it.
    leader: Whole = fixed("row", "team lead of the post, -1 where there is none")
    taste: Floats = stock("factor", "how much this person minds rewards, 1 on average", "turnover")
    skill: Floats = stock("share", "ability to solve a case by judgement", "skills")
    conviction: Floats = stock("share", "belief that acting customer-first is right and works here", "conviction")
    peer_practice: Floats = stock("share", "share of colleagues' cases seen to be solved with judgement", "conviction")
    habit: Floats = stock("share", "how far acting customer-first has become routine to the person", "habit")
    latitude: Floats = stock("share", "complexity of the cases that the person may decide alone", "empowerment")
    safety: Floats = stock("share", "how safe it feels to use judgement", "empowerment")
    fatigue: Floats = stock("share", "tiredness from announced change and overload", "fatigue")
    praise: Floats = stock("utility", "recognition that the person has come to expect", "recognition")

    hours: Floats = flow("hours", "time available for cases")
    worked: Floats = flow("hours", "time spent on cases")
    handled: Floats = flow("cases", "contacts handled")
    solved: Floats = flow("cases", "contacts taken on with judgement: the customer-first act")
    wins: Floats = flow("cases", "solved contacts that were seen to work, and improvements that showed")
    setbacks: Floats = flow("cases", "solved contacts that were seen to fail")
    blamed: Floats = flow("cases", "setbacks beyond what the person was allowed to decide")
    knows: Floats = flow("share", "what insight and the system are worth in a case, as skill")
    slower: Floats = flow("share", "time lost (or saved) in each contact by the system and by variety")
    cover: Floats = flow("share", "decision rights lent by a champion with authority")

    arrived: Floats = flow("people", "1 if a new person takes the post this week")
    sources: Floats = flow("people", "independent people and encounters that speak for the change")
    told: Floats = flow("hours", "announcements heard from the programme")
    trained: Floats = flow("hours", "training")
    aside: Floats = flow("hours", "time for reading signals, coordination and learning the system")
    recognised: Floats = flow("share", "recognition by the leader")
    relief: Floats = flow("share", "engagement lent by recognition and by good tools, taken by bad ones")
    improving: Floats = flow("hours", "paid time for local improvement")
    met: Floats = flow("hours", "time with real customers outside cases")
    coached: Floats = flow("hours", "a champion's time")
    carrying: Floats = flow("hours", "a champion's time for carrying the change, as far as the week has it")
    influence: Floats = flow("people", "how much this person spoke for the change to others")


@population("records")
class Leaders:
    """Leaders in tiers: 0 the executive, 1 heads of department, 2 team leads."""

    tier: Whole = fixed("tier", "0 executive, 1 head, 2 team lead")
    department: Whole = fixed("row", "department, -1 for the executive")
    superior: Whole = fixed("row", "the leader's own leader, -1 at the top")
    span: Whole = fixed("people", "members of staff below, directly or not")

    person: Whole = stock("count", "how many people have held the post before this one", "leadership")
    came_in: Whole = stock("week", "week in which this person took the post", "leadership")
    disposition: Floats = stock("share", "conviction to which the leader returns", "leadership")
    conviction: Floats = stock("share", "belief that customer-first is right and pays here", "commitment", "leadership")
    credibility: Floats = stock("share", "how far words were followed by deeds", "commitment", "leadership")
    control: Floats = stock("share", "need to decide oneself", "leadership")
    seen: Floats = stock("share", "results on the own scorecard as lately reported", "reporting")
    usual: Floats = stock("share", "results on the own scorecard as remembered", "reporting")
    allowed: Floats = stock("share", "decision rights that the leader lets pass downwards", "empowerment")

    attention: Floats = flow("hours", "time left for escalated cases")
    told: Floats = flow("hours", "announcements heard from the programme")
    coached: Floats = flow("hours", "coaching received")


@population("columns")
class Customers:
    """Everybody in the market: the organisation's customers (``active``) and its prospects."""

    segment: Few = fixed("row", "segment")
    far_tie: Whole = fixed("row", "an acquaintance anywhere in the market; the others are the rows next to one's own")
    value: Floats = stock("EUR/week", "what the customer spends at ordinary satisfaction", "segmentation")
    estimate: Floats = stock("EUR/week", "what the organisation thinks that the value is", "segmentation")
    care: Floats = stock("utility", "how much more care the customer is to get than others", "segmentation")

    active: Few = stock("0/1", "1 while a customer of the organisation", "market")
    person: Whole = stock("count", "how many times this person has become a customer", "market")
    joined_in: Whole = stock("week", "week of becoming a customer", "market")
    satisfaction: Floats = stock("share", "satisfaction with the organisation", "experience")
    expectation: Floats = stock("share", "quality that the customer expects of a contact", "experience", "promise")
    trust: Floats = stock("share", "how far promises are believed", "experience")
    luck_to_come: Words = stock("1/2^32", "the week's draw for whether to become a customer", "market")
    luck_to_ask: Words = stock("1/2^32", "the week's draw for whether to ask, or to give up waiting", "market")
    luck_to_talk: Words = stock("1/2^32", "the week's draw for whether to tell others", "market")
    luck_to_leave: Words = stock("1/2^32", "the week's draw for whether to leave", "market")
    opinion: Floats = stock("share", "what the person has heard others say, 0.5 neutral", "word_of_mouth")

    events: Floats = flow("contacts", "contacts closed or given up")
    quality: Floats = flow("share", "sum of the quality of those contacts")
    heard: Floats = flow("share", "sum of what others told, weighted")
    voices: Floats = flow("people", "weight of those who told")


@population("columns")
class Cases:
    """One row per person in the market: the one issue that he or she may have open.

    States: 0 none, 1 in a queue, 2 closed unresolved and coming back, 3 given up but still in a queue's chain.
    """

    state: Few = stock("state", "see above", "demand", "service", "market")
    department: Whole = stock("row", "department whose queue it is in", "demand", "service")
    stages: Few = stock("count", "stages still to be done, each in another department", "demand", "service")
    contacts: Whole = stock("count", "contacts about this issue so far", "demand", "service")
    opened_in: Whole = stock("week", "week in which the issue arose", "demand")
    queued_in: Whole = stock("week", "week in which it joined the present queue", "demand", "service")
    after: Whole = stock("row", "next case in the queue, -1 at the end", "demand", "service")
    defect: Few = stock("0/1", "1 if a stage was done wrongly", "demand", "service")
    lost: Few = stock("0/1", "1 if the last hand-off lost what the customer had said", "demand", "service")
    hassle: Whole = stock("count", "times that the customer had to repeat or was passed on", "demand", "service")
    complexity: Floats = stock("share", "how far the case is from the standard one", "demand")


@population("records")
class Departments:
    """Departments; the flows are the week's tallies from which all KPIs are made."""

    first_staff: Whole = fixed("row", "first member of staff")
    last_staff: Whole = fixed("row", "row after the last member of staff")
    front: Whole = fixed("0/1", "1 if customers call here first")
    head: Whole = fixed("row", "head of department, -1 where there is none")

    queue_first: Whole = stock("row", "first case waiting, -1 if none", "demand", "service")
    queue_last: Whole = stock("row", "last case waiting, -1 if none", "demand", "service")
    queue: Whole = stock("cases", "length of the chain of waiting cases", "demand", "service", "market")
    next_staff: Whole = stock("row", "who takes the next case", "service")
    workload: Floats = stock("ratio", "work waiting over time available, lately", "service")
    routine: Floats = stock("share", "customer-first practice written into routines and tools", "embedding")
    defects: Floats = stock("share", "share of contacts that the process spoils", "defects")
    insight: Floats = stock("share", "how well the team knows what customers need and what goes wrong", "sensing")
    signals: Floats = stock("signals/week", "signals a head that reached the team last week", "sensing")

    raised: Floats = flow("cases", "new issues (value demand)")
    returned: Floats = flow("cases", "contacts caused by an earlier failure (failure demand)")
    handled: Floats = flow("contacts", "contacts handled, stages counted one by one")
    closed_fast: Floats = flow("contacts", "contacts closed fast")
    followed_script: Floats = flow("contacts", "contacts handled by the script")
    solved: Floats = flow("contacts", "contacts solved with judgement")
    arriving: Floats = flow("cases", "cases passed on to here this week, to be handled next week")
    handed_over: Floats = flow("contacts", "contacts passed to another department undone")
    escalated: Floats = flow("contacts", "contacts put to a leader")
    hours: Floats = flow("hours", "staff time available for cases")
    worked: Floats = flow("hours", "staff time spent on cases")
    leader_hours: Floats = flow("hours", "leaders' time spent on escalated cases")
    paid: Floats = flow("people", "people in post, who are paid for the week")
    paid_hours: Floats = flow("hours", "contracted staff time of filled posts")
    absent_hours: Floats = flow("hours", "contracted time lost to absence, breaks and low energy")
    aside_hours: Floats = flow("hours", "staff time for reading signals, coordination and learning the system")
    spoilt: Floats = flow("share", "part of success that the process takes away beyond the ordinary")
    linked: Floats = flow("share", "part of the losses between departments that their structure avoids")
    fixing: Floats = flow("hours", "time for acting on signals")
    unheeded: Floats = flow("share", "signals read of which nothing came")
    outreach: Floats = flow("contacts", "contacts before the customer asked")
    outreach_hours: Floats = flow("hours", "staff time for them")
    dismissed: Floats = flow("people", "people whose post was closed")
    programme_hours: Floats = flow("hours", "staff time given to the programme and to carrying it")
    closed: Floats = flow("issues", "closings, resolved or not")
    closed_first: Floats = flow("issues", "closings at the first contact, resolved or not")
    resolved: Floats = flow("issues", "issues resolved")
    resolved_first: Floats = flow("issues", "issues resolved at the first contact")
    abandoned: Floats = flow("issues", "issues given up by the customer")
    withdrawn: Floats = flow("issues", "open issues of customers who left")
    resolution_weeks: Floats = flow("weeks", "sum of the resolved issues' ages")
    handoffs: Floats = flow("hand-offs", "cases passed between departments")
    handoffs_lost: Floats = flow("hand-offs", "hand-offs that lost what the customer had said")
    survey: Floats = flow("share", "sum of the surveys taken right after a contact")
    claimed: Floats = flow("issues", "closings at the first contact that the records call resolved")
    journeys_sound: Floats = flow("issues", "closings with every stage done right")
    goodwill: Floats = flow("EUR", "compensation given to customers")
    backlog: Floats = flow("cases", "cases waiting at the end of the week")
    blamed: Floats = flow("cases", "setbacks for which staff were blamed")
    quits: Floats = flow("people", "members of staff who left")
    hires: Floats = flow("people", "members of staff who came")
    posts: Floats = flow("posts", "posts, filled or not")
    people: Floats = flow("people", "filled posts")
    embedding: Floats = flow("hours", "time spent on writing practice into routines and tools")
    overrun: Floats = flow("hours", "time of this week's cases that falls into the coming week, less last week's")
    wins: Floats = flow("cases", "successes that were seen")
    skill: Floats = flow("share", "sum of skill over filled posts")
    conviction: Floats = flow("share", "sum of conviction")
    tipped: Floats = flow("people", "people for whom the penny has dropped")
    tippings: Floats = flow("people", "pennies that dropped this week")
    habit: Floats = flow("share", "sum of habit")
    adopters: Floats = flow("people", "people who act customer-first by habit")
    latitude: Floats = flow("share", "sum of latitude granted")
    empowerment: Floats = flow("share", "sum of latitude felt")
    engagement: Floats = flow("share", "sum of engagement")
    fatigue: Floats = flow("share", "sum of fatigue")
    cynicism: Floats = flow("share", "sum of cynicism")
    carried: Floats = flow("hours", "hours of champions")
    embedded: Floats = flow("share", "routine times posts")
    informed: Floats = flow("share", "insight times posts")
    spoilt_contacts: Floats = flow("contacts", "contacts that the process spoilt")


@population("records")
class Segments:
    """Customer segments; the flows are tallies."""

    need: Floats = stock("need", "what customers of the segment need, as a place on a line", "offer")
    position: Floats = stock("need", "where on that line the offer is", "offer")

    worth: Floats = flow("share", "satisfaction with the offer itself")
    fit: Floats = flow("share", "how well the offer fits")
    counted: Floats = flow("segments", "1, to take means over segments")
    bot_contacts: Floats = flow("contacts", "issues that went to the machine first")
    bot_solved: Floats = flow("contacts", "issues that the machine solved")
    bot_stuck: Floats = flow("contacts", "issues that ended in the machine unsolved")
    customers: Floats = flow("people", "active customers at the end of the week")
    joined: Floats = flow("people", "customers won")
    left: Floats = flow("people", "customers lost")
    satisfaction: Floats = flow("share", "sum of satisfaction")
    expectation: Floats = flow("share", "sum of expectation")
    promoters: Floats = flow("people", "customers who would recommend (9 or 10 of 10)")
    detractors: Floats = flow("people", "customers who would not (0 to 6 of 10)")
    spending: Floats = flow("EUR", "what customers spent")
    said_good: Floats = flow("people", "customers who spoke well this week")
    said_bad: Floats = flow("people", "customers who spoke ill this week")
    opinion: Floats = flow("share", "sum of what prospects have heard")
    prospects: Floats = flow("people", "people in the market who are not customers")
    trust: Floats = flow("share", "sum of trust")


@population("records")
class Firm:
    """The organisation as a whole: one row."""

    wins: Floats = stock("wins/person", "visible wins per head, lately", "commitment")
    news: Floats = stock("share", "how much of success the executive has lately been told", "commitment")
    practice: Floats = stock("share", "quality of contacts, lately", "experience")
    trusted: Floats = stock("share", "customers' mean trust, as it is known while promises are made", "promise")
    outside: Floats = stock("share", "how much better the best alternative has become", "market")
    system: Floats = stock("share", "how much of a system for service is there", "technology")
    step: Floats = stock("step", "step of the ladder of coordination reached", "structure")
    capability: Floats = stock("step", "step whose demands people can meet", "structure")
    sponsorship: Floats = stock("0/1", "1 while the executive keeps the programme", "sponsorship")
    know_how: Floats = stock("share", "what is known of what works here", "rollout")
    prioritised: Floats = stock("share", "priority by value in force last week", "segmentation")
    spent: Floats = flow("EUR", "programme spending")
    wages: Floats = flow("EUR", "pay of staff and leaders")
    handling: Floats = flow("EUR", "cost of contacts other than pay")
    compensation: Floats = flow("EUR", "compensation given to customers")
    turnover_cost: Floats = flow("EUR", "recruiting and starting new people")
    acquisition_cost: Floats = flow("EUR", "winning and setting up new customers")
    overhead: Floats = flow("EUR", "fixed cost")
    design: Floats = flow("EUR", "designing the offer")
    marketing: Floats = flow("EUR", "promising")
    technology: Floats = flow("EUR", "building a system for service")
    tailored: Floats = flow("EUR", "cost for each customer of what is made to measure")
    tailoring: Floats = flow("EUR", "what is made to measure")
    machine: Floats = flow("EUR", "self-service")
    coordinators: Floats = flow("EUR", "posts for coordination")
    studies: Floats = flow("EUR", "estimating what customers are worth")
    severance: Floats = flow("EUR", "people whose post was closed")
    misjudged: Floats = flow("need", "error of those who decide about what customers need")
    coordination: Floats = flow("hours", "coordination between departments")
    conflict: Floats = flow("hours", "conflict from a structure ahead of its capability")
    improvements: Floats = flow("wins", "improvements that were seen to work")
    failures: Floats = flow("attempts", "improvements that were seen to fail")
    planned: Floats = flow("hours", "planning bought")
    shown: Floats = flow("share", "satisfaction as leaders are shown it")
    system_use: Floats = flow("people", "sum of staff's use of the system")
    practised: Floats = flow("share", "quality of contacts, lately")
    stated: Floats = flow("share", "quality promised beyond what is practised")
    sponsored: Floats = flow("share", "the programme is kept")
    stepped: Floats = flow("step", "step of the ladder")
    capable: Floats = flow("step", "capability for the ladder")
    knowing: Floats = flow("share", "know-how of what works here")
    installed: Floats = flow("share", "system installed")
    rival: Floats = flow("share", "how much better the best alternative is")
    revenue: Floats = flow("EUR", "what customers spent")
    told: Floats = flow("hours", "announcement hours bought")
    trained: Floats = flow("hours", "training hours bought")
    improved: Floats = flow("hours", "improvement hours bought")
    met: Floats = flow("hours", "hours with customers bought")
    written: Floats = flow("hours", "embedding hours bought")
    coached: Floats = flow("hours", "coaching hours for leaders bought")
    executive_conviction: Floats = flow("share", "conviction of the executive (of the highest leaders there are)")
    leader_conviction: Floats = flow("share", "mean conviction of leaders")
    leader_credibility: Floats = flow("share", "mean credibility of leaders")
    champions: Floats = flow("people", "champions")
    influence: Floats = flow("people", "how much everybody together spoke for the change")
    largest_influence: Floats = flow("people", "how much the one person did who spoke for it most")
    cross_adopters: Floats = flow("people", "habitual adopters outside the department with most champions")
    cross_people: Floats = flow("people", "people outside the department with most champions")
