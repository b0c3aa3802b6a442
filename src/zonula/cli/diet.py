"""`zonula diet …`: may it be eaten, what does it bring, what to eat instead, what is on it, and how it is cooked."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from zonula.chart import State
from zonula.cli.diet_words import spoken_check, spoken_nutrients, spoken_residues, spoken_week
from zonula.cli.files import day, read_text, write_json, write_text
from zonula.diet import (
    Exclusion,
    FoodComposition,
    Found,
    Person,
    Wish,
    check_all,
    daily_totals,
    dietitian,
    exclusions,
    food_called,
    import_ciqual,
    import_fdc,
    judge,
    lesson,
    lessons,
    mean_intake,
    not_offered,
    plan_week,
    plausible,
    read_eating,
    read_table,
    search,
    write_table,
)
from zonula.errors import UserError
from zonula.knowledge import shelf

_STATES = {"yes": State.YES, "no": State.NO, "unknown": State.UNKNOWN}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add check, nutrients, menu, residues, search, import and lesson."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    checking = commands.add_parser("check", help="is a food, dish or label text allowed")
    checking.add_argument("food", nargs="+", metavar="FOOD", help="a food, or the text of a label in quotes")
    _excluded(checking)
    _common(checking, _check)
    eating = commands.add_parser("nutrients", help="a diary or menu against needs and upper limits")
    eating.add_argument("file", metavar="FILE", help="CSV: day,food,amount,unit")
    eating.add_argument("--complete", action="store_true", help="everything eaten on these days is written down")
    eating.add_argument("--supplements", metavar="FILE", help="count these products too (see zonula supplements)")
    _person(eating)
    _table(eating)
    _common(eating, _nutrients)
    menu = commands.add_parser(
        "menu", help="the smallest change of a week that meets the targets, or why there is none"
    )
    menu.add_argument("--usual", metavar="FILE", help="a usual week as CSV: day,food,amount,unit")
    menu.add_argument("--energy", type=float, required=True, metavar="KCAL", help="per day")
    menu.add_argument("--like", action="append", default=[], metavar="FOOD")
    menu.add_argument("--dislike", action="append", default=[], metavar="FOOD")
    menu.add_argument(
        "--checked",
        action="append",
        default=[],
        metavar="FOOD",
        help="a food whose label was read and fits the exclusions",
    )
    menu.add_argument("--most-foods", type=int, metavar="N", help="at most so many different foods")
    _excluded(menu)
    _person(menu)
    _table(menu)
    _common(menu, _menu)
    residues = commands.add_parser("residues", help="hazard quotients from a diary and a monitoring file of yours")
    residues.add_argument("file", metavar="DIARY", help="CSV: day,food,amount,unit")
    residues.add_argument(
        "--monitoring", required=True, metavar="FILE", help="results, such as USDA PDP; none is built in"
    )
    residues.add_argument("--codes", action="append", default=[], metavar="FILE", help="code,name lists of that file")
    residues.add_argument("--weight", type=float, required=True, metavar="KG")
    _common(residues, _residues)
    finding = commands.add_parser("search", help="find a food by what people call it")
    finding.add_argument("text", nargs="+", metavar="TEXT")
    _common(finding, _search)
    importing = commands.add_parser("import", help="a composition table from your FoodData Central or CIQUAL download")
    importing.add_argument("kind", choices=["fdc", "ciqual"])
    importing.add_argument("source", metavar="FOLDER", help="folder of the download, or a CIQUAL table as CSV")
    importing.add_argument(
        "--foods", metavar="FILE", help="CSV: code,food (its code and our food); default: every food"
    )
    importing.add_argument("--output", default="-", metavar="FILE")
    importing.set_defaults(act=_import)
    lesson_of = commands.add_parser("lesson", help="a short lesson in plain language")
    lesson_of.add_argument("name", nargs="?", metavar="LESSON")
    lesson_of.set_defaults(act=_lesson)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def _common(parser: argparse.ArgumentParser, act: Any) -> None:
    parser.add_argument("--json", metavar="FILE", help="- for the terminal")
    parser.set_defaults(act=act)


def _excluded(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="FOODS",
        help="foods or groups, commas between; `egg except baked`",
    )
    parser.add_argument("--plan", metavar="FILE", help="also what this plan excludes today")
    parser.add_argument("--day", type=day, default=None, metavar="DATE", help="default: today")


def _person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--age", type=int, metavar="YEARS")
    parser.add_argument("--sex", choices=["female", "male"], default="")
    parser.add_argument("--weight", type=float, metavar="KG")
    parser.add_argument("--pregnant", choices=list(_STATES), default="unknown")
    parser.add_argument("--breastfeeding", choices=list(_STATES), default="unknown")


def _table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="FILE", help="the clinic's own composition table (zonula diet import)")


def _who(arguments: argparse.Namespace) -> Person:
    person = Person(
        age=arguments.age,
        sex=arguments.sex,
        weight_kg=arguments.weight,
        pregnant=_STATES[arguments.pregnant],
        breastfeeding=_STATES[arguments.breastfeeding],
    )
    return plausible(person)


def _own(arguments: argparse.Namespace) -> dict[str, FoodComposition]:
    return read_table(read_text(arguments.table), arguments.table, shelf()) if arguments.table else {}


def _left_out(arguments: argparse.Namespace) -> tuple[Exclusion, ...]:
    named = [word.strip() for words in arguments.exclude for word in words.split(",") if word.strip()]
    if arguments.plan:
        from zonula.treatment_protocols import limits, parse_plan, state_on

        plan = parse_plan(read_text(arguments.plan), arguments.plan)
        state = state_on(plan.protocol, plan.events, arguments.day or date.today(), limits(shelf()))
        named += [one.food for one in state.exclusions]
    return exclusions(named, shelf())


def _check(arguments: argparse.Namespace) -> int:
    excluded, today = _left_out(arguments), arguments.day or date.today()
    results = check_all(arguments.food, excluded, today, shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(results))
    if arguments.json != "-":
        print(spoken_check(results, shelf()))
    return 0


def _nutrients(arguments: argparse.Namespace) -> int:
    from zonula.diet.supplements import daily_nutrients, parse_supplements, without_contents

    eating = read_eating(read_text(arguments.file), arguments.file, shelf())
    asked = eating.asked_back
    uncounted: tuple[str, ...] = ()
    extra: dict[str, float] = {}
    if arguments.supplements:
        form = parse_supplements(read_text(arguments.supplements), arguments.supplements, shelf())
        extra, in_other_units = daily_nutrients(form, shelf())
        uncounted = (*in_other_units, *(f"{name}: no contents written" for name in without_contents(form, shelf())))
        asked = (*asked, *(f"not counted: {one}" for one in uncounted))
    totals = daily_totals(eating.rows, shelf(), _own(arguments))
    result = judge(
        mean_intake(totals, shelf()),
        _who(arguments),
        days=len(totals.days),
        complete=arguments.complete,
        today=date.today(),
        shelf=shelf(),
        supplements=extra,
        uncounted=uncounted,
        asked_back=asked,
    )
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(result))
    if arguments.json != "-":
        print(spoken_nutrients(result))
    return 0


def _menu(arguments: argparse.Namespace) -> int:
    usual: dict[str, int] = {}
    if arguments.usual:
        usual = _portions(arguments.usual)
    wish = Wish(
        person=_who(arguments),
        energy_kcal=arguments.energy,
        exclusions=_left_out(arguments),
        usual=usual,
        likes=tuple(_food_id(food) for food in arguments.like),
        dislikes=tuple(_food_id(food) for food in arguments.dislike),
        checked=tuple(_eaten(food) for food in arguments.checked),
        most_foods=arguments.most_foods,
    )
    today = arguments.day or date.today()
    week = plan_week(wish, today, shelf(), _own(arguments))
    advice = dietitian(wish.exclusions, wish.person, today, shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(week))
    if arguments.json != "-":
        print(spoken_week(week, advice))
    return 0


def _portions(name: str) -> dict[str, int]:
    eating = read_eating(read_text(name), name, shelf())
    if eating.asked_back:
        raise UserError(f"{name}: {eating.asked_back[0]}", "A usual week needs foods and amounts that are known.")
    grams: dict[str, float] = {}
    for row in eating.rows:
        grams[row.food] = grams.get(row.food, 0.0) + (row.grams or 0.0)
    found = {}
    for food, weight in grams.items():
        known = food_called(food.replace("_", " "), shelf())
        portion = known.portion_g if known else None
        if portion is None:
            raise UserError(f"{name}: {food} has no usual portion.", "Name a food with one.")
        found[food] = max(1, round(weight / portion * 7 / len(eating.days)))
    return found


def _food_id(word: str) -> str:
    from zonula.diet.exclusions import tags_of

    return tags_of(word, shelf())[0]


def _eaten(word: str) -> str:
    food = food_called(word, shelf())
    if food is None:
        raise UserError(f"{word!r} is not a food we know.", "Look it up with `zonula diet search`.")
    return food.id


def _residues(arguments: argparse.Namespace) -> int:
    from zonula.diet.residues import hazard, read_codes, read_monitoring

    codes: dict[str, str] = {}
    for name in arguments.codes:
        codes |= read_codes(read_text(name), name)
    eating = read_eating(read_text(arguments.file), arguments.file, shelf())
    monitoring = read_monitoring(read_text(arguments.monitoring), Path(arguments.monitoring).name, shelf(), codes)
    report = hazard(eating.rows, monitoring, arguments.weight, date.today(), shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(report))
    if arguments.json != "-":
        print(spoken_residues(report))
    return 0


def _search(arguments: argparse.Namespace) -> int:
    asked = " ".join(arguments.text)
    refused = not_offered(asked, date.today(), shelf())
    found = Found(asked=asked, matches=search(asked, shelf()))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(found))
    if arguments.json != "-":
        lines = [f"{match.food:<24} {match.name}" for match in found.matches]
        print(refused.says if refused else "\n".join(lines) or f"No food like {asked!r} is known.")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    wanted: dict[str, str] = {}
    if arguments.foods:
        from zonula.diet.residues import read_codes

        for code, name in read_codes(read_text(arguments.foods), arguments.foods).items():
            food = food_called(name, shelf())
            if food is None:
                raise UserError(
                    f"{arguments.foods}: {name!r} is not a food we know.", "Look it up with `zonula diet search`."
                )
            wanted[code] = food.id
    read = import_fdc if arguments.kind == "fdc" else import_ciqual
    imported = read(Path(arguments.source), wanted, shelf())
    if not imported.foods:
        raise UserError(f"{arguments.source}: none of the foods was found.")
    write_text(arguments.output, write_table(imported.foods, shelf()))
    if arguments.output != "-":
        print(f"{len(imported.foods)} foods written to {arguments.output}. What is empty there is unknown.")
        for line in imported.skipped:
            print(f"  {line}")
    return 0


def _lesson(arguments: argparse.Namespace) -> int:
    if not arguments.name:
        print("\n".join(lessons(shelf())))
        return 0
    told = lesson(arguments.name, shelf())
    print(
        "\n".join(
            [
                told.title,
                "",
                *(f"- {line}" for line in told.lines),
                "",
                "Sources:",
                *(f"  {one}" for one in told.sources),
            ]
        )
    )
    return 0
