"""A clinic's own food tables: FoodData Central CSV and CIQUAL, in small files of those formats."""

import pytest

from zonula.diet import (
    Person,
    Standing,
    daily_totals,
    import_ciqual,
    import_fdc,
    judge,
    mean_intake,
    read_table,
    write_table,
)
from zonula.diet.eating import Eaten
from zonula.errors import UserError

FOOD = '"fdc_id","data_type","description","food_category_id","publication_date"\n"1","foundation_food","Kale, raw","11","2024-04-18"\n"2","sr_legacy_food","Skipped","1","2019-04-01"\n'
NUTRIENT = '"id","name","unit_name","nutrient_nbr","rank"\n"1008","Energy","KCAL","208","300"\n"2047","Energy (Atwater General Factors)","KCAL","957","280"\n"1062","Energy","kJ","268","400"\n"1087","Calcium, Ca","MG","301","5300"\n"1100","Iodine, I","UG","314","6150"\n"1104","Vitamin A, IU","IU","318","7500"\n"1089","Iron, Fe","MG","303","5400"\n'
AMOUNTS = '"id","fdc_id","nutrient_id","amount","data_points"\n"1","1","2047","35","1"\n"2","1","1008","36","1"\n"3","1","1087","254","8"\n"4","1","1100","0.0","2"\n"5","1","1104","4812","1"\n"6","1","1089","","1"\n"7","2","1087","1","1"\n"8","1","1062","150","1"\n'
ALIM = '<?xml version="1.0" encoding="windows-1252" ?><TABLE><ALIM><alim_code> 20116 </alim_code><alim_nom_fr> Chou frisé </alim_nom_fr><alim_nom_eng> Kale </alim_nom_eng></ALIM></TABLE>'
CONST = "<TABLE><CONST><const_code> 10200 </const_code><const_nom_eng> Calcium (mg/100g) </const_nom_eng></CONST><CONST><const_code> 2 </const_code><const_nom_eng> Copper (mg/100g) </const_nom_eng></CONST><CONST><const_code> 3 </const_code><const_nom_eng> Iodine (µg/100g) </const_nom_eng></CONST><CONST><const_code> 4 </const_code><const_nom_eng> Iron (mg/100g) </const_nom_eng></CONST><CONST><const_code> 5 </const_code><const_nom_eng> Zinc (mg/100g) </const_nom_eng></CONST></TABLE>"
COMPO = (
    "<TABLE>"
    + "".join(
        f"<COMPO><alim_code> 20116 </alim_code><const_code> {code} </const_code><teneur> {value} </teneur></COMPO>"
        for code, value in ((10200, "232"), (2, "0,053"), (3, "< 0,5"), (4, "traces"), (5, "-"))
    )
    + "</TABLE>"
)


@pytest.fixture
def fdc(tmp_path):
    for name, text in (("food", FOOD), ("nutrient", NUTRIENT), ("food_nutrient", AMOUNTS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ciqual(tmp_path):
    for name, text in (
        ("alim_2020_07_07", ALIM),
        ("alim_grp_2020_07_07", "<TABLE/>"),
        ("const_2020_07_07", CONST),
        ("compo_2020_07_07", COMPO),
    ):
        (tmp_path / f"{name}.xml").write_bytes(text.encode("windows-1252" if name.startswith("alim_2") else "utf-8"))
    return tmp_path


def test_fdc_keeps_what_was_measured_and_nothing_else(fdc, knowledge):
    imported = import_fdc(fdc, {"1": "kale"}, knowledge)
    (kale,) = imported.foods
    assert kale.per_100g == {"energy": 36, "calcium": 254, "iodine": 0.0}
    assert kale.source == "USDA FoodData Central, foundation_food, FDC 1"
    assert imported.skipped == ("1 amounts left unknown: no amount",)


def test_fdc_without_a_list_takes_every_food(fdc, knowledge):
    assert [food.food for food in import_fdc(fdc, {}, knowledge).foods] == ["1", "2"]


def test_a_food_that_is_not_there_is_said(fdc, knowledge):
    assert "FDC 99 is not in food.csv" in import_fdc(fdc, {"1": "kale", "99": "apple"}, knowledge).skipped


def test_ciqual_traces_and_less_than_stay_unknown(ciqual, knowledge):
    imported = import_ciqual(ciqual, {"20116": "kale"}, knowledge)
    (kale,) = imported.foods
    assert kale.description == "Kale"
    assert kale.per_100g == {"calcium": 232, "copper": pytest.approx(53)}
    assert imported.skipped == (
        "2 amounts left unknown: below what could be measured",
        "1 amounts left unknown: missing",
    )


def test_ciqual_as_a_table(tmp_path, knowledge):
    path = tmp_path / "ciqual.csv"
    path.write_text("alim_code;alim_nom_eng;Calcium (mg/100g);Iodine (µg/100g)\n20116;Kale;232;-\n", encoding="utf-8")
    (kale,) = import_ciqual(path, {}, knowledge).foods
    assert kale.per_100g == {"calcium": 232}


def test_the_clinic_table_reads_back_and_comes_first(fdc, knowledge, today):
    imported = import_fdc(fdc, {"1": "kale"}, knowledge)
    own = read_table(write_table(imported.foods, knowledge), "own.csv", knowledge)
    assert own["kale"] == imported.foods[0]
    rows = [Eaten(day=today, said="kale", food="kale", grams=100)]
    amounts = mean_intake(daily_totals(rows, knowledge, own), knowledge)
    result = judge(amounts, Person(age=40, sex="male"), days=1, complete=True, today=today, shelf=knowledge)
    iodine = next(one for one in result.intakes if one.amount.nutrient == "iodine")
    assert (iodine.amount.most, iodine.standing) == (0.0, Standing.SHORT)  # measured as zero is zero
    iron = next(one for one in result.intakes if one.amount.nutrient == "iron")
    assert iron.standing is Standing.CANNOT_TELL  # not measured is unknown, even where the shipped table had a figure


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "lacks the column"),
        ("code,display,source,zorb mg\n", "unknown column"),
        ("code,display,source,iron mg\nkale,K,s,-1\n", "cannot be"),
        ("code,display,source,iron mg\nkale,K,s,x\n", "not a number"),
    ],
)
def test_a_table_of_another_form_is_refused(text, said, knowledge):
    with pytest.raises(UserError, match=said):
        read_table(text, "own.csv", knowledge)


def test_a_folder_without_the_files_is_refused(tmp_path, knowledge):
    with pytest.raises(UserError, match=r"food\.csv"):
        import_fdc(tmp_path, {}, knowledge)
    with pytest.raises(UserError, match="no file const"):
        import_ciqual(_with(tmp_path, "alim_1.xml", ALIM), {}, knowledge)
    (tmp_path / "const_1.xml").write_text("<TABLE>")
    with pytest.raises(UserError, match="not readable as XML"):
        import_ciqual(tmp_path, {}, knowledge)


def _with(folder, name, text):
    (folder / name).write_bytes(text.encode("windows-1252"))
    return folder
