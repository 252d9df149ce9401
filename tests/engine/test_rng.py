import zlib

import numpy as np
import pytest
from scipy import stats

from ccsim.engine.rng import (
    Stream,
    fill_uniforms,
    irwin_hall_normal,
    philox,
    stream,
    to_unit_interval,
    uniform,
    uniforms4,
)

#: Known answers published with the Random123 library for Philox4x32-10: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter: tuple, key: tuple, answer: tuple) -> None:
    assert tuple(int(word) for word in philox(*map(np.uint64, (*counter, *key)))) == answer


def test_a_draw_depends_on_each_part_of_its_key() -> None:
    base = uniform(7, 1, 3, 5)
    assert base == uniform(7, 1, 3, 5)
    assert len({base, uniform(8, 1, 3, 5), uniform(7, 2, 3, 5), uniform(7, 1, 4, 5), uniform(7, 1, 3, 6)}) == 5
    assert uniform(7, 1, -3, 5) != uniform(7, 1, 3, 5)
    assert uniform(2**40 + 7, 1, 3, 5) != base


def test_streams_are_distinct() -> None:
    assert len({int(one) for one in Stream}) == len(Stream.__members__)


def test_the_number_of_a_users_stream_is_made_from_its_name_and_stays_the_same() -> None:
    assert stream("") == 1000 > max(Stream)
    assert stream("mood.first") == 1000 + zlib.crc32(b"mood.first") % 2_000_000_000
    assert len({stream(name) for name in ("mood", "mood.first", "mood.contagion")}) == 3


def test_adding_rows_leaves_the_others_draws_unchanged() -> None:
    few, many = np.empty(10), np.empty(1000)
    fill_uniforms(few, 7, 1, 3)
    fill_uniforms(many, 7, 1, 3)
    assert (many[:10] == few).all()


def test_draws_are_uniform_and_independent_over_rows_weeks_streams_and_seeds() -> None:
    # Twelve tests at the 0.1 % level each: a sound generator fails this one time in about eighty seed choices;
    # the seeds are fixed, so it fails always or never.
    columns = []
    for seed, key, week in [(1, 1, 0), (2, 1, 0), (1, 2, 0), (1, 1, 1)]:
        out = np.empty(100_000)
        fill_uniforms(out, seed, key, week)
        assert stats.kstest(out, "uniform").pvalue > 0.001
        assert abs(np.corrcoef(out[:-1], out[1:])[0, 1]) < 3.3 / np.sqrt(len(out))
        columns.append(out)
    correlations = np.corrcoef(columns)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 3.3 / np.sqrt(100_000)
    assert min(out.min() for out in columns) > 0.0 and max(out.max() for out in columns) < 1.0


def test_bell_has_mean_0_variance_1_and_no_tail() -> None:
    values = np.random.default_rng(0).uniform(size=(4, 100_000))
    drawn = np.array([irwin_hall_normal(*column) for column in values.T[:20_000]])
    assert abs(drawn.mean()) < 4 / np.sqrt(20_000)
    assert drawn.var() == pytest.approx(1.0, abs=0.04)
    assert irwin_hall_normal(1.0, 1.0, 1.0, 1.0) < 3.5


def test_the_four_draws_of_a_key_are_independent_and_each_is_uniform() -> None:
    # Ten tests at the 0.1 % level: a sound generator fails one of them for one seed in a hundred; this one is fixed.
    draws = np.array([uniforms4(5, int(Stream.SERVICE), 2, row) for row in range(20_000)])
    for k in range(4):
        assert stats.kstest(draws[:, k], "uniform").pvalue > 0.001
        assert uniform(5, int(Stream.SERVICE), 2, k) == draws[k, 0]
    pairs = np.corrcoef(draws.T)[np.triu_indices(4, 1)]
    assert np.abs(pairs).max() < stats.norm.isf(0.0005) / np.sqrt(len(draws))


def test_single_rows_weeks_and_seeds_are_uniform_too() -> None:
    # The key changes in one part only, as it does for one agent over weeks: three tests at the 0.1 % level each.
    series = (
        [uniform(1, 12, week, 77) for week in range(5000)],
        [uniform(seed, 12, 3, 77) for seed in range(5000)],
        [uniform(1, 12, 3, 2**33 + row) for row in range(5000)],
    )
    for values in series:
        counts = np.histogram(values, bins=50, range=(0, 1))[0]
        assert stats.chisquare(counts).pvalue > 0.001


def test_neighbouring_keys_differ_in_about_half_of_their_bits() -> None:
    # 4,000 pairs of 32 bits: half of them differ, within five standard errors (once in 1.7 million generators).
    def word(seed: int, key: int, week: int, row: int) -> int:
        return round((uniform(seed, key, week, row)) * 2**32 - 0.5)

    for change in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
        flipped = [
            (word(9, 3, 4, row) ^ word(9 + change[0], 3 + change[1], 4 + change[2], row + change[3])).bit_count()
            for row in range(0, 2000, 2)
        ]
        assert abs(np.mean(flipped) - 16) < 5 * np.sqrt(8 / 1000)


def test_draws_are_never_0_or_1() -> None:
    assert 0.0 < to_unit_interval(0) < to_unit_interval(2**32 - 1) < 1.0


def test_every_seed_and_week_that_can_be_asked_for_has_its_draws() -> None:
    edges = {uniform(seed, 1, week, row) for seed in (0, 2**63 - 1) for week in (-5201, 0, 5200) for row in (0, 2**40)}
    assert len(edges) == 12


def test_filling_is_drawing_row_by_row() -> None:
    out = np.empty(20)
    fill_uniforms(out, 7, 12, -3)
    assert out.tolist() == [uniform(7, 12, -3, row) for row in range(20)]


def test_the_number_of_a_users_stream_is_that_of_its_name() -> None:
    # Checksums of 3,421,780,262 and 907,060,870.
    assert [stream(name) for name in ("123456789", "hello")] == [1_421_781_262, 907_061_870]
