"""Measurements that an organisation could make before it decides, and the uncertain values that each would narrow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something that can be measured.

    Attributes:
        name: a short description.
        how: how to measure it.
        groups: groups of parameters, or single parameters, that it narrows.
    """

    name: str
    how: str
    groups: tuple[str, ...]

    def narrows(self, key: str) -> bool:
        """Return whether it narrows a parameter; single parameters listed by another measurement belong to that one."""
        if key in self.groups:
            return True
        named = any(key in measurement.groups for measurement in MEASUREMENTS)
        return not named and key.partition(".")[0] in self.groups


#: Measurements; each uncertain value belongs to one of them.
MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement("tickets", "a ticket export with customers' numbers, read by ccsim org read",
                ("demand", "handoffs", "service.recontact_probability", "service.handling_hours")),
    Measurement("observed contacts", "contacts listened to: time, way of working, outcome, courtesy", ("service", "work_pace")),
    Measurement("causes", "causes of a sample of tickets, before and after a change of process", ("defects",)),
    Measurement("customer records", "joining, staying, leaving and spending, by satisfaction",
                ("market", "customer_differences", "accounts.revenue", "accounts.spending_sensitivity", "accounts.goodwill")),
    Measurement("customer panel", "the same customers asked twice a year: expectation, experience, what they say to others",
                ("experience", "word_of_mouth", "promise", "offer")),
    Measurement("cost accounts", "wages, cost of a contact, of a new customer and of a person who leaves, overhead", ("accounts", "staffing")),
    Measurement("personnel records", "dates of joining and leaving, by department; time until newcomers are productive",
                ("turnover", "capacity", "skills")),
    Measurement("staff survey", "the questionnaire by tier, twice, with a programme in between",
                ("conviction", "leadership", "sponsorship", "engagement", "fatigue")),
    Measurement("network survey", "who listens to whom, as ties.csv takes it", ("ties",)),
    Measurement("pilot", "one department first, with values by department before and after",
                ("programme", "rollout", "visible_successes", "champions", "scorecards", "recognition", "empowerment", "habit", "embedding",
                 "structure", "implementation", "realignment", "trials")),
    Measurement("system records", "logs of the systems: use, time, what customers solve by themselves",
                ("technology", "self_service", "personalisation", "proactive", "sensing", "segmentation")),
)  # fmt: skip
