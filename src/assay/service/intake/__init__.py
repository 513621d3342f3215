"""What an intake says and names: its file, data, answers, examples, models, instructions."""
