"""The wheals of a session as bars, drawn by the server: controls first, then the foods by size. Words beside every bar; nothing by colour alone."""

from typing import NamedTuple

from zonula.knowledge import Shelf
from zonula.skin_prick_tests import Panel, Session, SkinTest, Verdict
from zonula_web.clinic.skin_entry import label_of, wheal_words

ROW, BAR, LEFT, RIGHT, TOP = 26, 14, 170, 120, 26
WIDTH = 680
LEAST_SPAN = 6.0  # mm; so that small wheals do not fill the picture
WORDS = {
    Verdict.POSITIVE: "positive: sensitised",
    Verdict.EQUIVOCAL: "equivocal",
    Verdict.NEGATIVE: "negative",
    Verdict.NOT_READ: "not read",
}


class Bar(NamedTuple):
    """One site. verdict: for its class; words: what is read beside it."""

    label: str
    y: int
    middle: int
    width: float
    end: float
    size: str
    verdict: str
    words: str


class Picture(NamedTuple):
    """The whole picture. line: where the least positive wheal lies. flat: the foods without any wheal, in words."""

    bars: tuple[Bar, ...]
    height: int
    line: float
    line_words: str
    summary: str
    flat: str
    width: int = WIDTH
    left: int = LEFT
    bar: int = BAR
    top: int = TOP
    label_x: int = LEFT - 8


def picture(session: Session, test: SkinTest, panel: Panel, shelf: Shelf) -> Picture:
    """The bars of the session; of a session that may not be read only the sizes, without any verdict."""
    verdicts = {reading.food: reading.verdict for reading in test.readings}
    largest = max([prick.mean_mm or 0.0 for prick in session.pricks] + [LEAST_SPAN])
    least = float(shelf.card("skin_prick_tests/positive_wheal").value)
    scale = (WIDTH - LEFT - RIGHT) / largest
    controls = [prick for prick in session.pricks if prick.is_control]
    foods = sorted(session.foods, key=lambda prick: -(prick.mean_mm if prick.mean_mm is not None else -1.0))
    bars = []
    drawn = [prick for prick in foods if prick.mean_mm != 0]
    flat = [label_of(prick.food, panel) for prick in session.foods if prick.mean_mm == 0]
    for number, prick in enumerate([*controls, *drawn]):
        y = TOP + number * ROW
        mean = prick.mean_mm
        verdict = verdicts.get(prick.food)
        said = "control" if prick.is_control else WORDS[verdict] if verdict else ""
        width = round((mean or 0.0) * scale, 1)
        bars.append(
            Bar(
                label_of(prick.food, panel),
                y,
                y + BAR - 3,
                width,
                round(LEFT + width + 6, 1),
                "not read" if mean is None else f"{mean:g} mm",
                "control" if prick.is_control else verdict.value if verdict else "unread",
                f"{wheal_words(prick)}{', ' + said if said else ''}",
            )
        )
    read = ", ".join(f"{bar.label} {bar.size}" for bar in bars)
    return Picture(
        tuple(bars),
        TOP + len(bars) * ROW + 6,
        round(LEFT + least * scale, 1),
        f"{least:g} mm",
        f"Mean wheals: {read}.",
        f"No wheal at {len(flat)}: {', '.join(flat)}." if flat else "",
    )
