"""The questionnaire: 24 items in plain words, what each moves in the model, and on what ground.

An answer runs from 1 (not at all) to 5 (fully). It never sets a value: it narrows the interval of a lever of the past or
of an assumption. ``low`` is the value that the lowest answer stands for, ``high`` that of the highest.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its text, the parameter that it moves from what to what, and the ground for that.

    ``moves`` is empty where the model has nothing that the answer could set: the item then counts for the self-image only.
    ``image`` says whether agreement means that customers are well served.
    """

    text: str
    moves: str
    low: float
    high: float
    ground: str
    image: bool = True


#: By their code: L leadership and mandate, M measures, R rights, D data, S structure, P pace, H history.
ITEMS: dict[str, Item] = {
    "L1": Item("The executive spends time on customers and their problems every month.",
               "leadership.executive_disposition", 0.2, 0.9, "assumed: what one gives time to is what one holds important"),
    "L2": Item("Managers say and do the same about customers.", "leadership.credibility_rate", 0.01, 0.1,
               "assumed: credibility follows deeds (Simons 2002, form only)"),
    "L3": Item("Managers decide nearly everything themselves.", "leadership.control", 0.0, 0.8,
               "definition: the need to decide oneself", False),
    "L4": Item("Managers are convinced that serving customers well pays here.", "leadership.disposition", 0.2, 0.8,
               "definition: conviction when nothing happens"),
    "M1": Item("I am measured on what customers experience.", "staff_scorecard.csat", 0.0, 1.0,
               "definition: the weight on the scorecard"),
    "M2": Item("I am measured on speed: contacts or minutes.", "staff_scorecard.handling_time", 0.0, 1.0,
               "definition: the weight on the scorecard", False),
    "M3": Item("Missing one's targets has consequences.", "scorecards.strength", 0.0, 2.0,
               "definition: how much the scorecard counts", False),
    "M4": Item("Heads of department are measured on what customers experience.", "head_scorecard.csat", 0.0, 1.0,
               "definition: the weight on the scorecard"),
    "R1": Item("I may decide by myself what a customer gets.", "empowerment.rights", 0.0, 1.0,
               "definition: decision rights that the top grants"),
    "R2": Item("Who makes a mistake for a customer's sake is blamed.", "empowerment.blame", 0.0, 1.0,
               "definition: blame for a misstep", False),
    "R3": Item("A case that I cannot solve I can take to my manager at once.", "leadership.escalation_capacity", 4.0, 20.0,
               "assumed: the cases that a manager can take in a week"),
    "D1": Item("We know what customers think after each contact.", "sensing.coverage", 0.0, 1.0,
               "assumed: the share of contacts whose signal is kept"),
    "D2": Item("What customers tell us is read by those who can change something.", "sensing.shared", 0.0, 1.0,
               "definition: share of signals that reach the teams"),
    "D3": Item("Leaders are shown what customers think in the end, not only surveys right after a contact.", "sensing.published", 0.0, 1.0,
               "definition: how far true satisfaction is published"),
    "D4": Item("The system shows me the customer's whole history.", "technology.usability", 0.1, 1.0,
               "assumed: how usable the system is"),
    "S1": Item("Departments work well together on a customer's case.", "handoffs.loss_probability", 0.5, 0.1,
               "assumed: what is lost when a case is passed on"),
    "S2": Item("Most cases need several departments.", "demand.journeys", 0.1, 0.8,
               "definition: share of issues that need another department", False),
    "S3": Item("People in different departments know each other.", "handoffs.warm_factor", 0.8, 0.1,
               "assumed: acquaintance makes passing on in person worth more"),
    "P1": Item("There is time to do a case properly.", "service.effort_weight", 3.0, 0.5,
               "assumed: how much the time of a thorough contact weighs"),
    "P2": Item("One change follows another before the last has settled.", "fatigue.baseline_cynicism", 0.05, 0.6,
               "definition: cynicism at the start", False),
    "P3": Item("New people are ready for their work within a month.", "capacity.induction_weeks", 26.0, 4.0,
               "definition: weeks until a new person works at full pace"),
    "H1": Item("Earlier programmes changed what we do.", "conviction.reversion_rate", 0.04, 0.005,
               "assumed: how fast conviction fades"),
    "H2": Item("What worked was written into rules and tools.", "embedding.writing_rate", 0.03, 0.3,
               "assumed: how fast practice becomes routine"),
    "H3": Item("All in all, our customers are served well.", "", 0.0, 0.0,
               "counts for the self-image only: what customers think is measured, not asked of staff"),
}  # fmt: skip
TIERS = ("top", "middle", "staff")
