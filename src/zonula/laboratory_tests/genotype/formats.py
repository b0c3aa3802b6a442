"""What kind of genotype file this is: company, columns, genome build. Told from the head of the file alone."""

import re

import msgspec

from zonula.errors import UserError


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How to read a line. company: 23andme, ancestrydna, myheritage, ftdna, vcf or table.

    genotype: the column numbers whose letters together are the genotype (one or two). build: 36, 37, 38 or None when the
    file does not say. samples: number of sample columns (VCF).
    """

    company: str
    comma: bool
    rsid: int
    chromosome: int
    position: int
    genotype: tuple[int, ...]
    columns: int
    build: int | None
    samples: int = 1

    def fields(self, line: bytes) -> list[str]:
        """The cells of one line, unquoted."""
        cells = line.decode("utf-8", "replace").rstrip("\r\n").split("," if self.comma else "\t")
        return [cell.strip().strip('"') for cell in cells]


_BUILDS = (
    (re.compile(r"grch38|hg38|build[ :]*38|b38\b", re.I), 38),
    (re.compile(r"grch37|hg19|build[ :]*37|b37\b|hs37", re.I), 37),
    (re.compile(r"ncbi36|hg18|build[ :]*36|b36\b", re.I), 36),
)
_NAMES = {
    "rsid": "rsid",
    "snp": "rsid",
    "name": "rsid",
    "id": "rsid",
    "chromosome": "chromosome",
    "chrom": "chromosome",
    "chr": "chromosome",
    "position": "position",
    "pos": "position",
    "genotype": "genotype",
    "result": "genotype",
    "allele1": "allele1",
    "allele2": "allele2",
    "allele_1": "allele1",
    "allele_2": "allele2",
}
HEAD_LINES = 2000  # a VCF names each contig; everything else is done within fifty lines


def layout_of(name: str, head: bytes) -> Layout:
    """The layout told by the first lines. Raises UserError when the format is not one we know or names two builds."""
    lines = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()[:HEAD_LINES]
    comments = [line for line in lines if line.startswith("#")]
    build = _build(name, "\n".join(comments))
    if lines and lines[0].startswith("##fileformat=VCF"):
        return _vcf(name, comments, build)
    titles = next((line for line in lines if not line.startswith("#") and line.strip()), "")
    columns = _columns(titles)
    if columns is None:  # 23andMe writes the titles as the last comment
        columns = next((found for line in reversed(comments) if (found := _columns(line.lstrip("# ")))), None)
    if columns is None:
        raise UserError(
            f"{name}: not a genotype file we know.",
            "Give the raw data of 23andMe, AncestryDNA, MyHeritage or FamilyTreeDNA, or a VCF.",
        )
    comma, places, count = columns
    letters = (places["genotype"],) if "genotype" in places else (places["allele1"], places["allele2"])
    return Layout(
        company=_company("\n".join(comments).lower(), titles),
        comma=comma,
        rsid=places["rsid"],
        chromosome=places["chromosome"],
        position=places["position"],
        genotype=letters,
        columns=count,
        build=build,
    )


def _columns(titles: str) -> tuple[bool, dict[str, int], int] | None:
    comma = "," in titles
    cells = [cell.strip().strip('"').lower() for cell in titles.split("," if comma else "\t")]
    places = {_NAMES[cell]: place for place, cell in enumerate(cells) if cell in _NAMES}
    needed = {"rsid", "chromosome", "position"}
    if needed <= places.keys() and ("genotype" in places or {"allele1", "allele2"} <= places.keys()):
        return comma, places, len(cells)
    return None


def _vcf(name: str, comments: list[str], build: int | None) -> Layout:
    titles = next((line for line in comments if line.startswith("#CHROM\t")), "").rstrip().split("\t")
    if titles[:9] != ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"] or len(titles) < 10:
        raise UserError(f"{name}: a VCF without a genotype column.", "Give a VCF with one sample.")
    return Layout(
        company="vcf",
        comma=False,
        rsid=2,
        chromosome=0,
        position=1,
        genotype=(9,),
        columns=len(titles),
        build=build,
        samples=len(titles) - 9,
    )


def _company(comments: str, titles: str) -> str:
    for mark, company in (("23andme", "23andme"), ("ancestrydna", "ancestrydna"), ("myheritage", "myheritage")):
        if mark in comments:
            return company
    return "ftdna" if titles.strip().strip('"').upper().startswith("RSID") and "," in titles else "table"


def _build(name: str, comments: str) -> int | None:
    said = {build for pattern, build in _BUILDS if pattern.search(comments)}
    if len(said) > 1:
        raise UserError(
            f"{name}: the head names more than one genome build ({', '.join(str(build) for build in sorted(said))}).",
            "Download the file again or convert it to one build.",
        )
    return said.pop() if said else None
