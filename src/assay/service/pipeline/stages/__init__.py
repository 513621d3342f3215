"""The stages, one file each: `due` reads whether there is something to do, `step` does some of it."""
