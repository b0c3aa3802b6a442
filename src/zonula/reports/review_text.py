"""The review for a terminal: plain text of 80 to 120 columns, with a timeline drawn in characters."""

import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby

from zonula.reports import wording
from zonula.reports.reasons import FactLine, Reason
from zonula.reports.review_view import Page, Statement, SuspicionCard, WorkupRow
from zonula.reports.timeline import Lane, Timeline
from zonula.reports.wording import plain

NARROWEST, WIDEST = 80, 120
_FEW = 4  # records named under a statement; the page and the JSON list every one
_ASCII = str.maketrans(
    {
        "━": "=",
        "●": "o",
        "○": ".",
        "◆": "?",
        "■": "!",
        "×": "x",
        "·": ".",
        "│": "|",
        "─": "-",
        "…": ".",
        "–": "-",
        "≥": ">",
        "≤": "<",
    }
)
_SHAPES = {"dot": "●", "ring": "○", "diamond": "◆", "square": "■", "cross": "×"}
_COLOURS = {"E": "1;97;41", "U": "1;31", "P": "1;33", "H": "1;35", "C": "1;36", "heading": "1", "quiet": "2"}

Paint = Callable[[str, str], str]


def review_text(page: Page, width: int = NARROWEST, *, colour: bool = False, unicode: bool = True) -> str:
    """The whole review. width: columns, held between 80 and 120; colour: ANSI colours; unicode: False for terminals that cannot show it."""
    width = min(max(width, NARROWEST), WIDEST)
    paint: Paint = (lambda text, tone: f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m") if colour else (lambda text, tone: text)
    cited: dict[int, FactLine] = {}
    lines: list[str] = []
    for part in (_head, _flags, _glance, _timeline, _domains, _suspicions, _workup, _others, _import):
        lines += [*part(page, width, paint, cited), ""]
    lines += _records(cited, width, paint)
    text = "\n".join(lines) + "\n"
    return text if unicode else text.translate(_ASCII).encode("ascii", "replace").decode()


def _head(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield from (paint(line, "heading") for line in _wrapped(f"CHART REVIEW  {page.name}", width))
    yield from _wrapped(", ".join(page.who), width)
    yield from _wrapped(f"{page.period}, as of {page.as_of}. {page.imported.says}.", width)
    yield from _wrapped(page.disclaimer, width)


def _flags(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("RED FLAGS", width, paint)
    if not page.flags:
        yield from _wrapped(
            "None of the red flags Zonula knows was found. What was never written down cannot be found.", width
        )
    for flag in page.flags:
        label = f"[{flag.level}] {flag.level_says}"
        yield paint(label, flag.level)
        yield from _statement(flag, width, cited)


def _statement(statement: Statement, width: int, cited: dict[int, FactLine]) -> Iterator[str]:
    doubts = f" <{'; '.join(statement.doubts)}>" if statement.doubts else ""
    yield from _wrapped(f"{statement.says}{doubts}", width, "    ")
    for ask in statement.asks:
        yield from _wrapped(f"-> {ask}", width, "    ", "       ")
    yield from _because(statement.reason, width, "    ", cited, brief=True)


def _because(
    reason: Reason, width: int, indent: str, cited: dict[int, FactLine], *, brief: bool = False
) -> Iterator[str]:
    if reason.facts:
        shown = reason.facts[-_FEW:]
        cited.update({fact.number: fact for fact in shown})
        rest = len(reason.facts) - len(shown)
        named = [f"{fact.brief} [{fact.number}]" if brief else f"[{fact.number}]" for fact in shown]
        numbers = ("; " if brief else " ").join(named) + (f" and {rest} earlier" if rest else "")
        yield from _wrapped(f"because of {numbers}", width, indent, indent + "  ")


def _glance(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("AT A GLANCE", width, paint)
    for figure in page.figures:
        note = f"  ({figure.note})" if figure.note else ""
        yield from _wrapped(f"{figure.value:>7}  {figure.label}{note}", width, "", " " * 9)
    yield from _wrapped(
        "         " + ", ".join(f"{count} {outcome}" for outcome, count in page.tests), width, "", " " * 9
    )
    if page.specialties:
        yield from _wrapped(f"Specialties: {', '.join(page.specialties)}", width)


def _timeline(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("TIMELINE", width, paint)
    if page.timeline is None:
        yield "Nothing in these records is dated."
        return
    gutter = 25 if width < 96 else 34
    room = width - gutter
    yield " " * gutter + _axis(page.timeline, room)
    for group in page.timeline.groups:
        yield paint(group.title, "quiet")
        for lane in group.lanes:
            yield f"  {_cut(lane.label, gutter - 4):<{gutter - 2}}" + _track(lane, room)
    yield from _wrapped(
        "━ active  ● one record or visit  ■ abnormal  ◆ inconclusive, or label proposed  ○ normal  × refuted or denied",
        width,
    )


def _axis(timeline: Timeline, room: int) -> str:
    row = [" "] * (room + 8)
    for tick in timeline.ticks:
        column, width = round(tick.x / 100 * (room - 1)), len(tick.label)
        if column + width <= room and not "".join(row[max(column - 1, 0) : column + width]).strip():
            row[column : column + width] = tick.label
    return "".join(row).rstrip()


def _track(lane: Lane, room: int) -> str:
    if not lane.spans and not lane.marks:
        return lane.note or "·" * room
    row = [" "] * room
    for span in lane.spans:
        first, last = round(span.x / 100 * (room - 1)), round(min(span.x + span.width, 100) / 100 * (room - 1))
        filling = str(round(span.height * 12)) if lane.tone == "overlap" else "━"
        for column in range(first, last + 1):
            row[column] = filling if len(filling) == 1 else "+"
    for mark in lane.marks:
        row[round(mark.x / 100 * (room - 1))] = _SHAPES[mark.shape]
    return "".join(row).rstrip()


def _domains(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("THE TWELVE SYMPTOM DOMAINS", width, paint)
    for row in page.domains:
        if row.mark != "present":
            yield f"    {row.title:<36} {row.state}"
            continue
        cited.update({fact.number: fact for fact in row.reason.facts[:1]})
        first = f" [{row.reason.facts[0].number}]" if row.reason.facts else ""
        note = f", {row.note}" if row.note else ""
        yield from _wrapped(
            f"  + {row.title:<36} {row.first or '?'} to {row.last or '?'}, {wording.plural(int(row.records), 'record')}{note}{first}",
            width,
            "",
            " " * 41,
        )


def _suspicions(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("LABELS SOMEBODY PROPOSED", width, paint)
    if not page.suspicions:
        yield "None in these records."
    for each in page.suspicions:
        yield from _suspicion(each, width, paint, cited)


def _suspicion(each: SuspicionCard, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    refuted = ", REFUTED in the record" if each.refuted else ""
    yield from (paint(line, "heading") for line in _wrapped(f"{each.label}: {each.status}{refuted}", width, "  "))
    yield from _wrapped(each.recognition, width, "    ")
    for proposal in each.proposals:
        yield from _wrapped(proposal, width, "    ", "      ")
    for criterion in each.criteria:
        mark = {"met": "+", "not_met": "-"}.get(criterion.standing, "?")
        yield from _wrapped(f"{mark} {criterion.says}: {criterion.words}", width, "    ", "      ")
    yield from _because(each.reason, width, "    ", cited)


_MARKS = {
    "abnormal": "!",
    "not_interpretable": "?",
    "inconclusive": "?",
    "missing": "-",
    "done_unjudged": " ",
    "reassuring": "+",
}


def _workup(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("FIRST-LINE TESTS", width, paint)
    for words, group in groupby(page.workup, key=lambda row: row.words):
        rows = list(group)
        if rows[0].status in ("missing", "reassuring"):
            names = ", ".join(
                f"{row.title} ({row.result}, {row.on})" if row.result and row.on else row.title for row in rows
            )
            yield from _wrapped(f"  {_MARKS[rows[0].status]} {words}: {names}", width, "", "    ")
        else:
            for row in rows:
                yield from _test(row, width, cited)


def _test(row: WorkupRow, width: int, cited: dict[int, FactLine]) -> Iterator[str]:
    number = ""
    if row.reason.facts:
        cited[row.reason.facts[-1].number] = row.reason.facts[-1]
        number = f" [{row.reason.facts[-1].number}]"
    said = ", ".join(part for part in (row.words, row.result, row.on) if part)
    yield from _wrapped(f"  {_MARKS[row.status]} {_cut(row.title, 30):<30} {said}{number}", width, "", " " * 35)
    if row.note:
        yield from _wrapped(row.note, width, " " * 35)


def _others(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("EVERY OTHER STATEMENT", width, paint)
    for statement in page.statements:
        yield from _statement(statement, width, cited)
    if not page.statements:
        yield "Nothing else is said."


def _import(page: Page, width: int, paint: Paint, cited: dict[int, FactLine]) -> Iterator[str]:
    yield _heading("READ AND NOT READ", width, paint)
    for document in page.imported.documents:
        yield from _wrapped(
            f"  {document.name} ({document.kind}): {document.kept} kept, {document.merged} joined with another document's, {document.skipped} skipped",
            width,
            "",
            "    ",
        )
    for name, remark in page.imported.remarks:
        yield from _wrapped(f"  remark {name}: {remark}", width, "", "    ")
    for name, place, reason in page.imported.skipped:
        yield from _wrapped(f"  skipped {name}, {place}: {reason}", width, "", "    ")
    if not page.imported.skipped:
        yield "  Nothing was skipped."


def _records(cited: dict[int, FactLine], width: int, paint: Paint) -> Iterator[str]:
    if cited:
        yield _heading("RECORDS NAMED ABOVE", width, paint)
    for number, fact in sorted(cited.items()):
        provider = f" ({fact.provider})" if fact.provider else ""
        yield from _wrapped(f"[{number}] {fact.line}{provider}", width, "", "      ")
        yield from _wrapped(plain(fact.id, 200), width, "      ")


def _heading(title: str, width: int, paint: Paint) -> str:
    return paint(f"── {title} " + "─" * (width - len(title) - 4), "heading")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _wrapped(text: str, width: int, indent: str = "", following: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent if following is None else following
    ) or [""]
