"""The core loop with JAX on the processor: arrays that do not change, one compiled function for the week."""

from __future__ import annotations

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402  # after the setting
from shared import (  # noqa: E402
    ADOPTS,
    ASKS,
    BY_COLLEAGUE,
    CHURN,
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
    measure,
    start,
)


def draws(count: int, t: jax.Array, stream: int) -> jax.Array:
    """Return the draws of a week, as ``shared.draws``."""
    x = jnp.arange(count, dtype=jnp.uint32) * jnp.uint32(0x9E3779B1) + (t * 8 + stream).astype(jnp.uint32) * jnp.uint32(
        0x85EBCA77
    )
    x = (x ^ (x >> 16)) * jnp.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * jnp.uint32(0x735A2D97)
    return (x ^ (x >> 15)) * 2.0**-32


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    skill, begun, colleagues, first, posts = start(staff, customers)

    @jax.jit
    def lived(state, t):
        satisfaction, load, adopted = state
        asks = draws(customers, t, ASKS) < DEMAND
        server = first + (draws(customers, t, SERVES) * posts).astype(jnp.int64)
        helps = skill * (1.0 - LEARNED + LEARNED * adopted) / (1.0 + LOAD * load)
        solved = asks & (draws(customers, t, SOLVES) < helps[server])
        satisfaction = jnp.where(asks, satisfaction + UPDATE * (solved - satisfaction), satisfaction)
        unhappy = 1.0 - satisfaction
        lost = draws(customers, t, LEAVES) < CHURN * unhappy * unhappy
        satisfaction = jnp.where(lost, NEWCOMER, satisfaction)
        load = jnp.zeros(staff, jnp.int64).at[server].add(asks)
        uniform = draws(staff, t, ADOPTS)
        adopted = jnp.where(
            adopted, uniform >= DROP, uniform < TAKE_UP + BY_COLLEAGUE * adopted[colleagues].sum(axis=1)
        )
        kpis = asks.sum(), solved.sum(), lost.sum(), satisfaction.mean(), adopted.sum()
        return (satisfaction, load, adopted), kpis

    state = jnp.full(customers, NEWCOMER), jnp.zeros(staff, jnp.int64), jnp.asarray(begun)

    def week(t: int) -> tuple[float, float, float, float, float]:
        nonlocal state
        state, kpis = lived(state, jnp.uint32(t))
        return jax.device_get(kpis)

    return week


if __name__ == "__main__":
    measure(make)
