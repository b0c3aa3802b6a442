# ruff: noqa: S608 - the queries are made of our own names and numbers; text goes through `sets.text`
"""One row per fact a rule may touch, with what `chart_review.reading` says of it, written as SQL.

The expressions mirror `reading` line by line; generated charts look for any difference (tests/agreement/population).
"""

from collections.abc import Mapping

from zonula.chart_review import reading
from zonula.chart_review.vocabulary import Vocabulary
from zonula.population.queries.dictionaries import Features
from zonula.population.queries.sets import ALIKE

# DuckDB's dialect; SQLGlot turns it into Spark's.
_SPAN = {
    "num_lo": "CASE WHEN f.comparator IN ('<', '<=') THEN CAST('-Infinity' AS DOUBLE) ELSE f.value END",
    "num_hi": "CASE WHEN f.comparator IN ('>', '>=') THEN CAST('Infinity' AS DOUBLE) ELSE f.value END",
}
_SAME_UNIT = "(f.reference_unit IS NULL OR f.reference_unit = '' OR f.unit = '' OR f.reference_unit = f.unit)"
_STANDING = f"""CASE
 WHEN f.status = 'refuted' THEN '{reading.DENIED}'
 WHEN f.status = 'entered_in_error' THEN '{reading.ERROR}'
 WHEN f.status IN ('planned', 'not_done') THEN '{reading.PLANNED}'
 WHEN f.kind = 'family_history' THEN CASE WHEN f.negated THEN '{reading.DENIED}' ELSE '{reading.OF_FAMILY}' END
 WHEN f.negated THEN '{reading.DENIED}'
 WHEN f.kind NOT IN ('observation', 'symptom') THEN '{reading.ASSERTED}'
 WHEN f.interpretation = 'negative' THEN '{reading.DENIED}'
 WHEN f.value IS NOT NULL THEN
  CASE WHEN f.value = 0 AND f.comparator IN ('', '<=') THEN '{reading.DENIED}' ELSE '{reading.ASSERTED}' END
 WHEN a.denies THEN '{reading.DENIED}'
 ELSE '{reading.ASSERTED}' END"""
_DIRECTION = f"""CASE
 WHEN f.interpretation IS NOT NULL THEN CASE
  WHEN f.interpretation = 'normal' THEN '{reading.WITHIN}'
  WHEN f.interpretation IN ('low', 'critical_low') THEN '{reading.LOW}'
  WHEN f.interpretation IN ('high', 'critical_high') THEN '{reading.HIGH}' END
 WHEN f.value IS NULL OR NOT {_SAME_UNIT} OR (f.reference_low IS NULL AND f.reference_high IS NULL) THEN NULL
 WHEN {_SPAN["num_lo"]} > f.reference_high THEN '{reading.HIGH}'
 WHEN {_SPAN["num_hi"]} < f.reference_low THEN '{reading.LOW}'
 WHEN (f.reference_high IS NULL OR {_SPAN["num_hi"]} <= f.reference_high)
  AND (f.reference_low IS NULL OR {_SPAN["num_lo"]} >= f.reference_low) THEN '{reading.WITHIN}' END"""
_JUDGED = f"""CASE
 WHEN f.interpretation IN ('normal', 'negative') THEN '{reading.NORMAL}'
 WHEN f.interpretation = 'indeterminate' THEN '{reading.INCONCLUSIVE}'
 WHEN f.interpretation IS NOT NULL THEN '{reading.ABNORMAL}'
 WHEN f.value IS NOT NULL THEN CASE {_DIRECTION}
  WHEN '{reading.WITHIN}' THEN '{reading.NORMAL}' WHEN '{reading.LOW}' THEN '{reading.ABNORMAL}'
  WHEN '{reading.HIGH}' THEN '{reading.ABNORMAL}' END
 ELSE a.judged END"""
_CLARITY = f"""CASE
 WHEN f.interpretation = 'indeterminate' THEN '{reading.UNCLEAR}'
 WHEN f.interpretation IS NOT NULL OR f.value IS NOT NULL THEN '{reading.CLEAR}'
 WHEN a.judged = '{reading.INCONCLUSIVE}' THEN '{reading.UNCLEAR}' ELSE '{reading.CLEAR}' END"""


def seen_facts(features: Features, today: int, asked: Mapping[str, str]) -> str:
    """The rows: those with a feature, and those that meet one of the conditions `asked` (over the columns of the inner query).

    today: as an ordinal. Facts that begin later are not seen. asked: each condition with what it needs at least of `facts` alone, so that
    the rest of them, which is most, is left before anything is joined.
    """
    masks = ",\n ".join(
        f"COALESCE(c.m{place}, 0) | COALESCE(a.m{place}, 0) | COALESCE(w.m{place}, 0) AS m{place}"
        for place in range(features.columns)
    )
    keys = "".join(
        f",\n LIST_CONCAT(COALESCE(c.k{place}, CAST([] AS INT[])), COALESCE(w.k{place}, CAST([] AS INT[]))) AS k{place}"
        for place in features.prefixes.values()
    )
    needed = [f"{column} IN (SELECT key FROM {column}_says)" for column in ("concept", "answer", "wording")]
    needed += dict.fromkeys(asked.values())
    inner = f"""SELECT f.patient, f.place, f.kind, f.status, f.value, f.unit, f.comparator, f.reference_high,
 f.day_low, f.day_high, f.stretch_low, f.stretch_high, f.naming, f.fact, f.answer,
 {_SAME_UNIT} AS same_unit,
 {_SPAN["num_lo"]} AS num_lo, {_SPAN["num_hi"]} AS num_hi,
 CAST(EXTRACT(YEAR FROM f.begun_low) * 10000 + EXTRACT(MONTH FROM f.begun_low) * 100 + EXTRACT(DAY FROM f.begun_low) AS INT) AS date_low,
 CAST(EXTRACT(YEAR FROM f.begun_high) * 10000 + EXTRACT(MONTH FROM f.begun_high) * 100 + EXTRACT(DAY FROM f.begun_high) AS INT) AS date_high,
 {_STANDING} AS standing,
 {_JUDGED} AS judged,
 {_CLARITY} AS clarity,
 {_DIRECTION} AS direction,
 CASE WHEN f.status = 'resolved' OR COALESCE(f.end_day < {today}, FALSE) THEN '{reading.ENDED}' ELSE '{reading.OPEN}' END AS course,
 s.specialty,
 {masks}{keys}
FROM (SELECT *, COALESCE(start_earliest, end_earliest, recorded_earliest) AS begun_low,
 COALESCE(start_latest, end_latest, recorded_latest) AS begun_high
 FROM facts WHERE (day_low IS NULL OR day_low <= {today}) AND ({" OR ".join(needed)})) AS f
LEFT JOIN concept_says AS c ON f.concept = c.key
LEFT JOIN answer_says AS a ON f.answer = a.key
LEFT JOIN wording_says AS w ON f.wording = w.key
LEFT JOIN specialty_says AS s ON f.specialty = s.written"""
    featured = [f"m{place} <> 0" for place in range(features.columns)] if features.groups else []
    return f"SELECT * FROM ({inner}) AS seen WHERE {' OR '.join([*featured, *asked]) or 'FALSE'}"


def measured_facts(features: Features, words: Vocabulary, alike: str) -> str:
    """The same rows with the number of their kind, and their results in the unit of each measure. alike: joins `seen AS t` and `alike AS k`."""
    measured = "".join(
        f",\n CASE WHEN t.value IS NULL THEN a.x{place} WHEN t.comparator = '' THEN {_exact(name, place, words)} ELSE b.{side}{place} END AS v{place}_{side}"
        for name, place in features.measures.items()
        for side in ("lo", "hi")
    )
    read = "patient place reference_high day_low day_high stretch_low stretch_high naming fact same_unit num_lo num_hi date_low date_high"
    columns = [*read.split(), *ALIKE, *(f"m{place}" for place in range(features.columns))]
    columns += [f"k{place}" for place in features.prefixes.values()]
    joins = """LEFT JOIN answer_says AS a ON t.answer = a.key
LEFT JOIN unit_says AS u ON t.unit = u.unit
LEFT JOIN bound_says AS b ON t.value = b.value AND t.unit = b.unit AND t.comparator = b.comparator"""
    return f"""SELECT {", ".join(f"t.{column}" for column in columns)}, k.sort{measured}
FROM seen AS t JOIN alike AS k ON {alike}
{joins if features.measures else ""}"""


def _exact(name: str, place: int, words: Vocabulary) -> str:
    """A result in the unit of a measure; null beyond what the measure calls plausible, when it says so."""
    value = f"t.value * u.f{place}"
    plausible = getattr(words.measures[name], "plausible", None)
    if plausible is None:
        return value
    low, high = (f"CAST({float(limit)!r} AS DOUBLE)" for limit in plausible)
    return f"CASE WHEN {value} >= {low} AND {value} <= {high} THEN {value} END"
