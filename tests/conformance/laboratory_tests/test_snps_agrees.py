"""The `snps` library reads the same letters from the same files: every company it knows, plain and packed."""

import gzip
import sys
import warnings
from pathlib import Path

import pytest

from zonula.laboratory_tests.genotype import read_genotype_file

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "laboratory_tests"))
from genotype_files import NOTHING, WRITERS, rows_of

pytestmark = pytest.mark.conformance
GENOTYPES = {**NOTHING, "rs2187668": "CT", "rs7454108": "CC", "rs2395182": "GT", "rs7775228": "CT"}


@pytest.mark.parametrize("company", WRITERS)
@pytest.mark.parametrize("packed", [False, True])
def test_snps_reads_the_same_letters(tmp_path, company, packed):
    build = 38 if company == "vcf" else 37
    text = WRITERS[company](rows_of(GENOTYPES, build), build).encode()
    path = tmp_path / ("genome.txt.gz" if packed else "genome.txt")
    path.write_bytes(gzip.compress(text) if packed else text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas and the clock warnings of the peer are not ours
        snps = pytest.importorskip("snps")
        peer = snps.SNPs(str(path), output_dir=str(tmp_path)).snps
    ours = {call.rsid: call.letters for call in read_genotype_file(path).calls if call.letters}
    theirs = {rsid: "".join(sorted(peer.loc[rsid, "genotype"])) for rsid in ours}
    assert len(ours) == 5
    assert ours == theirs
