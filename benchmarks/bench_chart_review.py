"""One chart, Bundle bytes → every rule with its reasons: how long, and where the time goes.

Mean charts of a health system: Bundles of 0.40 to 0.46 MB with some 200 facts kept, of two sorts. Printed: milliseconds of CPU
(p50, p99) for the import, the rules alone, both together and the whole review, each also as a ratio to `orjson.loads` of the same
bytes in the same run; and the rules against the plain evaluator. Goals: bytes → all rules p50 ≤ 1 ms, p99 ≤ 5 ms; rules alone
p50 ≤ 0.15 ms.
"""

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import orjson
import synthea_like

from zonula.chart import Chart
from zonula.chart_import import read_documents
from zonula.chart_review import review
from zonula.chart_review.case import compiled_library
from zonula.chart_review.evaluate import PlainEvaluator
from zonula.chart_review.library import rules

TODAY = date(2026, 11, 24)
CHARTS = 120
LABS = [("718-7", "Hemoglobin", 13.1, "g/dL"), ("2276-4", "Ferritin", 22.0, "ng/mL"), ("3016-3", "TSH", 2.1, "mIU/L"),
        ("4548-4", "HbA1c", 5.4, "%"), ("1742-6", "ALT", 22.0, "U/L"), ("6768-6", "ALP", 80.0, "U/L"),
        ("2160-0", "Creatinine", 0.8, "mg/dL"), ("1988-5", "CRP", 1.2, "mg/L"), ("46128-5", "tTG IgA", 1.0, "U/mL"),
        ("29463-7", "Body weight", 61.0, "kg"), ("39156-5", "BMI", 22.4, "kg/m2"), ("8480-6", "Systolic blood pressure", 118.0, "mm[Hg]")]  # fmt: skip
CONDITIONS = [("R53.83", "Other fatigue"), ("R14.0", "Abdominal distension"), ("M54.50", "Low back pain"), ("R21", "Rash"),
              ("G43.909", "Migraine"), ("F41.9", "Anxiety disorder"), ("L29.9", "Pruritus"), ("I10", "Hypertension"),
              ("J06.9", "Upper respiratory infection"), ("E78.5", "Hyperlipidemia"), ("K58.9", "Irritable bowel syndrome")]  # fmt: skip


def bundle(seed: int) -> bytes:
    """An invented chart of the usual shape: visits, conditions, results, drugs, and resources no rule reads."""
    dice = random.Random(seed)
    entries: list[dict[str, object]] = [
        {
            "resourceType": "Patient",
            "id": "p",
            "gender": "female",
            "birthDate": "1979-03-02",
            "name": [{"family": "Doe"}],
        }
    ]
    day = date(2012, 1, 1)
    padding = "Visit narrative without meaning for any rule. " * 18
    for number in range(int(dice.lognormvariate(3.1, 0.35))):
        day = min(day + timedelta(days=dice.randrange(20, 400)), TODAY)
        written = day.isoformat()
        entries.append({"resourceType": "Encounter", "id": f"e{number}", "status": "finished", "class": {"code": "AMB"},
                        "subject": {"reference": "Patient/p"}, "period": {"start": f"{written}T09:00:00Z"},
                        "type": [{"text": "Outpatient visit"}], "serviceType": {"text": dice.choice(["Family Medicine", "Neurology", "Dermatology"])}})  # fmt: skip
        for part in range(dice.randrange(1, 3)):
            code, text = dice.choice(CONDITIONS)
            entries.append({"resourceType": "Condition", "id": f"c{number}-{part}", "subject": {"reference": "Patient/p"},
                            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": text}], "text": text},
                            "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
                            "onsetDateTime": written, "recordedDate": written})  # fmt: skip
        for part in range(dice.randrange(3, 8)):
            code, text, value, unit = dice.choice(LABS)
            value *= dice.uniform(0.8, 1.2)
            entries.append({"resourceType": "Observation", "id": f"o{number}-{part}", "status": "final", "subject": {"reference": "Patient/p"},
                            "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": text}], "text": text},
                            "effectiveDateTime": f"{written}T10:30:00Z", "valueQuantity": {"value": round(value, 2), "unit": unit, "code": unit},
                            "referenceRange": [{"low": {"value": 0.5}, "high": {"value": 100.0}}]})  # fmt: skip
        entries.append({"resourceType": "MedicationRequest", "id": f"m{number}", "status": "active", "intent": "order",
                        "subject": {"reference": "Patient/p"}, "authoredOn": written,
                        "medicationCodeableConcept": {"text": dice.choice(["Cetirizine 10 MG", "Lisinopril 10 MG", "Ibuprofen 200 MG"])}})  # fmt: skip
        for part in range(16):
            entries.append({"resourceType": "Claim", "id": f"x{number}-{part}", "text": {"div": padding}, "total": {"value": dice.random()}})  # fmt: skip
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": entry} for entry in entries]}
    return json.dumps(whole).encode()


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of the best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def answer_all(chart: Chart) -> int:
    """Every rule with the ids of the facts it rests on."""
    library = compiled_library()
    return sum(len(answer.because) for answer in library.answers(library.open(chart, TODAY)))


def read(content: bytes) -> Chart:
    """The one chart of a Bundle."""
    charts, _ = read_documents([("bundle.json", content)])
    return next(iter(charts.values()))


def main() -> None:
    """Print the figures of both sorts of chart."""
    figures("visits, narratives and claims of few long texts", [bundle(seed) for seed in range(CHARTS)])
    figures("the size and mix of a Synthea patient", [synthea_like.bundle(seed) for seed in range(CHARTS)])


def figures(what: str, contents: list[bytes]) -> None:
    """Print the figures of these charts. The steps of one chart follow each other, so that a busy machine slows them alike."""
    read(synthea_like.bundle(10**6))
    rows: dict[str, list[float]] = {}
    kept = []
    for content in contents:
        chart = read(content)
        kept.append(chart)
        for name, work in (
            ("orjson.loads", lambda c=content: orjson.loads(c)),
            ("import", lambda c=content: read(c)),
            ("rules alone", lambda c=chart: answer_all(c)),
            ("bytes -> all rules", lambda c=content: answer_all(read(c))),
            ("whole review", lambda c=chart: review(c, TODAY)),
        ):
            rows.setdefault(name, []).append(milliseconds(work))
    size = statistics.mean(map(len, contents)) / 1e6
    facts = statistics.mean(len(chart.facts) for chart in kept)
    print(f"{what}: {len(contents)} charts, {size:.2f} MB and {facts:.0f} facts on average, {len(rules())} rules")
    loads = rows["orjson.loads"]
    for name, times in rows.items():
        quantiles = statistics.quantiles(times, n=100)
        ratio = statistics.median(time / load for time, load in zip(times, loads, strict=True))
        print(f"  {name:20} p50 {quantiles[49]:6.3f} ms   p99 {quantiles[98]:6.3f} ms   {ratio:5.2f} x orjson.loads")
    plain = statistics.mean(milliseconds(lambda c=chart: _plain(c)) for chart in kept[:3])
    fast = statistics.mean(milliseconds(lambda c=chart: answer_all(c)) for chart in kept[:3])
    print(f"  rules: {plain / fast:.0f} x faster than the plain evaluator")


def _plain(chart: Chart) -> int:
    evaluator = PlainEvaluator(chart, TODAY, compiled_library().words)
    return sum(len(evaluator.truth(rule.when).because) for rule in rules())


if __name__ == "__main__":
    main()
