"""Former names: each is refused with a message that gives the present name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ccsim.errors import FORMER_NAMES, WITHDRAWN, InputError

#: Commands by their former names.
COMMANDS = {
    "claims": "test-claims",
    "diverge": "diff",
    "explore": "discover",
    "levers": "parameters",
    "new": "init",
    "show": "describe",
    "why": "reproduce",
}
#: Options by their former names; an option with several meanings has one present name per command.
OPTIONS: Mapping[str, str | Mapping[str, str]] = {
    "--against": "--baseline",
    "--at": "--report-week",
    "--budget": "--time-limit",
    "--budget-money": "--max-cost",
    "--density": "--min-density",
    "--money": "--cost-kpi",
    "--over": {
        "calibrate": "--parameter",
        "discover": "--factor",
        "optimise": "--uncertain",
        "sensitivity": "--factor",
    },
    "--points": "--samples",
    "--robust": "--robust-metric",
    "--so-far": "--partial",
    "--sure": "--min-share",
    "--until": "--precision",
    "--vary": "--factor",
    "--worlds": "--n-uncertain",
}

#: Keys of files by their former names: for each schema that has renamed keys, the present key of each former one.
KEYS: Mapping[str, Mapping[str, str]] = {
    "ScenarioSchema": {"before": "history"},
    "InterventionSchema": {"after": "earliest_week"},
    "ExperimentSchema": {"at": "report_weeks", "until": "precision", "most_replicates": "max_replicates"},
    "DesignSchema": {"vary": "factors", "points": "samples"},
    "ClaimShape": {"says": "statement", "also": "secondary", "expect": "direction"},
    "FactShape": {"says": "statement"},
    "StudyShape": {"vary": "factors", "points": "samples"},
    "FolderSchema": {"founded": "start_date"},
    "ApartShape": {"says": "statement"},
}
#: Columns of the model by their former names.
COLUMNS = {
    "customers.asking": "request_factor",
    "departments.journeys_sound": "sound_journeys",
    "departments.spoilt_contacts": "defective_contacts",
    "departments.unheeded": "ignored_signals",
    "departments.wins": "visible_successes",
    "firm.marketing": "marketing_cost",
    "firm.misjudged": "needs_error",
    "firm.reported_wins": "reported_successes",
    "firm.shown_satisfaction": "reported_satisfaction",
    "firm.stated": "promise_excess",
    "firm.studies": "estimation_cost",
    "firm.tailored": "cost_per_customer",
    "firm.tried": "attempts",
    "firm.wins": "visible_successes",
    "firm.worked": "successful_attempts",
    "segments.said_bad": "negative_mentions",
    "segments.said_good": "positive_mentions",
    "staff.wins": "visible_successes",
}
#: Names of the package by their former ones, for ``import ccsim`` and for :mod:`ccsim.mechanism`.
PACKAGE = {"diverge": "diff", "load": "load_scenario", "why": "reproduce"}
MECHANISM = {"founding": "initialiser", "purpose": "stream"}
#: Tables of a results folder by their former names.
RESULT_TABLES = {"figures": "summaries", "points": "design_points", "events": "interventions"}

#: By group, pairs of a former name and the present one.
_RENAMED = {
    "programme": "from_top=top_down_share most=max_hours hour=cost_per_hour",
    "rollout": (
        "test=testing_share planning=planning_share learning=learning_rate doing=untested_learning "
        "plans=plannable_share half=half_saturation"
    ),
    "visible_successes": (
        "quick=completion_probability blind=failure_rate story=story_value heard=source_weight "
        "half=half_saturation reported=reported_share broadcast=broadcast_share "
        "completion_probability=completion_probability failure_rate=failure_rate story_value=story_value "
        "source_weight=source_weight half_saturation=half_saturation reported_share=reported_share "
        "broadcast_share=broadcast_share size=size visibility=visibility"
    ),
    "sponsorship": "results=results_weight news=news_weight every=interval_weeks",
    "champions": "chosen=selection placed=placement leave=departures example=example_share reach=half_saturation",
    "scorecards": (
        "pull=utility_weight half=half_saturation pressing=pressure traced=traced_share "
        "sight=line_of_sight courtesy=courtesy_share"
    ),
    "recognition": (
        "pull=utility_weight expecting=expectation_rate joy=engagement_gain "
        "reinforces=habit_reinforcement time=leader_hours"
    ),
    "empowerment": "fear=blame_weight checks=monitoring_weight granting=delegation_rate learning=safety_rate",
    "leadership": (
        "attention=escalation_hours leaving=turnover_probability superior=superior_rate "
        "measured=scorecard_rate results=results_rate wins=successes_rate wins_rate=successes_rate enough=half_saturation "
        "reversion=reversion_rate reporting=reporting_rate memory=memory_rate trust=credibility_rate "
        "hours=half_score_hours"
    ),
    "structure": (
        "step=stage weeks=weeks_per_stage practice=learning_rate joins=integration half=half_saturation "
        "meetings=meeting_hours conflict=conflict_hours posts=coordinator_cost"
    ),
    "sensing": (
        "collected=coverage acted=action_hours digest=absorptive_capacity reading=reading_hours "
        "half=half_saturation pace=learning_rate help=skill_gain"
    ),
    "offer": (
        "blur=perception_noise unseen=unseen_share together=cocreation_effort hour=cost_per_hour "
        "pace=design_rate half=half_saturation"
    ),
    "promise": "belief=expectation_rate trusting=trust_rate lip=lip_service",
    "personalisation": "half=half_saturation known=insight_share effort=extra_time",
    "proactive": "time=time_factor welcome=prevention_quality nuisance=false_alarm_quality",
    "self_service": (
        "limit=complexity_penalty smooth=solved_quality trapped=trapped_quality insist=bypass_probability"
    ),
    "technology": (
        "price=half_saturation build=build_rate ageing=depreciation_rate uptake=adoption_rate "
        "taught=training_effect willing=conviction_effect saving=time_saving double=non_use_time "
        "aid=skill_gain relief=engagement_effect"
    ),
    "segmentation": "every=interval_weeks care=utility_weight first=priority_threshold study=estimation_cost",
    "staffing": "follow=workload_response aim=target_workload pace=adjustment_rate least=min_share",
    "demand": "patience=abandonment_rate",
    "capacity": "week=weekly_hours energy=engagement_effect induction=induction_weeks",
    "service": (
        "hours=handling_hours fast=fast_time thorough=judgement_time depth=complexity_time "
        "passing=transfer_time script=script_success script_limit=script_complexity_penalty "
        "skimp=fast_success judgement=judgement_success skill=skill_effect "
        "unauthorised=unauthorised_success distance=escalation_error effort=effort_weight "
        "reluctance=transfer_reluctance persistence=recontact_probability courtesy=courtesy_weight "
        "curt=fast_courtesy polite=script_courtesy caring=judgement_courtesy warmth=engagement_courtesy "
        "waiting=waiting_loss hassle=repetition_loss"
    ),
    "defects": (
        "ordinary=baseline arising=arrival_rate removal=removal_rate between=cross_department_share "
        "half=half_saturation blind=uninformed_share cemented=automation_lock_in"
    ),
    "handoffs": "loss=loss_probability warm=warm_factor cold=cold_factor again=repeat_time blunder=handoff_error",
    "experience": (
        "weight=satisfaction_rate loss=loss_aversion learning=expectation_rate offer=offer_satisfaction "
        "forgetting=forgetting_rate noticing=noticing_rate talking=talk_probability"
    ),
    "word_of_mouth": "fading=fading_rate",
    "market": (
        "hearsay=word_of_mouth_churn joining=joining_probability catching_up=challenger_rate "
        "reputation=word_of_mouth_joining"
    ),
    "skills": (
        "novice=newcomer_skill training=training_rate coaching=coaching_rate practice=practice_rate rust=decay_rate"
    ),
    "conviction": (
        "pull=utility_weight evidence=evidence_rate enough=half_saturation sources=min_sources "
        "chance=tipping_probability jump=tipping_gain telling=leader_rate reversion=reversion_rate "
        "persuades=habit_threshold norm=norm_weight"
    ),
    "habit": (
        "formation=formation_rate decay=decay_rate pull=utility_weight held=routine_protection "
        "settled=adopter_threshold"
    ),
    "embedding": "writing=writing_rate hours=half_saturation stale=decay_rate",
    "fatigue": "healing=cynicism_recovery ordinary=baseline_cynicism ignored=ignored_weight",
    "engagement": (
        "pace=adjustment_rate disbelief=cynicism_effect autonomy=autonomy_effect success=success_effect "
        "exhaustion=fatigue_effect"
    ),
    "turnover": (
        "quitting=quit_probability vacancy=vacancy_weeks vigour=baseline_engagement "
        "vigour_spread=baseline_engagement_spread taste_spread=reward_sensitivity_spread "
        "pace_spread=handling_time_spread spread=disposition_spread"
    ),
    "accounts": (
        "contact=contact_cost acquisition=acquisition_cost spending=spending_sensitivity replacement=replacement_weeks"
    ),
    "work_pace": "usual=baseline_workload erosion=erosion_weeks skimping=success_loss",
    "implementation": "pace=closing_rate",
    "trials": "enough=min_attempts every=interval_weeks",
}

#: Former names of groups by their present names.
_FORMER_GROUPS = {"visible_successes": "wins"}

#: Parameters that were merged into another one, by their last key.
_MERGED = {
    "conviction.habit_threshold": "habit.adopter_threshold",
    "empowerment.delegation_rate": "empowerment.adjustment_rate",
    "empowerment.safety_rate": "empowerment.adjustment_rate",
    "experience.expectation_rate": "experience.adaptation_rate",
    "experience.satisfaction_rate": "experience.adaptation_rate",
    "leadership.control_spread": "turnover.temperament_spread",
    "leadership.escalation_hours": "leadership.escalation_capacity",
    "leadership.reversion_rate": "conviction.reversion_rate",
    "leadership.spread": "turnover.disposition_spread",
    "realignment.convinced": "realignment.min_conviction",
    "realignment.doubtful": "realignment.min_conviction",
    "recognition.leader_hours": "recognition.displaced_cases",
    "service.escalation_error": "handoffs.handoff_error",
    "service.fast_courtesy": "service.base_courtesy",
    "service.judgement_courtesy": "service.courtesy_step",
    "service.leader_hours": "leadership.escalation_capacity",
    "service.script_courtesy": "service.courtesy_step",
    "turnover.reward_sensitivity_spread": "turnover.temperament_spread",
    "word_of_mouth.fading_rate": "experience.forgetting_rate",
}

#: Present keys of parameters by their former keys, such as ``"habit.pull"``.
PARAMETERS: dict[str, str] = {
    f"{_FORMER_GROUPS.get(group, group)}.{old}": _MERGED.get(f"{group}.{new}", f"{group}.{new}")
    for group, pairs in _RENAMED.items()
    for old, _, new in (pair.partition("=") for pair in pairs.split())
} | _MERGED
FORMER_NAMES.update({("parameter", old): new for old, new in PARAMETERS.items()})
WITHDRAWN["parameter", "conviction.tipping_threshold"] = "a person counts as tipped from a conviction of 0.65"
FORMER_NAMES.update(
    {
        ("KPI", "practised"): "delivered_quality",
        ("KPI", "step"): "coordination_stage",
        ("KPI", "machine_share"): "self_service_share",
    }
)
FORMER_NAMES.update({("column", old): new for old, new in COLUMNS.items()})
FORMER_NAMES.update({("measure", "ahead"): "overtakes_week", ("measure", "pairing"): "variance_reduction"})
FORMER_NAMES.update({("table", old): new for old, new in RESULT_TABLES.items()})
FORMER_NAMES.update(
    {
        ("kind of claim", "kept"): "retains",
        ("kind of claim", "lost"): "reverts",
        ("kind of claim", "turning"): "break_even",
        ("kind of claim", "gaming"): "goodhart",
        ("kind of claim", "crossing"): "overtakes",
    }
)

Function = TypeVar("Function", bound=Callable[..., Any])


def renamed_arguments(**former: str) -> Callable[[Function], Function]:
    """Make a function or class refuse former keyword arguments with a message that gives the present name.

    Args:
        former: the present name of each argument by its former one.

    Returns:
        A decorator. The decorated object raises :class:`ccsim.errors.InputError` if a former name is used.
    """

    def decorate(target: Function) -> Function:
        call: Callable[..., Any] = target.__init__ if isinstance(target, type) else target  # type: ignore[misc]  # a class as a whole

        @wraps(call)
        def checked(*args: Any, **named: Any) -> Any:
            for old in named:
                if old in former:
                    raise InputError(f"{old}: the argument is now called {former[old]}")
            return call(*args, **named)

        if isinstance(target, type):
            target.__init__ = checked  # type: ignore[misc]  # a class as a whole
            return target
        return checked  # type: ignore[return-value]  # it has the same arguments as the function

    return decorate


class RenamedAttributes:
    """Refuse former attributes with a message that gives the present name, from ``_former`` (present names by former names)."""

    _former: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # otherwise type checkers would accept any attribute

        def __getattr__(self, name: str) -> Any:
            """Raise an AttributeError that gives the present name of the attribute."""
            kind = type(self).__name__
            if name in self._former:
                raise AttributeError(f"{kind}.{name} is now called {self._former[name]}")
            raise AttributeError(f"{kind!r} object has no attribute {name!r}")


def refuse_old_words(words: Sequence[str]) -> None:
    """Refuse a command line that uses a former name.

    Args:
        words: the arguments after ``ccsim`` on the command line.

    Raises:
        InputError: a command or an option now has another name.
    """
    command = words[0] if words else ""
    if command in COMMANDS:
        raise InputError(f"{command}: the command is now called {COMMANDS[command]}")
    if command in ("org", "game", "worlds"):  # their options were never renamed
        return
    for word in words[1:]:
        option = word.partition("=")[0]
        new = OPTIONS.get(option)
        if isinstance(new, Mapping):
            new = new.get(command)
        if new is not None:
            raise InputError(f"{option}: the option is now called {new}")
