"""Give random links to the application's page, by Node and without a browser.

Each link begins as one that the page writes and is changed up to four times: settings are dropped, doubled, renamed or
given odd values, signs are flipped, parts are cut. A link is

- *clear*: something in it was left out, and a notice says so;
- *accepted*: all of it was taken, each value is one that the model accepts, and the link that the page writes then says
  the same;
- *traceback*: reading or writing it raised an error;
- *silent-wrong*: it was taken with a value that the model refuses, or a part of it was left out without a word.

    python -m benchmarks.fuzz.links --count 100000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from benchmarks.fuzz.inputs import SIGNS
from ccsim.errors import CcsimError
from ccsim.model.settings import all_parameters

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: What a page shows where a link says nothing.
USUAL: dict[str, Any] = {"kpi": "csat", "plan": {"scenario": "bottom-up", "set": {}, "seed": 1, "weeks": 156}}
PAGES = ("explore", "compare", "play", "class", "about", "bet", "figure")
ODD = ("", " ", "0", "-0", "-1", "1", "1.5", "007", "1e2", "1e400", "-1e300", "1e-400", "nan", "NaN", "inf", "Infinity", "0x10", "0b1",
       "1_000", "1,5", "true", "True", "false", "null", "undefined", "[object Object]", "9" * 400, "x" * 3000, "__proto__",
       "constructor", "toString", "<b>", "javascript:alert(1)", "combined", "../x", *SIGNS)  # fmt: skip
KEYS = ("from", "seed", "weeks", "show", "lever", "preset", "pin.from", "pin.seed", "r1.from", "r2.from", "r9.from", "r0.weeks",
        "w5.programme.budget", "w0.programme.budget", "w9999.programme.budget", "w05.programme.budget", "w-1.programme.budget",
        "w5.w6.programme.budget", "pin.pin.from", "__proto__", "constructor", "hasOwnProperty", "join", "lecturer", "class",
        "key", "x", "programme.", ".budget", "programme.budget.", "pin.", "")  # fmt: skip


def model() -> dict[str, Any]:
    """Return what the page knows of the model."""
    data: dict[str, Any] = json.loads((ROOT / "src/ccsim/app/static/model.json").read_text(encoding="utf-8"))
    return data


class Links:
    """Makes links.

    Args:
        seed: seed of all of them.
    """

    def __init__(self, seed: int) -> None:
        self.chance, self.model = random.Random(seed), model()

    def value(self, row: dict[str, Any]) -> str:
        """Return a value of a parameter as the page writes it."""
        if row["options"]:
            return str(self.chance.choice(row["options"]))
        if row["kind"] == "bool":
            return self.chance.choice(("true", "false"))
        number = self.chance.uniform(row["low"], row["high"])
        return (
            str(round(number)) if row["kind"] == "int" else str(self.chance.choice((row["low"], row["high"], number)))
        )

    def plan(self, prefix: str) -> list[tuple[str, str]]:
        """Return the settings of a plan."""
        pick = self.chance
        pairs = [(f"{prefix}from", pick.choice(self.model["scenarios"])["key"])]
        if pick.random() < 0.5:
            pairs.append((f"{prefix}seed", str(pick.randrange(1000))))
        if pick.random() < 0.5:
            pairs.append((f"{prefix}weeks", str(pick.randrange(1, 521))))
        for row in pick.sample(self.model["parameters"], pick.randrange(4)):
            dated = f"w{pick.randrange(160)}." if pick.random() < 0.3 and row["role"] == "lever" else ""
            pairs.append((f"{prefix}{dated}{row['key']}", self.value(row)))
        return pairs

    def usual(self) -> tuple[str, list[tuple[str, str]]]:
        """Return the page and the settings of a link that a page writes."""
        pick, page = self.chance, self.chance.choice(PAGES)
        if page == "class":
            return f"class/{pick.choice(('', 'room', 'ABCDE'))}", [("join", "ABCDE")] if pick.random() < 0.5 else []
        if page == "compare":
            if pick.random() < 0.5:
                return page, [("preset", pick.choice(self.model["comparisons"])["key"])]
            return page, [pair for i in range(pick.randrange(2, 9)) for pair in self.plan(f"r{i + 1}.")]
        if page not in ("explore", "figure"):
            return page, []
        pairs = self.plan("")
        if pick.random() < 0.4:
            pairs.append(("show", pick.choice(self.model["kpis"])["key"]))
        if pick.random() < 0.3:
            pairs += self.plan("pin.")
        if page == "figure":
            pairs += [("lever", row["key"]) for row in pick.sample(self.model["parameters"], 2)]
        return page, pairs

    def link(self) -> str:
        """Return a link."""
        pick = self.chance
        path, pairs = self.usual()
        for _ in range(pick.randrange(5)):
            at, how = pick.randrange(len(pairs) + 1), pick.randrange(7)
            key, text = pairs[at] if at < len(pairs) else (pick.choice(KEYS), pick.choice(ODD))
            if how == 0:
                pairs[at : at + 1] = []
            elif how == 1:
                pairs.insert(pick.randrange(len(pairs) + 1), (key, text))
            elif how == 2:
                pairs[at : at + 1] = [(key, pick.choice(ODD))]
            elif how == 3:
                pairs[at : at + 1] = [
                    (pick.choice((*KEYS, key.upper(), key + pick.choice(SIGNS), f"pin.{key}", f"r3.{key}")), text)
                ]
            elif how == 4:
                pairs += [(key, text)] * pick.choice((1, 2, 50))
            elif how == 5:
                path = pick.choice((path + "/" + pick.choice(ODD), pick.choice(ODD), path.upper(), path + "?x=1"))
            else:
                pairs[at : at + 1] = [(key, text + pick.choice(SIGNS))]
        query = urlencode([(key.encode("utf-8", "replace"), text.encode("utf-8", "replace")) for key, text in pairs])
        whole = f"#/{quote(path, safe='/?=', errors='replace')}" + (f"?{query}" if pairs else "")
        for _ in range(pick.choice((0, 0, 0, 0, 1, 2))):
            cut = pick.randrange(len(whole) + 1)
            whole = pick.choice((
                whole[:cut], whole[:cut] + pick.choice(("%", "%%", "%zz", "%00", "&", "=", "?", "#", "+", ";")) + whole[cut:],
                whole[:cut] + whole[cut + 1 :],
            ))  # fmt: skip
        return whole


def answered(links: list[str]) -> list[dict[str, Any]]:
    """Return what the page reads of links, in Node.

    Raises:
        FileNotFoundError: Node is not installed.
    """
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not installed")
    done = subprocess.run(
        [node, str(HERE / "links.mjs")], input=json.dumps(links), capture_output=True, text=True, check=True
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def wrong(link: str, read: dict[str, Any], again: dict[str, Any]) -> str:
    """Return what is silently wrong with what was read of a link; nothing if all is right."""
    plans = [each for each in (read["plan"], read["pin"], *((read["compare"] or {}).get("plans") or ())) if each]
    for plan in plans:
        if not (isinstance(plan["weeks"], int) and 1 <= plan["weeks"] <= 520 and 0 <= plan["seed"] <= 10**6):
            return f"weeks {plan['weeks']}, seed {plan['seed']}"
        for values in (plan["set"], *(one["set"] for one in plan.get("later", ()))):
            for key, value in values.items():
                try:
                    all_parameters()[key].check(value)
                except (CcsimError, KeyError) as error:
                    return str(error) or key
    if read["notices"]:
        return ""
    if again["notices"]:
        return f"the link that is written next has {again['notices']}"
    shown = {"compare": ("compare",), "explore": ("plan", "pin", "kpi"), "figure": ("plan", "pin", "levers")}
    for name in shown.get(read["page"], ()):
        if (read[name] or USUAL.get(name)) != (again[name] or USUAL.get(name)):
            return f"{name} comes back as {again[name]}, not {read[name]}"
    pairs = parse_qsl(link.partition("?")[2], keep_blank_values=True, encoding="utf-8", errors="replace")
    taken = sum(2 + len(plan["set"]) + sum(len(one["set"]) for one in plan.get("later", ())) for plan in plans)
    taken += 1 + 5 + 2 * len(plans) + len([1 for key, _ in pairs if key == "lever"])
    return "" if len(pairs) <= taken else f"{len(pairs)} settings, of which at most {taken} were taken"


def counted(count: int, seed: int, batch: int = 5000) -> tuple[Counter[str], list[str]]:
    """Return how many links were answered how, and the faults."""
    made, output, faults = (
        Links(seed),
        Counter({"clear": 0, "accepted": 0, "traceback": 0, "silent-wrong": 0}),
        list[str](),
    )
    for start in range(0, count, batch):
        links = [made.link() for _ in range(min(batch, count - start))]
        for link, answer in zip(links, answered(links), strict=True):
            fault = answer.get("error") or wrong(link, answer["read"], answer["again"])
            kind = "traceback" if "error" in answer else "silent-wrong" if fault else ""
            output[kind or ("clear" if answer["read"]["notices"] else "accepted")] += 1
            if fault:
                faults.append(f"{link[:300]}: {fault[:300]}")
    return output, faults


def main() -> None:
    """Give many links and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    output, faults = counted(wanted.count, wanted.seed)
    for fault in faults[:30]:
        print(fault)
    print(", ".join(f"{name} {number:,}" for name, number in output.items()))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
