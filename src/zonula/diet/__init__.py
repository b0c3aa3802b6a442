"""What may be eaten: foods, exclusions, nutrients, menus, supplements, residues and lessons."""
