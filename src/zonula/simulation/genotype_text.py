"""A virtual consumer genotype file: the tag SNPs of one HLA-DQ genotype among rows that mean nothing; and a clinical typing."""

import numpy as np

from zonula.simulation.assumed import Assumed, chance

_CHROMOSOMES = (*(str(number) for number in range(1, 23)), "X")
_LETTERS = ("AA", "AG", "GG", "CC", "CT", "TT")
_TAGS = {"DQ2.5": "rs2187668", "DQ8": "rs7454108", "DQ2.2": "rs7775228"}
_NEEDED_BY_DQ22 = "rs2395182"


def genotype_text(genotype: str, says: Assumed, rng: np.random.Generator) -> bytes:
    """Tab-separated text in the layout of 23andMe. Rows beside the tag SNPs carry invented ids that begin with `i9`."""
    card = says.genotype_files
    rows = [
        (chromosome, int(position), f"i9{number:06d}", "--" if chance(card.no_call_percent, rng) else _LETTERS[int(rng.integers(6))])
        for number, (chromosome, position) in enumerate(
            zip(rng.choice(_CHROMOSOMES, card.rows), rng.integers(10_000, 150_000_000, card.rows), strict=True)
        )
    ]  # fmt: skip
    rows += [("6", place, rsid, tag_letters(genotype, rsid, says)) for rsid, place in card.places.items()]
    rows.sort(key=lambda row: (_CHROMOSOMES.index(row[0]), row[1], row[2]))
    head = (
        "# Virtual genotype file, in the layout of 23andMe raw data. No person has these letters.\n"
        f"# reference human assembly build {card.build}, plus strand\n"
        "# rsid\tchromosome\tposition\tgenotype\n"
    )
    return (
        head + "".join(f"{rsid}\t{chromosome}\t{place}\t{letters}\n" for chromosome, place, rsid, letters in rows)
    ).encode()


def tag_letters(genotype: str, rsid: str, says: Assumed) -> str:
    """The two letters of a tag SNP that this genotype shows, on the plus strand."""
    tag, other, _ = says.tag_snps[rsid]
    haplotypes = says.genotype_files.genotypes[genotype]
    carried = [name for name in haplotypes if _TAGS.get(name) == rsid or (rsid == _NEEDED_BY_DQ22 and name == "DQ2.2")]
    return "".join(sorted(tag if place < len(carried) else other for place in range(2)))


def clinical_typing(genotype: str, says: Assumed) -> str:
    """The alleles as a laboratory writes them."""
    pairs = [says.genotype_files.haplotypes[name] for name in says.genotype_files.genotypes[genotype]]
    return ", ".join([*(f"DQA1*{alpha}" for alpha, _ in pairs), *(f"DQB1*{beta}" for _, beta in pairs)])
