"""The core loop with mesa-frames: a data frame of polars for each kind of agent, a method for what all of it does."""

from __future__ import annotations

import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from shared import (
    ADOPTS,
    ASKS,
    BY_COLLEAGUE,
    CHURN,
    COLLEAGUES,
    DEMAND,
    DROP,
    LEARNED,
    LEAVES,
    LOAD,
    NEWCOMER,
    SERVES,
    SOLVES,
    TAKE_UP,
    UPDATE,
    Week,
    draws,
    measure,
    start,
)


class Staff(AgentSetPolars):
    """Those who serve."""

    def __init__(self, model: ModelDF, frame: pl.DataFrame) -> None:
        super().__init__(model)
        self += frame

    def prepare(self) -> None:
        """Work out how much help a contact with each person is this week."""
        learned = 1.0 - LEARNED + LEARNED * pl.col("adopted").cast(pl.Float64)
        self.agents = self.agents.with_columns(helps=pl.col("skill") * learned / (1.0 + LOAD * pl.col("load")))

    def step(self) -> None:
        """Take up the practice from colleagues, or drop it."""
        adopted = self.agents["adopted"].cast(pl.Int64)
        seen = sum(adopted.gather(self.agents[f"colleague{k}"]) for k in range(COLLEAGUES))
        uniform = pl.Series(draws(len(self.agents), self.model.week, ADOPTS))
        self.agents = self.agents.with_columns(uniform=uniform, seen=seen).with_columns(
            adopted=pl.when("adopted").then(pl.col("uniform") >= DROP).otherwise(
                pl.col("uniform") < TAKE_UP + BY_COLLEAGUE * pl.col("seen")
            )
        )  # fmt: skip


class Customers(AgentSetPolars):
    """Those who ask."""

    def __init__(self, model: ModelDF, frame: pl.DataFrame) -> None:
        super().__init__(model)
        self += frame

    def step(self) -> None:
        """Ask, be served, be more or less satisfied, stay or leave."""
        staff, model = self.model.staff, self.model
        uniforms = {
            f"uniform{s}": pl.Series(draws(len(self.agents), model.week, s)) for s in (ASKS, SERVES, SOLVES, LEAVES)
        }
        frame = self.agents.with_columns(**uniforms).with_columns(
            asks=pl.col(f"uniform{ASKS}") < DEMAND,
            server=pl.col("first") + (pl.col(f"uniform{SERVES}") * model.posts).cast(pl.Int64),
        )
        frame = frame.with_columns(helps=staff.agents["helps"].gather(frame["server"]))
        frame = frame.with_columns(solved=pl.col("asks") & (pl.col(f"uniform{SOLVES}") < pl.col("helps")))
        now = pl.col("satisfaction")
        frame = frame.with_columns(
            satisfaction=pl.when("asks").then(now + UPDATE * (pl.col("solved").cast(pl.Float64) - now)).otherwise(now)
        ).with_columns(lost=pl.col(f"uniform{LEAVES}") < CHURN * (1.0 - now) * (1.0 - now))
        frame = frame.with_columns(satisfaction=pl.when("lost").then(NEWCOMER).otherwise(now))
        contacts = frame.filter("asks").group_by(pl.col("server").alias("row")).agg(load=pl.len().cast(pl.Int64))
        staff.agents = (
            staff.agents.drop("load")
            .join(contacts, on="row", how="left", maintain_order="left")
            .with_columns(pl.col("load").fill_null(0))
        )
        self.agents = frame


class Organisation(ModelDF):
    """Staff and customers."""

    def __init__(self, staff: int, customers: int) -> None:
        super().__init__()
        skill, adopted, colleagues, first, self.posts = start(staff, customers)
        rows = pl.DataFrame({"unique_id": range(staff), "row": range(staff), "skill": skill, "adopted": adopted})
        rows = rows.with_columns(load=pl.lit(0, pl.Int64))
        rows = rows.with_columns(**{f"colleague{k}": pl.Series(colleagues[:, k]) for k in range(COLLEAGUES)})
        ids = range(staff, staff + customers)
        self.staff = Staff(self, rows)
        self.customers = Customers(
            self, pl.DataFrame({"unique_id": ids, "first": first, "satisfaction": [NEWCOMER] * customers})
        )
        self.week = 0

    def live(self, t: int) -> tuple[float, float, float, float, float]:
        """Live a week."""
        self.week = t
        self.staff.do("prepare")
        self.customers.do("step")
        self.staff.do("step")
        frame = self.customers.agents
        return (
            frame["asks"].sum(), frame["solved"].sum(), frame["lost"].sum(), frame["satisfaction"].mean(),
            self.staff.agents["adopted"].sum(),
        )  # fmt: skip


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    return Organisation(staff, customers).live


if __name__ == "__main__":
    measure(make)
