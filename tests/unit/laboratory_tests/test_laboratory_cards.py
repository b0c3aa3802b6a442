"""The cards of the room: every one is used by the code, and its figures have a case."""

from pathlib import Path

from zonula.knowledge import shelf

ROOM = "laboratory_tests"
SOURCE = Path(__file__).parents[3] / "src" / "zonula" / ROOM


def test_every_card_and_code_list_of_the_room_is_read_by_the_code():
    written = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    names = [card.id for card in shelf().cards(ROOM) if "/celiac_guidelines/" not in card.id]
    names += [f"{ROOM}/{path.stem}" for path in (shelf().root / ROOM).glob("*.csv")]
    assert not [name for name in names if f'"{name}"' not in written]


def test_the_codes_of_the_two_lists_agree():
    tests = {row.code: row.more["test"] for row in shelf().code_list(f"{ROOM}/exclusion_codes")}
    means = {row.code: row.more["means"] for row in shelf().code_list(f"{ROOM}/celiac_codes")}
    assert {code: tests[code] for code in tests.keys() & means.keys()} == {
        code: means[code] for code in tests.keys() & means.keys()
    }


def test_dgp_iga_and_dgp_igg_are_not_swapped():
    means = {row.code: row.more["means"] for row in shelf().code_list(f"{ROOM}/celiac_codes")}
    assert (means["63459-2"], means["63453-5"]) == ("dgp_igg", "dgp_iga")


def test_no_tag_snp_is_a_strand_palindrome():
    pairs = {"A": "T", "T": "A", "C": "G", "G": "C"}
    for snp in shelf().card(f"{ROOM}/hla_tag_snps").data["snps"].values():
        assert pairs[snp["tag"]] != snp["other"]
        assert set(snp["place_verified"]) <= set(snp["place"])


def test_the_labels_of_the_card_are_the_labels_of_the_code():
    from zonula.laboratory_tests.genotype import Label

    assert shelf().card(f"{ROOM}/hla_tag_snps").data["labels"] == [label.value for label in Label]
    assert "rs4639334" in shelf().card(f"{ROOM}/hla_tag_snps").data["unused"]
