"""The questionnaire: 24 items, the parameter that each moves, and the reason.

Answers range from 1 (not at all) to 5 (fully). An answer never sets a value; it narrows the interval of a lever of the warm-up or
of an assumption. ``low`` is the value for the lowest answer, ``high`` the value for the highest.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its text, the parameter that it moves, the range of values, and the reason.

    ``moves`` is empty if the model has no corresponding parameter; the item then counts only for the self-image.
    ``image`` states whether agreement means that customers are well served.
    """

    text: str
    moves: str
    low: float
    high: float
    ground: str
    image: bool = True


#: Items by code: L leadership and mandate, M measures, R rights, D data, S structure, P pace, H history.
ITEMS: dict[str, Item] = {
    "L1": Item("The executive spends time on customers and their problems every month.",
               "leadership.executive_disposition", 0.2, 0.9, "assumed: time spent shows what is considered important"),
    "L2": Item("Managers say and do the same about customers.", "leadership.credibility_rate", 0.01, 0.1,
               "assumed: credibility follows deeds (Simons 2002, form only)"),
    "L3": Item("Managers decide nearly everything themselves.", "leadership.control", 0.0, 0.8,
               "definition: the need for control", False),
    "L4": Item("Managers are convinced that serving customers well pays here.", "leadership.disposition", 0.2, 0.8,
               "definition: conviction without influences"),
    "M1": Item("I am measured on what customers experience.", "staff_scorecard.csat", 0.0, 1.0,
               "definition: the weight on the scorecard"),
    "M2": Item("I am measured on speed: contacts or minutes.", "staff_scorecard.handling_time", 0.0, 1.0,
               "definition: the weight on the scorecard", False),
    "M3": Item("Missing one's targets has consequences.", "scorecards.strength", 0.0, 2.0,
               "definition: strength of the scorecard", False),
    "M4": Item("Heads of department are measured on what customers experience.", "head_scorecard.csat", 0.0, 1.0,
               "definition: the weight on the scorecard"),
    "R1": Item("I may decide by myself what a customer gets.", "empowerment.rights", 0.0, 1.0,
               "definition: decision rights that the top grants"),
    "R2": Item("People who make a mistake for a customer's sake are blamed.", "empowerment.blame", 0.0, 1.0,
               "definition: blame for a misstep", False),
    "R3": Item("If I cannot solve a case, I can take it to my manager at once.", "leadership.escalation_capacity", 4.0, 20.0,
               "assumed: the number of cases that a manager can handle in a week"),
    "D1": Item("We know what customers think after each contact.", "sensing.coverage", 0.0, 1.0,
               "assumed: the share of contacts from which a signal is taken"),
    "D2": Item("What customers tell us is read by those who can change something.", "sensing.shared", 0.0, 1.0,
               "definition: share of signals that reach the teams"),
    "D3": Item("Leaders are shown what customers think in the end, not only surveys right after a contact.", "sensing.published", 0.0, 1.0,
               "definition: how far true satisfaction is published"),
    "D4": Item("The system shows me the customer's whole history.", "technology.usability", 0.1, 1.0,
               "assumed: how usable the system is"),
    "S1": Item("Departments work well together on a customer's case.", "handoffs.loss_probability", 0.5, 0.1,
               "assumed: losses when a case is passed on"),
    "S2": Item("Most cases need several departments.", "demand.journeys", 0.1, 0.8,
               "definition: share of issues that need another department", False),
    "S3": Item("People in different departments know each other.", "handoffs.warm_factor", 0.8, 0.1,
               "assumed: acquaintance makes hand-offs in person more effective"),
    "P1": Item("There is time to do a case properly.", "service.effort_weight", 3.0, 0.5,
               "assumed: the weight of the time of a thorough contact"),
    "P2": Item("One change follows another before the last has settled.", "fatigue.baseline_cynicism", 0.05, 0.6,
               "definition: cynicism at the start", False),
    "P3": Item("New people are ready for their work within a month.", "capacity.induction_weeks", 26.0, 4.0,
               "definition: weeks until a new person works at full speed"),
    "H1": Item("Earlier programmes changed what we do.", "conviction.reversion_rate", 0.04, 0.005,
               "assumed: how fast conviction fades"),
    "H2": Item("What worked was written into rules and tools.", "embedding.writing_rate", 0.03, 0.3,
               "assumed: how fast practice becomes routine"),
    "H3": Item("All in all, our customers are served well.", "", 0.0, 0.0,
               "counts only for the self-image, because customers' opinions are measured and not asked of staff"),
}  # fmt: skip
TIERS = ("top", "middle", "staff")
