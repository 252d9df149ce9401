"""Requests of the pages to the class service: the shape of each request, checked before anything is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms

#: The largest request: a finished game without the player's texts takes three kilobytes.
LARGEST_REQUEST = 32_000
#: The largest seed that the pages accept.
LARGEST_PAGE_SEED = 1_000_000

Word = Annotated[str, Field(max_length=80)]
Quarter = Annotated[int, Field(ge=0, le=100)]
KpiValue = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
KpiValues = Annotated[dict[Word, KpiValue], Field(max_length=20)]


class RefusedError(Exception):
    """A request that is refused.

    Args:
        status: of the answer.
        code: identifier of the reason, for which the pages have a text in each language.
        why: the reason in English.
        wait: seconds after which the request may be repeated; 0 if that would not help.
    """

    def __init__(self, status: int, code: str, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.status, self.code, self.wait = status, code, wait

    def as_data(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {"error": self.code, "text": str(self), "wait": round(self.wait, 1)}


class Request(BaseModel):
    """A request, by itself without any field; undeclared fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OpenRequest(Request):
    """Open a class."""

    seed: Annotated[int, Field(ge=0, le=LARGEST_PAGE_SEED)] = 1
    scenario: Word = "nothing"
    terms: Annotated[Terms, Field(strict=False)] = Terms()
    upto: Annotated[int, Field(ge=1, le=100)] = 100


class EnterRequest(Request):
    """Return to a class with the server's secret."""

    code: Word


class ViewRequest(Request):
    """Look at a class as its lecturer."""

    view: Literal["screen", "desk", "results"] = "desk"
    since: Word = ""
    quarter: Quarter | None = None


class ChangeRequest(Request):
    """Change the lecturer's settings; those not named stay."""

    upto: Annotated[int, Field(ge=1, le=100)] | None = None
    reveal: Quarter | None = None
    hide: Quarter | None = None
    ranking: bool | None = None
    joining: bool | None = None
    strict: bool | None = None
    trigger: Word | None = None
    remove: Word | None = None
    weights: KpiValues | None = None
    locked: Annotated[list[Word], Field(max_length=100)] | None = None
    hidden: Annotated[list[Word], Field(max_length=100)] | None = None


class JoinRequest(Request):
    """Join a class."""

    code: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=400)] = ""


class PlayedQuarter(Request):
    """A quarter that was played."""

    quarter: Quarter
    expected: KpiValues = {}
    came: KpiValues = {}


class ReportRequest(Request):
    """A message from a player's page: quarters played since, and the finished game."""

    since: Word = ""
    quarters: Annotated[list[PlayedQuarter], Field(max_length=100)] = []
    game: Annotated[str, Field(max_length=LARGEST_REQUEST)] = ""


Kind = TypeVar("Kind", bound=Request)


def parsed(body: bytes, kind: type[Kind]) -> Kind:
    """Return the parsed request.

    Args:
        body: JSON.
        kind: class of the request.

    Raises:
        InputError: it is not such a request; the message names the field.
    """
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse) if body else {}
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the request"
        raise InputError(f"{where[:60]}: has a value that is not accepted") from None
    except (ValueError, RecursionError):
        raise InputError("the request is incomplete or not JSON") from None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def checked_values(values: Mapping[str, float], within: bool) -> dict[str, float]:
    """Return values of the KPIs that players predict.

    Args:
        values: by KPI.
        within: whether they must lie in the range of predictions.

    Raises:
        InputError: the KPI is not predicted, or the figure is out of range.
    """
    spans = {row.kpi: row.predict for row in catalogue().rules.report if row.predict}
    for name, value in values.items():
        if name not in spans or not isfinite(value):
            raise InputError(f"{name[:40]}: is not predicted in this game")
        low, high, _ = spans[name]
        if within and not low <= value <= high:
            raise InputError(f"{name}: a prediction must be {low:g} to {high:g}, got {value:g}")
    return {name: round(float(value), 6) for name, value in values.items()}
