"""What a run or a site looks like to a person (text) and to a program (JSON)."""
