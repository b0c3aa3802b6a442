"""Step 3: is anything else going on? The exclusion work-up, celiac disease first, HLA-DQ and genotype files."""
