"""The rehearsal: a batch played through in memory with the real decisions, before or while it is worked on."""
