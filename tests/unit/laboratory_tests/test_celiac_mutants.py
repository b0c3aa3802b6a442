"""The cases hold the decision: bend any row of the table, or any comparison of the signs, and a case fails.

A bent table that gives the same state for every possible combination of signs is the same table, and is not counted.
"""

import ast
import inspect

import msgspec
import numpy as np
import pytest
import yaml

from zonula.chart import State as Truth
from zonula.laboratory_tests.celiac import TABLE, decide, evidence_of, guidelines, signs, signs_of
from zonula.laboratory_tests.celiac.signs import Histology, Iga, Igg, Intake, Known, Serology, Signs

VALUES = {
    "known": tuple(Known),
    "serology": tuple(Serology),
    "igg": tuple(Igg),
    "iga": tuple(Iga),
    "gluten": tuple(Intake),
    "hla": tuple(Truth),
    "histology": tuple(Histology),
    "risk": tuple(Truth),
    "hidden": tuple(Truth),
}
GRID = np.indices([len(values) for values in VALUES.values()]).reshape(len(VALUES), -1)
PLACE = {sign: place for place, sign in enumerate(VALUES)}


def matches(row):
    hit = np.ones(GRID.shape[1], dtype=bool)
    for sign, allowed in row.when.items():
        hit &= np.isin(GRID[PLACE[sign]], [VALUES[sign].index(value) for value in allowed])
    return hit


def states(hits, table):
    names = np.array([row.state.value for row in table])
    return names[np.argmax(np.vstack(hits), axis=0)]


def bent_tables():
    """Every table with one row dropped, one condition dropped, one value dropped or one value added."""
    for place, row in enumerate(TABLE):
        if row.when:
            yield f"row {place} dropped", place, None
        for sign, allowed in row.when.items():
            rest = {other: values for other, values in row.when.items() if other != sign}
            yield f"row {place} without {sign}", place, msgspec.structs.replace(row, when=rest)
            for value in VALUES[sign]:
                kept = tuple(one for one in allowed if one is not value) if value in allowed else (*allowed, value)
                word = "without" if value in allowed else "with"
                bent = msgspec.structs.replace(row, when={**row.when, sign: kept})
                yield f"row {place} {sign} {word} {value}", place, bent


@pytest.fixture(scope="module")
def table_cases(cases_folder):
    return yaml.safe_load((cases_folder / "celiac_table.yaml").read_text(encoding="utf-8"))["cases"]


def as_signs(written):
    calm = {
        "known": "no",
        "serology": "negative",
        "igg": "none",
        "iga": "normal",
        "gluten": "enough",
        "hla": "unknown",
        "histology": "none",
        "risk": "no",
        "hidden": "no",
    }
    return msgspec.convert({**calm, **written}, Signs)


def test_the_cases_of_the_table(table_cases):
    for case in table_cases:
        assert decide(as_signs(case["signs"])).state == case["state"], case


def test_every_row_decides_something_and_every_combination_has_a_state():
    hits = [matches(row) for row in TABLE]
    first = np.argmax(np.vstack(hits), axis=0)
    assert np.vstack(hits).any(axis=0).all()
    assert set(first) == set(range(len(TABLE)))


def test_over_all_combinations_gluten_restriction_is_let_through_only_as_the_facts_say():
    first = np.argmax(np.vstack([matches(row) for row in TABLE]), axis=0)
    free = np.array([not row.state.blocks_gluten_restriction for row in TABLE])[first]

    def has(sign, *values):
        return np.isin(GRID[PLACE[sign]], [VALUES[sign].index(value) for value in values])

    established = has("known", Known.YES)
    quiet = has("serology", Serology.NONE, Serology.NEGATIVE) & has("igg", Igg.NONE, Igg.NEGATIVE)
    quiet &= has("histology", Histology.NONE, Histology.NORMAL) & has("known", Known.NO)
    ruled_out = quiet & has("hla", Truth.NO)
    calm = quiet & has("gluten", Intake.ENOUGH) & has("risk", Truth.NO) & has("hidden", Truth.NO)
    iga_negative = calm & has("iga", Iga.NORMAL) & has("serology", Serology.NEGATIVE)
    igg_negative = calm & has("iga", Iga.LOW) & has("igg", Igg.NEGATIVE)
    assert (free == (established | ruled_out | iga_negative | igg_negative)).all()


def test_each_bent_row_of_the_table_fails_a_case(table_cases, all_celiac_cases):
    asked = [as_signs(case["signs"]) for case in table_cases]
    asked += [signs_of(evidence_of(case["evidence"])) for case in all_celiac_cases]
    columns = [
        int(
            np.ravel_multi_index(
                [values.index(getattr(one, sign)) for sign, values in VALUES.items()],
                [len(values) for values in VALUES.values()],
            )
        )
        for one in asked
    ]
    hits = [matches(row) for row in TABLE]
    right = states(hits, TABLE)
    survivors, counted = [], 0
    for name, place, bent in bent_tables():
        if bent is None:
            answer = states(hits[:place] + hits[place + 1 :], TABLE[:place] + TABLE[place + 1 :])
        else:
            answer = states([*hits[:place], matches(bent), *hits[place + 1 :]], TABLE)
        different = answer != right
        if different.any():
            counted += 1
            if not different[columns].any():
                example = int(np.argmax(different))
                values = dict(zip(VALUES, np.unravel_index(example, [len(v) for v in VALUES.values()]), strict=True))
                shown = {sign: VALUES[sign][at].value for sign, at in values.items()}
                survivors.append(f"{name}: {right[example]} became {answer[example]} at {shown}")
    assert counted > 100
    assert not survivors, "\n".join(survivors)


FLIPS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def flipped_functions(module):
    """The module's functions once per comparison, that comparison flipped: (where, namespace)."""
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Compare):
                for place, operator in enumerate(node.ops):
                    node.ops[place] = FLIPS[type(operator)]()
                    code = compile(ast.Module(functions, []), "<bent>", "exec")
                    shown = f"{function.name}: {ast.unparse(node)}"
                    node.ops[place] = operator
                    namespace = dict(vars(module))
                    exec(code, namespace)
                    yield shown, namespace


def test_each_flipped_comparison_of_the_signs_fails_a_case(all_celiac_cases):
    evidence = [evidence_of(case["evidence"]) for case in all_celiac_cases]
    right = [decide(signs_of(one)).state for one in evidence]
    survivors, counted = [], 0
    for shown, namespace in flipped_functions(signs):
        counted += 1
        try:
            answers = [decide(namespace["signs_of"](one)).state for one in evidence]
        except (TypeError, AttributeError, ValueError, KeyError, StopIteration):
            continue
        if answers == right:
            survivors.append(shown)
    assert counted > 40
    assert not survivors, "\n".join(survivors)


def test_each_flipped_comparison_of_the_routes_fails_a_case(all_celiac_cases):
    def routes(answers, state, one):
        return [(it.applies, it.low_iga, [route.open for route in it.routes]) for it in answers(state, one)]

    evidence = [evidence_of(case["evidence"]) for case in all_celiac_cases]
    states_of = [decide(signs_of(one)).state for one in evidence]
    right = [routes(guidelines.answers, state, one) for state, one in zip(states_of, evidence, strict=True)]
    survivors, counted = [], 0
    for shown, namespace in flipped_functions(guidelines):
        counted += 1
        namespace["_NEEDS"] = {
            name: eval(compile(ast.Expression(need), "<needs>", "eval"), namespace)
            for name, need in _needs_of(guidelines).items()
        }
        try:
            answers = [routes(namespace["answers"], state, one) for state, one in zip(states_of, evidence, strict=True)]
        except (TypeError, AttributeError, ValueError, KeyError, StopIteration):
            continue
        if answers == right:
            survivors.append(shown)
    assert counted > 15
    assert not survivors, "\n".join(survivors)


def _needs_of(module):
    tree = ast.parse(inspect.getsource(module))
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_NEEDS"
    )
    return {key.value: value for key, value in zip(table.keys, table.values, strict=True)}
