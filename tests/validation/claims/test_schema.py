from pathlib import Path

import pytest

from ccsim.errors import CcsimError, InputErrors, UnknownNameError
from ccsim.validation.claims.schema import load_claims

GOOD = """title = "Two"
[[claim]]
id = "X1"
statement = "More talk is better."
article = "000"
kind = "difference"
kpi = "csat"
secondary = ["npv"]
[claim.scenarios.more.levers]
word_of_mouth.reach = 4
[claim.scenarios.less]
extends = "nothing"
"""


def loaded(tmp_path: Path, text: str, ids: tuple[str, ...] = ()) -> list:
    (tmp_path / "claims").mkdir(exist_ok=True)
    (tmp_path / "claims" / "x.toml").write_text(text)
    return load_claims(ids, tmp_path / "claims")


def test_all_claims_of_the_articles_are_on_record() -> None:
    claims = load_claims()
    ids = [claim.id for claim in claims]
    counts = {"D": 8, "H": 5, "M": 7, "E": 6, "P": 8, "I": 5, "T": 6, "S": 10}
    assert {letter: sum(name.startswith(letter) for name in ids) for letter in counts} == counts
    assert len(ids) == len(set(ids)) == 55


def test_a_claim_is_data(tmp_path: Path) -> None:
    (claim,) = loaded(tmp_path, GOOD)
    assert (claim.id, claim.direction, claim.secondary, claim.weeks) == ("X1", "more", ("npv",), (155,))
    assert claim.scenarios["more"].levers == {"word_of_mouth.reach": 4}
    assert [one.words for one in claim.contrasts()] == ["more against less"]


TWICE = GOOD.replace(
    "[claim.scenarios.more.levers]",
    """[claim.scenarios.much.levers]
word_of_mouth.reach = 5
[claim.scenarios.little]
extends = "nothing"
[claim.scenarios.more.levers]""",
)


def test_a_comparison_may_be_made_several_times_over_each_with_its_kpi(tmp_path: Path) -> None:
    (claim,) = loaded(tmp_path, TWICE)
    assert [one.words for one in claim.contrasts()] == ["much against little", "more against less"]
    (claim,) = loaded(tmp_path, TWICE.replace('kpi = "csat"', 'kpi = "csat"\nkpis = ["csat", "churn"]'))
    assert [one.kpi for one in claim.contrasts()] == ["csat", "churn"]
    assert claim.contrasts()[1].weights["more", "churn", 155] == -1.0
    assert {one.kpi for one in claim.contrasts("npv")} == {"npv"}
    with pytest.raises(InputErrors, match=r"x\.toml:8: .*made 2 times.*here are 1"):
        loaded(tmp_path, TWICE.replace('kpi = "csat"', 'kpi = "csat"\nkpis = ["csat"]'))


def test_a_claim_id_is_not_case_sensitive() -> None:
    assert [claim.id for claim in load_claims(["m1", "P2"])] == ["M1", "P2"]
    with pytest.raises(UnknownNameError, match="M11"):
        load_claims(["M11"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kpi = "csat"', 'kpi = "cast"', r"x\.toml:7: .*cast.*did you mean .*'csat'"),
        ('kind = "difference"', 'kind = "diference"', r"x\.toml:6: .*did you mean 'difference'"),
        ("word_of_mouth.reach = 4", "word_of_mouth.reech = 4", r"x\.toml:10: .*reech"),
        ("word_of_mouth.reach = 4", "word_of_mouth.reach = -4", r"x\.toml:10: .*-4"),
        ('article = "000"', 'artikle = "000"', r"x\.toml:5: .*artikle"),
        ('extends = "nothing"', 'extends = "nothin"', r"x\.toml:12: .*nothin"),
        ('kpi = "csat"', 'kpi = "fast"', r"x\.toml:\d+: .*direction.*neither more nor less"),
        ('kpi = "csat"\n', "", r"x\.toml:2: claim\.0\.kpi: is missing"),
        ('id = "X1"\n', "", r"x\.toml:2: claim\.0\.id: is missing"),
        ('id = "X1"', 'id = "X 1"', r"x\.toml:3: claim\.0\.id: must be letters, digits"),
        (
            'kpi = "csat"',
            'kpi = "csat"\nshare = 2.0',
            r"x\.toml:8: claim\.0\.share: must be a number below 1\.0, got 2\.0",
        ),
        ('kpi = "csat"', 'kpi = "csat"\nweeks = [5, 5]', r"x\.toml:8: claim\.0\.weeks: must name each only once"),
        ('kind = "difference"', 'kind = "retains"', r"takes three scenarios; here are 2"),
    ],
)
def test_every_fault_names_its_place_and_what_was_meant(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputErrors, match=message):
        loaded(tmp_path, GOOD.replace(old, new))


def test_all_faults_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputErrors) as output:
        loaded(tmp_path, GOOD.replace('"csat"', '"cast"').replace('"npv"', '"nvp"'))
    assert len(output.value.issues) == 2


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(CcsimError, match="already a claim 'X1'"):
        loaded(tmp_path, GOOD + GOOD.partition("\n")[2])
    with pytest.raises(CcsimError, match="already a claim 'X1'"):
        loaded(tmp_path, GOOD + GOOD.partition("\n")[2].replace('"X1"', '"x1"'))


def test_a_folder_without_claims_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CcsimError, match="holds no claims"):
        load_claims((), tmp_path)
