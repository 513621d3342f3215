"""The stages, one file each: `due` reads whether there is something to do, `step` does some of it.

A step is three paragraphs: load, decide, save. What is due follows from the state alone, so a lost step is
found again, and after a crash the same step comes next.
"""
