"""Workforces that the sequencer can ask: `simulated` people who err, and `recorded` answers.

They implement `core.ports.workforce.Workforce`. There is no registry: each needs arguments of its own, and the
intake's `workforce.kind` names it. Real people come in through the doors, not through here.
"""
