"""People at work: their standing, reserve, pauses, exclusions and appeals."""
