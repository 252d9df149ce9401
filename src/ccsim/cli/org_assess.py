"""``ccsim org assess``: collect answers to the questionnaire and derive intervals from them."""

from pathlib import Path
from typing import Annotated

import typer

from ccsim.cli.options import OwnFolder
from ccsim.errors import count_noun


def assess(
    folder: OwnFolder,
    ask: Annotated[
        str | None, typer.Option(metavar="TIER", help="Ask one person of this tier here: top, middle or staff.")
    ] = None,
    form: Annotated[Path | None, typer.Option(metavar="PAGE", help="Write the questionnaire as an HTML page.")] = None,
    add: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Add answers saved by the page; repeat for more.")
    ] = None,
) -> None:
    """Turn answers to the questionnaire into intervals of the model's values and show the self-image by tier."""
    if form is not None:
        _write(folder, form)
    elif ask is not None:
        _ask(folder, ask)
    else:
        if add:
            from ccsim.organisations.answers import add_answers, read_answers

            typer.echo(f"People who have answered: {add_answers(folder, read_answers(add))}.")
        _print_assessment(folder)


def _write(folder: Path, form: Path) -> None:
    from ccsim.organisations.io import read_folder
    from ccsim.reports.questionnaire import questionnaire_page

    page = questionnaire_page(read_folder(folder), form)
    typer.echo(f"The questionnaire: {page}. To add the files that it saves: ccsim org assess {folder} --add FILE")


def _ask(folder: Path, tier: str) -> None:
    from ccsim.organisations.answers import add_answers, answers_of, check_tier
    from ccsim.organisations.questionnaire import ITEMS

    check_tier(tier)
    typer.echo("How true is each statement? 1 (not at all) to 5 (fully); 0 for do not know.")
    answers = {code: _prompt_answer(f"{code}  {item.text}") for code, item in ITEMS.items()}
    typer.echo(f"People who have answered: {add_answers(folder, answers_of(tier, answers))}.")


def _print_assessment(folder: Path) -> None:
    from ccsim.organisations import assessment
    from ccsim.organisations.io import read_folder
    from ccsim.organisations.questionnaire import ITEMS
    from ccsim.results.formatting import number

    if not (folder / "answers.csv").is_file():
        typer.echo(
            "answers.csv takes a row for each answer: tier (top, middle, staff), item, answer (1 not at all to 5 fully,"
        )
        typer.echo(f"0 do not know). ccsim org assess {folder} --ask staff asks here, --form writes a page. The items:")
        for code, item in ITEMS.items():
            typer.echo(f"  {code}  {item.text}")
    read = read_folder(folder)
    result = assessment.assess(read)
    for row in result.items.to_dict("records"):
        typer.echo(f"{row['item']}  {row['text']}")
        if row["moves"]:
            low, high = (number(row[end], hyphen=True) for end in ("low", "high"))
            if row["answers"] >= read.smallest_group:
                text = f"mean {row['mean']:.1f} of {row['answers']} answers: {row['moves']} between {low} and {high}"
            else:  # the interval would reveal the answers
                text = f"{count_noun(row['answers'], 'answer')}, too few to show a result: {row['moves']}"
            typer.echo(f"    {text} ({row['ground']})")
    for line in assessment.image_in_words(result):
        typer.echo(line)


def _prompt_answer(text: str) -> int:
    while True:
        answer = str(typer.prompt(f"{text}\n   ")).strip()
        if answer in {"0", "1", "2", "3", "4", "5"}:
            return int(answer)
        typer.echo("    Please enter a number from 0 to 5.")
