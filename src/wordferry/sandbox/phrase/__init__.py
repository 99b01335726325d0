"""The Phrase TMS face: one file per resource, with its state, its rules and its calls together."""
