"""Where content lives and translations go back: one folder for each kind of content system."""
