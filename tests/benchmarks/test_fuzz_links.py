"""Links to the application's page, read by Node as a browser reads them."""

import shutil

import pytest
from benchmarks.fuzz.links import answered, counted

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def test_no_link_is_an_error_or_loses_a_part_in_silence() -> None:
    output, faults = counted(2_000, 3)
    assert not faults, faults[:3]
    assert min(output["clear"], output["accepted"]) > 200


#: Links, and what their notices must name.
NAMED = {
    "#/explore?from=nothing&foo=3": "foo=3",
    "#/explore?staff.x=3": "staff.x=3",
    "#/explore?from=nothing&seed=1&seed=2": "seed=2",
    "#/explore?from=nothing&seed=": "seed=",
    "#/explore?from=nothing&weeks=0x10": "weeks=0x10",
    "#/explore?from=nothing&programme.budget=0x10": "programme.budget=0x10",
    "#/explore?from=nothing&programme.budget=%201": "programme.budget= 1",
    "#/explore?from=nothing&programme.budget=1e400": "programme.budget=1e400",
    "#/explore?from=nothing&weeks=20&w30.programme.budget=9000": "w30.programme.budget=9000",
    "#/explore?from=nothing?seed=3": "nothing?seed=3",
    "#/explore?from=nothing&pin.seed=3": "pin.seed=3",
    "#/explore?from=nothing&show=": "",
    "#/compare?r1.from=nothing": "nothing",
    "#/compare?preset=direction&r1.from=nothing": "r1.from=nothing",
    "#/compare?r1.from=nothing&r2.from=combined&r9.from=hero": "r9.from=hero",
    "#/explore/x?from=nothing": "explore/x",
    "#/nowhere": "nowhere",
    "#/explore?__proto__=1": "__proto__=1",
}


def test_whatever_a_link_asks_for_in_vain_is_named() -> None:
    found = answered(list(NAMED))
    output = {
        link: [one["fill"]["name"] for one in each["read"]["notices"]] for link, each in zip(NAMED, found, strict=True)
    }
    assert not {link: names for link, names in output.items() if NAMED[link] not in names}


def test_a_link_of_ten_thousand_faults_tells_a_few_and_how_many_more() -> None:
    link = "#/explore?" + "&".join(f"a.{number}=1" for number in range(10_000))
    names = [one["fill"]["name"] for one in answered([link])[0]["read"]["notices"]]
    assert len(names) == 13
    assert names[-1] == "… (+9988)"
