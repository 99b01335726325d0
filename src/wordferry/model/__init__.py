"""The nouns of Wordferry and the table of states. No I/O; imports no other room."""
