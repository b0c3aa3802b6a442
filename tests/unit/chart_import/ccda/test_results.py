"""Result values of every type, their limits and what the sender said of them."""

import pytest

from zonula.chart import Interpretation, Quantity, Status, System

FERRITIN = ("2.16.840.1.113883.6.1", "2276-4", "Ferritin")
WBC = ("2.16.840.1.113883.6.1", "6690-2", "Leukocytes")


def _value(read_section, write, xml, **words):
    return read_section("30954-2", write.panel(None, [write.observation(FERRITIN, xml, **words)])).only


@pytest.mark.parametrize(
    ("xml", "quantity"),
    [
        ('<value xsi:type="PQ" value="12.5" unit="ug/L"/>', Quantity(12.5, "ug/L")),
        ('<value xsi:type="PQ" value="1.015" unit="1"/>', Quantity(1.015)),
        ('<value xsi:type="INT" value="11"/>', Quantity(11)),
        ('<value xsi:type="REAL" value="-.5"/>', Quantity(-0.5)),
        ('<value value="3" unit="mm"/>', Quantity(3, "mm")),
        ('<value xsi:type="cda:PQ" xmlns:cda="urn:hl7-org:v3" value="4" unit="g"/>', Quantity(4, "g")),
        (
            '<value xsi:type="IVL_PQ"><high value="0.1" unit="kU/L" inclusive="false"/></value>',
            Quantity(0.1, "kU/L", "<"),
        ),
        ('<value xsi:type="IVL_PQ"><low value="200" unit="kU/L"/></value>', Quantity(200, "kU/L", ">=")),
        (
            '<value xsi:type="PQ" nullFlavor="OTH"><translation value="18" code="x"><originalText>ng per ml</originalText></translation></value>',
            Quantity(18, "ng per ml"),
        ),
    ],
)
def test_numbers(write, read_section, xml, quantity):
    fact = _value(read_section, write, xml)
    assert fact.value == quantity
    assert fact.detail("absent_reason") == ""


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<value xsi:type="ST">Negative</value>', "Negative"),
        ('<value xsi:type="ED">see <br/>letter</value>', "see"),
        ('<value xsi:type="BL" value="true"/>', "true"),
        ('<value xsi:type="TS" value="20240101"/>', "20240101"),
        ('<value xsi:type="IVL_PQ"><low value="5" unit="g"/><high value="10" unit="g"/></value>', "5-10 g"),
        (
            '<value xsi:type="RTO"><numerator xsi:type="INT" value="1"/><denominator xsi:type="INT" value="40"/></value>',
            "1:40",
        ),
        ('<value xsi:type="PQ" value="1,234" unit="g"/>', "1,234 g"),
        ('<value xsi:type="PQ" value="NaN" unit="g"/>', "NaN g"),
        ('<value xsi:type="PQ" value="1e999" unit="g"/>', "1e999 g"),
        ('<value xsi:type="GLIST_PQ">odd</value>', "odd"),
    ],
)
def test_values_that_are_no_plain_number_stay_text(write, read_section, xml, text):
    fact = _value(read_section, write, xml)
    assert (fact.value, fact.value_text) == (None, text)


def test_a_coded_value_keeps_code_and_words(write, read_section):
    fact = _value(read_section, write, write.cd((write.SNOMED, "260385009", "Negative")))
    assert (fact.value_text, fact.value_codes[0].key) == ("Negative", (System.SNOMED, "260385009"))


@pytest.mark.parametrize(
    ("flavor", "said"), [("NI", "no information"), ("NASK", "not asked"), ("ASKU", "asked but unknown")]
)
def test_no_value_is_not_normal(write, read_section, flavor, said):
    fact = _value(read_section, write, f'<value xsi:type="PQ" nullFlavor="{flavor}"/>')
    assert (fact.value, fact.value_text, fact.interpretation, fact.reference) == (None, "", None, None)
    assert fact.detail("absent_reason") == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("N", Interpretation.NORMAL),
        ("H", Interpretation.HIGH),
        ("LL", Interpretation.CRITICAL_LOW),
        ("POS", Interpretation.POSITIVE),
        ("ND", Interpretation.NEGATIVE),
        ("IND", Interpretation.INDETERMINATE),
        ("XYZ", None),
    ],
)
def test_interpretation_is_the_senders(write, read_section, code, said):
    read = read_section(
        "30954-2", write.panel(None, [write.observation(FERRITIN, write.pq("1", "g"), interpretation=code)])
    )
    assert read.only.interpretation is said
    assert (said is None) == any("'XYZ' is not one Zonula knows" in warning for warning in read.report.warnings)


def test_limits(write, read_section):
    fact = _value(read_section, write, write.pq("5", "g"), low="4", high="10", unit="g")
    assert (fact.reference.low, fact.reference.high, fact.reference.unit) == (4, 10, "g")
    fact = _value(read_section, write, write.pq("5", "g"), high="10", unit="g")
    assert (fact.reference.low, fact.reference.high) == (None, 10)


def test_a_panel_is_a_fact_and_its_members_point_at_it(write, read_section):
    read = read_section(
        "30954-2",
        write.panel(
            (write.LOINC, "58410-2", "CBC panel"), [write.observation(FERRITIN), write.observation(WBC)], time="2023"
        ),
    )
    panel, first, second = read.clinical
    assert first.part_of == second.part_of == panel.id
    assert first.when.start.text == "2023"


def test_a_panel_around_one_equal_test_is_not_counted_twice(write, read_section):
    read = read_section("30954-2", write.panel(FERRITIN, [write.observation(FERRITIN, write.pq("9", "ug/L"))]))
    assert read.only.value == Quantity(9, "ug/L")


@pytest.mark.parametrize(
    ("status", "with_value", "expected"),
    [
        ("completed", True, Status.CONFIRMED),
        ("active", True, Status.SUSPECTED),
        ("active", False, Status.PLANNED),
        ("cancelled", False, Status.NOT_DONE),
        ("nullified", True, Status.ENTERED_IN_ERROR),
    ],
)
def test_status_of_a_result(write, read_section, status, with_value, expected):
    xml = write.pq("1", "g") if with_value else ""
    assert _value(read_section, write, xml, status=status).status is expected
