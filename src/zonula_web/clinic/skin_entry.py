"""The typed grid and the core's session file, each made from the other. What cannot be read is named beside its field; nothing is judged here."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from zonula.skin_prick_tests import FORMAT, Panel, Prick, Session
from zonula_web.records.read import Patient

CONTROLS = (("histamine", "Histamine control"), ("negative", "Negative control"))
QUESTIONS = (
    ("adrenaline_ready", "Adrenaline at hand"),
    ("physician_on_site", "Physician on site"),
    ("dermographism", "Dermographism known"),
    ("skin_disease_at_site", "Eczema or urticaria at the test site"),
    ("pregnant", "Pregnant"),
)
ASTHMA = (
    ("", "not asked"),
    ("none", "no asthma"),
    ("controlled", "asthma, controlled"),
    ("uncontrolled", "asthma, not controlled"),
)
DRUG_STATES = (("", "not asked"), ("none", "none taken"), ("some", "these"))
PLAIN = (
    "corrects",
    "day",
    "operator",
    "device",
    "body_site",
    "asthma",
    "fev1_percent",
    "last_anaphylaxis",
    "control_min",
    "food_min",
    "drugs",
)
MOST_DRUGS = 12
NOT_READ = "-"
_NOT_READ = {NOT_READ, "–", "."}  # the number pads of phones have no minus
_NUMBER = re.compile(r"\d{1,3}([.,]\d{1,2})?")


class Entered(NamedTuple):
    """session: the session file's fields, as far as they can be read. problems: by name of the field."""

    session: dict[str, Any]
    problems: dict[str, str]


def kept(posted: Mapping[str, str], panel: Panel) -> dict[str, str]:
    """The fields of the form that are typed in, without anything else a request may carry."""
    names = [*PLAIN, *(name for name, _ in QUESTIONS)]
    names += [f"{side}.{site}" for site in sites(panel) for side in ("w1", "w2")]
    names += [f"drug{number}.{part}" for number in range(MOST_DRUGS) for part in ("name", "last", "site")]
    plain = {
        name: posted[name].replace("\0", "").strip() for name in names if name in posted
    }  # no database keeps a NUL
    return {name: text for name, text in plain.items() if text}


def sites(panel: Panel) -> tuple[str, ...]:
    """Every site of the grid, controls first."""
    return (*(name for name, _ in CONTROLS), *(food.id for food in panel.foods))


def entered(typed: Mapping[str, str], patient: Patient, panel: Panel) -> Entered:
    """The session as far as it is typed."""
    problems: dict[str, str] = {}
    session: dict[str, Any] = {"format": FORMAT, "patient": {"id": str(patient.id)}}
    if len(patient.born) == 10:
        session["patient"]["birth"] = patient.born
    session["day"] = _day(typed, "day", problems) or ""
    session["pricks"] = [prick for site in sites(panel) if (prick := _prick(typed, site, problems)) is not None]
    for name in ("operator", "device", "body_site", "asthma"):
        if typed.get(name):
            session[name] = typed[name]
    if typed.get("fev1_percent") and (percent := _number(typed, "fev1_percent", problems)) is not None:
        session["fev1_percent"] = percent
    if anaphylaxis := _day(typed, "last_anaphylaxis", problems):
        session["last_anaphylaxis"] = anaphylaxis
    session |= {name: typed[name] for name, _ in QUESTIONS if typed.get(name)}
    drugs = list(_drugs(typed, problems))
    if typed.get("drugs") == "none":
        session["drugs"] = []
        if drugs:
            problems["drugs"] = "“None taken” is chosen, and a drug is written: which is right?"
    elif typed.get("drugs") == "some" or drugs:
        session["drugs"] = drugs
        if not drugs:
            problems["drugs"] = "Write the drugs, or choose “none taken”."
    if not session["day"]:
        problems.setdefault("day", "Write the day of the test as YYYY-MM-DD.")
    return Entered(session, problems)


def typed_of(session: Session) -> dict[str, str]:
    """A finished session as the form would have been typed."""
    day = session.day.isoformat()
    typed: dict[str, str] = {"corrects": day, "day": day, "asthma": session.asthma.value.replace("unknown", "")}
    for prick in session.pricks:
        first, second = prick.wheal_mm or (None, None)
        typed[f"w1.{prick.food}"] = NOT_READ if first is None else f"{first:g}"
        typed[f"w2.{prick.food}"] = "" if second is None else f"{second:g}"
    typed |= {"control_min": _minutes(session, control=True), "food_min": _minutes(session, control=False)}
    typed |= {name: getattr(session, name) for name in ("operator", "device", "body_site")}
    typed |= {name: value for name, _ in QUESTIONS if (value := getattr(session, name).value) != "unknown"}
    if session.fev1_percent is not None:
        typed["fev1_percent"] = f"{session.fev1_percent:g}"
    if session.last_anaphylaxis is not None:
        typed["last_anaphylaxis"] = session.last_anaphylaxis.isoformat()
    if session.drugs is not None:
        typed["drugs"] = "some" if session.drugs else "none"
        for number, drug in enumerate(session.drugs):
            typed[f"drug{number}.name"] = drug.name
            typed[f"drug{number}.last"] = drug.last_dose.isoformat() if drug.last_dose else ""
            typed[f"drug{number}.site"] = {True: "yes", False: "no", None: ""}[drug.at_test_site]
    return typed


def _minutes(session: Session, *, control: bool) -> str:
    read_at = {
        prick.read_after_min for prick in session.pricks if prick.is_control is control and prick.mean_mm is not None
    }
    return f"{next(iter(read_at)):g}" if len(read_at) == 1 and None not in read_at else ""


def _prick(typed: Mapping[str, str], site: str, problems: dict[str, str]) -> dict[str, Any] | None:
    first, second = typed.get(f"w1.{site}", ""), typed.get(f"w2.{site}", "")
    if not first and not second:
        return None
    prick: dict[str, Any] = {"food": site}
    if first in _NOT_READ:
        return prick
    if not second and first and _is_zero(first):
        second = "0"  # no wheal is nothing in either direction
    sizes = []
    for name, text in ((f"w1.{site}", first), (f"w2.{site}", second)):
        if not text:
            problems[name] = "Both diameters are needed: the largest, and the one across it."
        elif _NUMBER.fullmatch(text) is None:
            problems[name] = f"Write millimetres, such as 5 or 4.5; {NOT_READ} for a site that was not read."
        else:
            sizes.append(float(text.replace(",", ".")))
    if len(sizes) == 2:
        prick["wheal_mm"] = sizes
        minutes = "control_min" if site in ("histamine", "negative") else "food_min"
        if typed.get(minutes) and (read_after := _number(typed, minutes, problems)) is not None:
            prick["read_after_min"] = read_after
    return prick


def _is_zero(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and not float(text.replace(",", "."))


def _drugs(typed: Mapping[str, str], problems: dict[str, str]) -> Iterator[dict[str, Any]]:
    for number in range(MOST_DRUGS):
        name, last = typed.get(f"drug{number}.name", ""), f"drug{number}.last"
        if not name:
            if typed.get(last):
                problems[f"drug{number}.name"] = "Which drug?"
            continue
        drug: dict[str, Any] = {"name": name}
        if day := _day(typed, last, problems):
            drug["last_dose"] = day
        if site := typed.get(f"drug{number}.site"):
            drug["at_test_site"] = site == "yes"
        yield drug


def _number(typed: Mapping[str, str], name: str, problems: dict[str, str]) -> float | None:
    text = typed.get(name, "")
    if _NUMBER.fullmatch(text) is None:
        problems[name] = "Write a number."
        return None
    return float(text.replace(",", "."))


def _day(typed: Mapping[str, str], name: str, problems: dict[str, str]) -> str | None:
    text = typed.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        problems[name] = "Write the day as YYYY-MM-DD."
        return None


def label_of(site: str, panel: Panel) -> str:
    """The name of a site as a reader sees it."""
    return dict(CONTROLS).get(site) or panel.labels.get(site, site)


def wheal_words(prick: Prick) -> str:
    """The wheal as it was measured."""
    if prick.wheal_mm is not None:
        return f"{prick.wheal_mm[0]:g} × {prick.wheal_mm[1]:g} mm"
    return f"{prick.wheal_area_mm2:g} mm²" if prick.wheal_area_mm2 is not None else "not read"
