"""The physician's summary: one A4 page that says what the review says."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from zonula.reports.review_page import page_of
from zonula.reports.review_pdf import review_pdf


def read(review):
    summary = review_pdf(page_of(review, "9.8.7"))
    reader = PdfReader(BytesIO(summary.pdf))
    return summary, reader, " ".join(reader.pages[0].extract_text().split())


def test_it_is_one_a4_page_and_meets_pdf_ua(review):
    summary, reader, _ = read(review)
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert summary.accessible
    assert b"pdfuaid:part" in summary.pdf
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_patient_period_day_and_version_stand_on_the_page(write_review):
    _, _, text = read(write_review(name="Mara Lindqvist"))
    for said in (
        "Mara Lindqvist",
        "born 1982-05-17",
        "44 years",
        "record id p-1",
        "Records from 2012 to 2021-04-26",
        "review of 2026-11-24",
        "Zonula 9.8.7",
    ):
        assert said in text


def test_the_values_are_those_of_the_review(review):
    _, _, text = read(review)
    summary = review.summary
    for said in (f"{summary.years:g}", "1 abnormal, 1 inconclusive, 1 normal", "Neurology", "Multiple sclerosis: suspected, refuted in the record",
                 "Ferritin (8 ng/mL, 2019-03-04)", "not in the records: tTG-IgA with total IgA", "1 document, 12 entries read, 9 records kept, 1 place skipped"):  # fmt: skip
        assert said in text
    assert review.red_flags[0].says in text
    assert all(domain.title in text for domain in review.symptom_domains)


def test_markup_in_a_name_is_only_text(write_review):
    _, _, text = read(write_review(name="#panic() *bold* $x$ ] @label \\ // /* <script>"))
    assert "#panic() *bold* $x$ ] @label \\ // /* <script>" in text


@pytest.mark.parametrize("flags", [0, 1, 12, 60])
def test_however_much_there_is_to_say_it_stays_one_page(write_review, flags):
    base = write_review()
    flag = base.red_flags[0]
    many = tuple(
        type(flag)(
            **{
                **{n: getattr(flag, n) for n in flag.__struct_fields__},
                "id": f"f{n}",
                "says": f"Flag {n}. " + "Words and more words. " * 20,
            }
        )
        for n in range(flags)
    )
    workup = base.workup * 20
    suspicions = base.suspicions * 8
    _, reader, text = read(write_review(name="Wilhelmina " * 9, red_flags=many, workup=workup, suspicions=suspicions))
    assert len(reader.pages) == 1
    if flags:
        assert "Flag 0." in text
    if flags > 12:
        assert "more red flags; see the full review" in text


@pytest.mark.parametrize("name", ["李 小龍", "שרה לוי", "محمد", "क्षितिज", "\U0001f600 smile"])
def test_letters_without_a_font_do_not_stop_it(write_review, name):
    summary, reader, _ = read(write_review(name=name))
    assert len(reader.pages) == 1
    assert summary.pdf.startswith(b"%PDF-")


def test_the_same_review_is_the_same_bytes(review):
    first, reader, _ = read(review)
    assert first.pdf == read(review)[0].pdf
    assert reader.metadata.creation_date.date() == review.as_of
